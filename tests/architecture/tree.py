"""The tree these tests read: its Python files, parsed once."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
PRODUCT: Final = ("api", "domain")
PYTHON_FOLDERS: Final = ("api", "domain", "migrations", "tests", "benchmarks")

# What no commit holds: made by tools or by running, never written by hand.
UNWRITTEN_FOLDERS: Final = frozenset({"__pycache__", "node_modules", "dist", "build"})
KEPT_HIDDEN: Final = frozenset({".ci", ".dockerignore", ".gitignore", ".gitattributes", ".importlinter", ".github"})


@cache
def python_files(*folders: str) -> tuple[Path, ...]:
    """List the Python files below the folders, in order, relative to the root; a folder may be missing."""
    return tuple(
        path.relative_to(ROOT)
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "__pycache__" not in path.parts
    )


@cache
def parsed(path: Path) -> ast.Module:
    """Parse one file of the tree."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), filename=str(path))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Give every function of a file, methods and inner ones too."""
    return (node for node in ast.walk(parsed(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def module_name(path: Path) -> str:
    """Name the module a file is, a package by its folder."""
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def written_files() -> Iterator[Path]:
    """Give every file a commit would hold, relative to the root. No git is asked: a fresh machine may have none."""
    waiting = [ROOT]
    while waiting:
        for path in sorted(waiting.pop().iterdir()):
            hidden = path.name.startswith(".") and path.name not in KEPT_HIDDEN
            if hidden or path.name in UNWRITTEN_FOLDERS or path.name.endswith(".egg-info"):
                continue
            if path.is_dir():
                waiting.append(path)
            else:
                yield path.relative_to(ROOT)
