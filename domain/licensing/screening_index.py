"""The whole exclusion list, kept so that any number of applicants can be screened against it without asking anew.

Finds the rows that the look-ups of `exclusion_match.py` ask for, and so gives the answers that they give.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from domain.licensing import exclusion_match, screening
from domain.licensing.applicant import Applicant
from domain.licensing.checks import CheckResult
from domain.licensing.exclusion_match import ExclusionLookup, ListedRow


class ScreeningIndex:
    """Rows of the list by NPI, by family name key and by birth date; they are never copied."""

    def __init__(self, rows: Iterable[ListedRow]) -> None:
        self._by_npi: defaultdict[str, list[ListedRow]] = defaultdict(list)
        self._by_key: defaultdict[str, list[ListedRow]] = defaultdict(list)
        self._by_birth_date: defaultdict[date, list[ListedRow]] = defaultdict(list)
        self._has_rows = False
        for row in rows:
            self._has_rows = True
            if row.npi is not None:
                self._by_npi[row.npi].append(row)
            for key in () if row.name is None else row.name.family_keys:
                self._by_key[key].append(row)
            if row.born_on is not None:
                self._by_birth_date[row.born_on].append(row)

    def rows(self, lookup: ExclusionLookup) -> list[ListedRow]:
        """Give the rows that a look-up asks for, each once."""
        found: dict[str, ListedRow] = {}
        for npi in lookup.npis:
            found.update((row.digest, row) for row in self._by_npi.get(npi, ()))
        for key in lookup.family_keys:
            found.update((row.digest, row) for row in self._by_key.get(key, ()))
        for day in lookup.birth_dates:
            found.update((row.digest, row) for row in self._by_birth_date.get(day, ()))
        return list(found.values())

    def screen(
        self, applicant: Applicant, *, as_of: date | None, today: date, cleared: frozenset[str] = frozenset()
    ) -> CheckResult:
        """Screen one applicant; see `screening.exclusion_screening`."""
        rows = self.rows(exclusion_match.lookup(applicant))
        further = exclusion_match.reinstatement_lookup(applicant, rows=rows)
        if further is not None:
            rows = list({row.digest: row for row in (*rows, *self.rows(further))}.values())
        return screening.exclusion_screening(
            applicant, candidate_rows=rows, list_loaded=self._has_rows, as_of=as_of, today=today, cleared=cleared
        )
