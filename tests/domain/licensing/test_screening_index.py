from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.licensing import exclusion_match, screening
from domain.licensing.applicant import Applicant
from domain.licensing.exclusion_list import ExclusionRow
from domain.licensing.exclusion_match import ListedRow
from domain.licensing.screening_index import ScreeningIndex
from tests.build.screening import NPI, OTHER_NPI, TODAY, row

WORDS = ("ANN", "BETH", "BOB", "ROBERT", "SAMPLE", "SAMPEL", "DE", "MUSTER", "A", "")
DAYS = (date(1984, 2, 29), date(1984, 3, 1), date(1984, 4, 3), date(1984, 3, 4), date(1974, 3, 4))

word = st.sampled_from(WORDS)
number = st.sampled_from((None, NPI, OTHER_NPI))
day = st.none() | st.sampled_from(DAYS)


@st.composite
def listed_rows(draw: st.DrawFn) -> ListedRow:
    made: ExclusionRow = row(
        last_name=draw(word),
        first_name=draw(word),
        business_name="MADE UP CLINIC",
        npi=draw(number),
        born_on=draw(day),
        state=draw(st.sampled_from(("OH", "TX", ""))),
        reinstated_on=draw(st.sampled_from((None, None, date(2020, 1, 1)))),
    )
    return exclusion_match.listed(replace(made, middle_name=draw(word)), delisted_on=draw(st.none() | st.just(TODAY)))


@st.composite
def applicants(draw: st.DrawFn) -> Applicant:
    return Applicant(
        legal_name=" ".join(draw(st.lists(word, min_size=1, max_size=3))),
        other_legal_names=tuple(draw(st.lists(word, max_size=1))),
        born_on=draw(day),
        npi=draw(number),
        jurisdictions=frozenset(draw(st.lists(st.sampled_from(("US-OH", "US-TX")), max_size=2))),
    )


@given(st.lists(listed_rows(), max_size=8), applicants(), st.integers(0, 36))
def test_an_index_answers_as_if_every_row_were_looked_at(rows: list[ListedRow], person: Applicant, age: int) -> None:
    # what ends an entity's exclusion is looked up by NPI only: in doubt it stands
    rows = list({each.digest: each for each in rows if each.name is not None}.values())
    cleared = frozenset(each.digest for each in rows[:1])
    as_of = TODAY - timedelta(days=age)

    expected = screening.exclusion_screening(
        person, candidate_rows=rows, list_loaded=bool(rows), as_of=as_of, today=TODAY, cleared=cleared
    )

    found = ScreeningIndex(rows).screen(person, as_of=as_of, today=TODAY, cleared=cleared)

    # of namesakes, who stop nobody, not everything is looked up
    assert (found.outcome, found.evidence) == (expected.outcome, expected.evidence)
