"""The repository is at home on any machine: it names no machine's folders and no package index."""

import re
from typing import Final

from tests.architecture.tree import ROOT, written_files

# Put together here, so that this file does not hold what it looks for. A folder counts where a path begins.
MACHINE_FOLDERS: Final = tuple(rf"(?<![\w.])/{name}/" for name in ("work", "root", "home"))
FOREIGN: Final = tuple(
    re.escape("".join(parts))
    for parts in (
        ("../sha", "red"),
        ("--index", "-url"),
        ("--extra-index", "-url"),
        ("--find", "-links"),
        ("--trusted", "-host"),
        ("py", "pi.org"),
        ("python", "hosted.org"),
    )
)
BREACH: Final = re.compile("|".join(MACHINE_FOLDERS + FOREIGN).encode())


def test_no_file_names_a_machine_or_a_package_index() -> None:
    breaches = [
        f"{path}: {breach.group().decode()}"
        for path in written_files()
        for breach in BREACH.finditer((ROOT / path).read_bytes())
    ]

    assert breaches == []
