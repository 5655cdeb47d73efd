"""Each dependency says why it is there, and the locks hold exactly one hashed version of everything."""

import re
import tomllib
from dataclasses import dataclass
from typing import Final

import pytest

from tests.architecture.tree import ROOT

LOCKS: Final = ("requirements.lock", "requirements-dev.lock")
PINNED: Final = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)")
AT_LEAST: Final = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[[a-z0-9,]+\])?>=(?P<version>\d+(?:\.\d+)*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A dependency as the project declares it; a bound from above waits until a version is known to break us."""

    name: str
    version_min: str


def test_every_dependency_has_its_reason_beside_it() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    declared = [dependency for lock in LOCKS for dependency in _declared(lock)]

    unexplained = [
        dependency.name
        for dependency in declared
        if not any(re.match(rf'\s*"{re.escape(dependency.name)}[^"]*",\s+# \S', line) for line in lines)
    ]

    assert declared
    assert unexplained == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_version_has_hashes(lock: str) -> None:
    entries = _entries(lock)

    assert entries
    assert [
        entry.splitlines()[0] for entry in entries if not PINNED.match(entry) or "--hash=sha256:" not in entry
    ] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host(lock: str) -> None:
    assert "://" not in (ROOT / lock).read_text(encoding="utf-8")


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_meets_what_is_declared(lock: str) -> None:
    locked = _versions(lock)

    unmet = [
        dependency.name
        for dependency in _declared(lock)
        if _numbers(locked.get(_normal(dependency.name), "0")) < _numbers(dependency.version_min)
    ]

    assert unmet == []


def test_developers_run_the_versions_that_are_shipped() -> None:
    shipped, developed = (_versions(lock) for lock in LOCKS)

    assert {name: developed.get(name) for name, version in shipped.items() if developed.get(name) != version} == {}


def _declared(lock: str) -> list[Declared]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    named = project["project"]["dependencies"] if lock == LOCKS[0] else project["dependency-groups"]["dev"]
    matches = {requirement: AT_LEAST.fullmatch(requirement) for requirement in named}
    assert [requirement for requirement, match in matches.items() if match is None] == []
    return [Declared(name=match["name"], version_min=match["version"]) for match in matches.values() if match]


def _entries(lock: str) -> list[str]:
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    starts = [number for number, line in enumerate(lines) if line[:1].isalnum()]
    return ["\n".join(lines[start:end]) for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)]


def _versions(lock: str) -> dict[str, str]:
    pins = [pin for entry in _entries(lock) if (pin := PINNED.match(entry))]
    return {_normal(pin["name"]): pin["version"] for pin in pins}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version))
