from pathlib import Path

from benchmarks.phq9_known_figures import Figures, figures, sheets

HEADER = ",".join(f"PHQ{number}" for number in range(1, 10)) + ",OTHER"


def test_a_file_of_sheets_adds_up(tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    rows = ["0,0,0,0,0,0,0,0,1,5", "2,2,2,2,2,0,0,0,0,5", "2,0,0,0,0,0,0,0,NA,5", "3,3,3,3,3,3,3,3,3,5", ",,,,,,,,9,5"]
    file.write_text("\n".join([HEADER, *rows]), encoding="utf-8")

    found = figures(sheets(file))

    assert found.mean is not None
    assert found.sd is not None
    assert round(found.mean, 3) == 10.0  # totals 1, 10, 2 (prorated) and 27
    assert round(found.sd, 3) == 12.028
    assert (found.rows, found.refused, found.prorated) == (5, 1, 1)
    assert found.bands == (2, 0, 1, 0, 1)
    assert (found.watched_raised, found.watched_raised_below_case) == (2, 1)
    assert dict(found.syndromes) == {"none": 1, "other_depressive": 0, "major_depressive": 2, "undetermined": 1}


def test_a_file_of_another_questionnaire_is_refused_row_by_row(tmp_path: Path) -> None:
    file = tmp_path / "other.csv"
    row = ",".join(str(1 + number % 5) for number in range(17))
    file.write_text("\n".join([",".join(f"other{number}" for number in range(17)), row, row]), encoding="utf-8")

    assert figures(sheets(file)) == Figures(
        rows=2,
        refused=2,
        prorated=0,
        mean=None,
        sd=None,
        bands=(0, 0, 0, 0, 0),
        watched_raised=0,
        watched_raised_below_case=0,
        syndromes=(("none", 0), ("other_depressive", 0), ("major_depressive", 0), ("undetermined", 0)),
    )
