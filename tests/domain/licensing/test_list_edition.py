import pytest

from domain.licensing import list_edition
from domain.licensing.list_edition import Edition


@pytest.mark.parametrize(
    ("file_name", "rows", "reinstatements", "edition"),
    [
        ("UPDATED.csv", 10, 0, Edition.FULL),
        ("updated.csv", 10, 0, Edition.FULL),
        ("2610EXCL.csv", 400, 0, Edition.SUPPLEMENT),
        ("2610EXCL.csv", 400, 3, Edition.SUPPLEMENT),
        ("2610REIN.csv", 0, 0, Edition.REINSTATEMENTS),
        ("made-up.csv", 30, 30, Edition.REINSTATEMENTS),
        ("UPDATED.csv", 30, 30, Edition.REINSTATEMENTS),
        ("made-up.csv", 50_000, 0, Edition.SUPPLEMENT),
        ("made-up.csv", 50_001, 0, Edition.FULL),
        ("made-up.csv", 0, 0, Edition.SUPPLEMENT),
    ],
)
def test_a_file_is_known_by_its_rows_and_its_name(
    file_name: str, rows: int, reinstatements: int, edition: Edition
) -> None:
    assert list_edition.guessed(file_name=file_name, rows=rows, reinstatements=reinstatements) is edition


@pytest.mark.parametrize(("leaving", "too_much"), [(0, False), (5, False), (6, True)])
def test_more_than_a_twentieth_is_too_much(leaving: int, too_much: bool) -> None:  # noqa: FBT001 - an expectation
    assert list_edition.shrinks_too_much(leaving=leaving, listed=100) == too_much
