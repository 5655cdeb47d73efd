"""Rooms stay small enough to be read in one go, and a name says what is in them."""

from typing import Final

from tests.architecture.tree import PYTHON_FOLDERS, ROOT, functions, module_name, python_files

FILE_LINES_MAX: Final = 400
FUNCTION_LINES_MAX: Final = 70
NAMES_THAT_SAY_NOTHING: Final = frozenset(
    {"utils", "util", "helpers", "helper", "common", "base", "manager", "managers", "misc", "shared", "core"}
)


def test_a_file_has_at_most_400_lines() -> None:
    lengths = {
        str(path): len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in python_files(*PYTHON_FOLDERS)
    }

    assert {path: lines for path, lines in lengths.items() if lines > FILE_LINES_MAX} == {}


def test_a_function_has_at_most_70_lines() -> None:
    lengths = {
        f"{path}:{function.lineno} {function.name}": (function.end_lineno or function.lineno) - function.lineno + 1
        for path in python_files(*PYTHON_FOLDERS)
        for function in functions(path)
    }

    assert {place: lines for place, lines in lengths.items() if lines > FUNCTION_LINES_MAX} == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    modules = [module_name(path) for path in python_files(*PYTHON_FOLDERS)]

    empty_names = [
        module
        for module in modules
        if NAMES_THAT_SAY_NOTHING.intersection(word for part in module.split(".") for word in part.split("_"))
    ]

    assert empty_names == []


def test_package_files_are_empty() -> None:
    package_files = [path for path in python_files(*PYTHON_FOLDERS) if path.name == "__init__.py"]

    assert [str(path) for path in package_files if (ROOT / path).stat().st_size] == []


def test_every_folder_of_product_and_tests_is_a_package() -> None:
    folders = {path.parent for path in python_files("api", "domain", "tests")}

    # without its package file a folder is invisible to the import contracts
    assert [str(folder) for folder in sorted(folders) if not (ROOT / folder / "__init__.py").exists()] == []
