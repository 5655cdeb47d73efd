"""Within an area: jobs over services over queries over tables, and pure files below them all."""

from typing import Final

import grimp
import pytest

RANKS: Final = ("tables", "queries", "service", "jobs")
GRAPH: Final = grimp.build_graph("domain", cache_dir=None)


def rank(module: str) -> int:
    """Place a file among the kinds that do IO; a pure one is 0."""
    name = module.rsplit(".", 1)[-1]
    return next((place for place, kind in enumerate(RANKS, 1) if name == kind or name.endswith(f"_{kind}")), 0)


def area(module: str) -> str:
    return ".".join(module.split(".")[:2])


MODULES: Final = sorted(module for module in GRAPH.modules if module.count(".") >= 2 and rank(module))


@pytest.mark.parametrize("module", MODULES)
def test_a_file_imports_no_file_of_its_area_that_stands_above_it(module: str) -> None:
    upwards = [
        imported
        for imported in GRAPH.find_modules_directly_imported_by(module)
        if area(imported) == area(module) and rank(imported) > rank(module)
    ]

    assert upwards == []
