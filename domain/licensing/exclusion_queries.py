"""Statements about our copy of the exclusion list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ARRAY, ColumnElement, LargeBinary, Text, exists, func, literal, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.licensing import names
from domain.licensing.exclusion_match import ExclusionLookup, ListedRow
from domain.licensing.list_edition import Edition
from domain.licensing.registers import Register
from domain.licensing.tables import Exclusion, RegisterImport

_EXCLUDING: Final = (Edition.FULL, Edition.SUPPLEMENT)
_STILL_LISTED: Final = (Exclusion.delisted_on.is_(None), Exclusion.reinstated_on.is_(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """Whether any list was imported, and the day the newest one was given out, None where that is not known.

    A supplement of reinstatements makes nothing newer: it excludes nobody.
    """

    is_loaded: bool
    as_of: date | None


async def rows(session: AsyncSession, *, lookup: ExclusionLookup) -> Sequence[ListedRow]:
    """Load the rows of the exclusion list that could be about the one looked up, in one statement over its indexes."""
    reasons: list[ColumnElement[bool]] = []
    if lookup.npis:
        reasons.append(Exclusion.npi.in_(lookup.npis))
    if lookup.family_keys:
        reasons.append(Exclusion.name_keys.bool_op("&&")(literal(list(lookup.family_keys), ARRAY(Text))))
    if lookup.birth_dates:
        reasons.append(Exclusion.born_on.in_(lookup.birth_dates))
    if not reasons:
        return ()
    return await _listed(session, or_(*reasons))


async def all_rows(session: AsyncSession) -> Sequence[ListedRow]:
    """Load the whole list, for an index over it."""
    return await _listed(session, true())


async def newest(session: AsyncSession) -> Newest:
    """Tell how old our copy of the list is."""
    as_of = select(func.max(RegisterImport.as_of)).where(
        RegisterImport.register == Register.LEIE, RegisterImport.edition.in_(_EXCLUDING)
    )
    loaded = exists().where(Exclusion.id.is_not(None))
    found = (await session.execute(select(loaded.label("is_loaded"), as_of.scalar_subquery().label("as_of")))).one()
    return Newest(is_loaded=found.is_loaded, as_of=found.as_of)


async def missing(session: AsyncSession, *, digests: Sequence[bytes]) -> tuple[int, int]:
    """Count the exclusions in force that are not among these rows, and all that are in force."""
    absent = func.count().filter(Exclusion.digest != func.all(literal(digests, ARRAY(LargeBinary))))
    found = (await session.execute(select(absent, func.count()).where(*_STILL_LISTED))).one()
    return found[0], found[1]


async def delist(session: AsyncSession, *, digests: Sequence[bytes], on: date) -> None:
    """Take every exclusion in force that is not among these rows off the list."""
    statement = update(Exclusion).where(
        *_STILL_LISTED, Exclusion.digest != func.all(literal(digests, ARRAY(LargeBinary)))
    )
    await session.execute(statement.values(delisted_on=on).execution_options(synchronize_session=False))


async def list_again(session: AsyncSession, *, digests: Sequence[bytes], on: date) -> int:
    """Put rows back that left the list no later than this day, and tell how many."""
    statement = update(Exclusion).where(
        Exclusion.delisted_on <= on, Exclusion.digest == func.any(literal(digests, ARRAY(LargeBinary)))
    )
    back = statement.values(delisted_on=None).returning(Exclusion.id).execution_options(synchronize_session=False)
    return len((await session.scalars(back)).all())


_ROWS: Final = select(
    Exclusion.digest,
    Exclusion.last_name,
    Exclusion.first_name,
    Exclusion.middle_name,
    Exclusion.business_name,
    Exclusion.npi,
    Exclusion.born_on,
    Exclusion.state,
    Exclusion.exclusion_type,
    Exclusion.excluded_on,
    Exclusion.reinstated_on,
    Exclusion.delisted_on,
)


async def _listed(session: AsyncSession, condition: ColumnElement[bool]) -> Sequence[ListedRow]:
    return [
        ListedRow(
            digest=row.digest.hex(),
            name=names.person_name(family=row.last_name, first=row.first_name, middle=row.middle_name),
            business_name=row.business_name,
            npi=row.npi,
            born_on=row.born_on,
            jurisdiction=f"US-{row.state}" if row.state else None,
            exclusion_type=row.exclusion_type,
            excluded_on=row.excluded_on,
            reinstated_on=row.reinstated_on,
            delisted_on=row.delisted_on,
        )
        for row in await session.execute(_ROWS.where(condition))
    ]
