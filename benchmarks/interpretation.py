"""Measure how well texts are read as concerns: `python benchmarks/interpretation.py FILE.jsonl`.

Each line is {"text", "topic", "concerns": [ids that count as right]}. A hit at k is a right id among the first k read.
Exit status 1 where the hit rate at 3 is below the target.
"""

import json
import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from domain.concepts import text as concepts_text

TARGET_AT_3 = 0.85


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A labelled text."""

    text: str
    topic: str
    concerns: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was read for a row, best first, and how long it took."""

    row: Row
    read: tuple[str, ...]
    seconds: float

    def hits(self, first: int) -> bool:
        """Tell whether a right concern is among the first so many."""
        return not self.row.concerns.isdisjoint(self.read[:first])


def rows(path: Path) -> tuple[Row, ...]:
    """Read labelled texts, one JSON object a line."""
    loaded = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return tuple(Row(text=row["text"], topic=row["topic"], concerns=frozenset(row["concerns"])) for row in loaded)


def measure(row: Row) -> Outcome:
    """Read one text and take the time."""
    started = time.perf_counter()
    read = concepts_text.read(row.text)
    seconds = time.perf_counter() - started
    return Outcome(row=row, read=tuple(reading.concept_id for reading in read), seconds=seconds)


def rate(outcomes: list[Outcome], *, first: int) -> float:
    """Give the share of texts that hit among the first so many."""
    return sum(outcome.hits(first) for outcome in outcomes) / len(outcomes)


def report(outcomes: list[Outcome]) -> None:
    """Print hit rates overall and by topic, and times in milliseconds."""
    by_topic: defaultdict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_topic[outcome.row.topic].append(outcome)
    print(f"{'topic':26} {'texts':>5} {'at 1':>6} {'at 3':>6}")
    for topic, some in sorted(by_topic.items(), key=lambda pair: -len(pair[1])):
        print(f"{topic:26} {len(some):5} {rate(some, first=1):6.3f} {rate(some, first=3):6.3f}")
    print(f"{'all':26} {len(outcomes):5} {rate(outcomes, first=1):6.3f} {rate(outcomes, first=3):6.3f}")
    times = sorted(outcome.seconds * 1000 for outcome in outcomes)
    p50, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
    print(f"ms per text: p50 {p50:.2f}, p95 {p95:.2f}, max {times[-1]:.2f}")


def main(path: Path) -> int:
    """Measure a file and say whether the target is met."""
    labelled = rows(path)
    measure(labelled[0])  # the lexicon is compiled at first use
    outcomes = [measure(row) for row in labelled]
    report(outcomes)
    return 0 if rate(outcomes, first=3) >= TARGET_AT_3 else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
