"""Score every row of a file of PHQ-9 answers and print the figures, to hold against published ones.

python -m benchmarks.phq9_known_figures FILE.csv

Columns PHQ1 to PHQ9 are read where they exist; otherwise all columns are taken as items 1, 2, 3, ... so that a file of
another questionnaire shows how many of its rows are refused. Empty and NA cells are items that were skipped.
"""

import argparse
import csv
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from domain.intake.instruments import phq9
from domain.intake.instruments.instrument import Score, SheetInvalid

COLUMNS = tuple(f"PHQ{item.id}" for item in phq9.ITEMS)
SKIPPED = {"", "NA"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a file of sheets adds up to. sd is the sample's (n - 1); None where too few rows were scored."""

    rows: int
    refused: int
    prorated: int
    mean: float | None
    sd: float | None
    bands: tuple[int, ...]
    watched_raised: int
    watched_raised_below_case: int
    syndromes: tuple[tuple[str, int], ...]


def sheets(path: Path) -> Iterator[dict[str, int]]:
    """Read a file row by row into answers by item number."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        names = reader.fieldnames or []
        columns = COLUMNS if set(COLUMNS) <= set(names) else tuple(names)
        for row in reader:
            cells = {str(number): row[column].strip() for number, column in enumerate(columns, 1)}
            yield {number: int(cell) for number, cell in cells.items() if cell not in SKIPPED}


def figures(rows: Iterable[dict[str, int]]) -> Figures:
    """Score sheets and add up what they show."""
    scored: list[tuple[Score, int]] = []
    count = 0
    for count, answers in enumerate(rows, 1):  # noqa: B007 - the count of all rows, read after the loop
        try:
            scored.append((phq9.score(answers), phq9.danger(answers) or 0))
        except SheetInvalid:
            continue
    totals = [score.total for score, _ in scored]
    bands = Counter(score.band for score, _ in scored)
    syndromes = Counter(score.syndrome for score, _ in scored)
    raised = [score.total for score, sign in scored if sign]
    return Figures(
        rows=count,
        refused=count - len(scored),
        prorated=sum(score.prorated for score, _ in scored),
        mean=statistics.mean(totals) if totals else None,
        sd=statistics.stdev(totals) if len(totals) > 1 else None,
        bands=tuple(bands[band.name] for band in phq9.BANDS),
        watched_raised=len(raised),
        watched_raised_below_case=sum(total < phq9.INSTRUMENT.case_at_least for total in raised),
        syndromes=tuple((syndrome.value, syndromes[syndrome]) for syndrome in phq9.Syndrome),
    )


def main() -> None:
    """Print the figures of the file named on the command line."""
    parser = argparse.ArgumentParser(description="Score every row of a file of PHQ-9 answers.")
    parser.add_argument("file", type=Path)
    found = figures(sheets(parser.parse_args().file))
    print(f"rows {found.rows}, refused {found.refused}, prorated {found.prorated}")
    if found.mean is not None and found.sd is not None:
        print(f"total mean {found.mean:.3f}, SD {found.sd:.3f}")
    print("bands " + "/".join(str(number) for number in found.bands))
    below = f"of whom {found.watched_raised_below_case} with a total below {phq9.INSTRUMENT.case_at_least}"
    print(f"item {phq9.WATCHED} from 1: {found.watched_raised}, {below}")
    print("syndromes " + ", ".join(f"{name} {number}" for name, number in found.syndromes))


if __name__ == "__main__":
    main()
