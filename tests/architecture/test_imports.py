"""The arrows between areas hold, and no import hides from the contracts that hold them."""

import ast
import re
from pathlib import Path
from typing import Final

from importlinter.cli import lint_imports

from tests.architecture.tree import PRODUCT, PYTHON_FOLDERS, ROOT, functions, parsed, python_files

# mypy asks for the code of each type: ignore, and refuses one that silences nothing
SILENCED_WITHOUT_A_REASON: Final = re.compile(r"#\s*noqa(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?\s*$")


def test_the_import_contracts_hold() -> None:
    status = lint_imports(config_filename=str(ROOT / ".importlinter"), no_cache=True)

    assert status == 0, "an import contract is broken: lint-imports says which"


def test_no_import_hides_in_a_function() -> None:
    hidden = [
        f"{path}:{node.lineno}"
        for path in python_files(*PRODUCT)
        for function in functions(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]

    assert hidden == []


def test_a_migration_imports_nothing_of_the_domain() -> None:
    # a migration describes the schema as it was then; the domain moves on
    breaches = [
        str(path)
        for path in python_files("migrations/versions")
        for node in ast.walk(parsed(path))
        if _imports_the_product(node)
    ]

    assert breaches == []


def test_every_silenced_rule_says_why() -> None:
    unexplained = [
        f"{path}:{number}" for path in python_files(*PYTHON_FOLDERS) for number, _ in _unexplained_silences(path)
    ]

    assert unexplained == []


def _imports_the_product(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").partition(".")[0] in PRODUCT
    return isinstance(node, ast.Import) and any(alias.name.partition(".")[0] in PRODUCT for alias in node.names)


def _unexplained_silences(path: Path) -> list[tuple[int, str]]:
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    return [(number, line) for number, line in enumerate(lines, start=1) if SILENCED_WITHOUT_A_REASON.search(line)]
