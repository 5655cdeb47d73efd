"""Bring public registers in from their files.

1. One file is one transaction: it goes in whole or leaves nothing. An import that broke off is simply repeated, and
   one that is repeated changes nothing.
2. Every row of the file is counted once: new, known or refused.
3. Of the exclusion list a row is never removed: who left it keeps the day on which a newer whole list lacked them.
4. Imports run one at a time, so that what two of them count adds up.
5. Nobody is looked at by the monitor meanwhile, and everybody is due afterwards.
"""

import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from itertools import islice
from typing import Final, TypeVar
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.policy import Action
from domain.audit import service as audit
from domain.errors import Conflict, Flaw, Invalid
from domain.ids import uuid7
from domain.licensing import (
    exclusion_list,
    exclusion_queries,
    list_edition,
    monitor_queries,
    names,
    provider_register,
    provider_storage,
    queries,
)
from domain.licensing.exclusion_list import ExclusionRow
from domain.licensing.list_edition import Edition, Handling
from domain.licensing.provider_register import ProviderRecord
from domain.licensing.refusals import RefusedRow
from domain.licensing.registers import Register
from domain.licensing.tables import Exclusion, Provider, RegisterImport

BATCH_ROWS: Final = 1000
IMPORT_LOCK: Final = 0x696D_706F_7274
# The service's own limits are meant for requests; a full file of a register takes longer.
STATEMENT_TIMEOUT: Final = "60s"
TRANSACTION_TIMEOUT: Final = "15min"

AS_IT_COMES: Final = Handling()

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What became of a file's rows.

    rows_new: rows we did not have, or (NPPES) not as they are now. rows_known: rows we had, repeats within the file
    and records older than ours among them. refusals: in the file's order.
    """

    rows_new: int
    rows_known: int
    refusals: tuple[RefusedRow, ...]

    @property
    def rows_refused(self) -> int:
        """How many rows were not taken."""
        return len(self.refusals)


class Kept(StrEnum):
    """Why a file took nobody off the list."""

    SUPPLEMENT = "a supplement says of nobody that they left the list"
    OLDER = "a newer file was imported before"
    UNREADABLE = "it has lines that can't be read; --allow-shrink takes it all the same"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionReport(ImportReport):
    """What became of a file of the exclusion list. taking_off: how many rows left the list, or why none did."""

    as_of: date
    edition: Edition
    rows_listed_again: int
    taking_off: int | Kept


class FutureList(Invalid):
    """The list is said to be given out on a day that has not come."""

    def __init__(self) -> None:
        detail = "The day the list was given out has not come yet; give the day it was published."
        super().__init__(Flaw(pointer="/as-of", detail=detail), detail=detail)


class ListShrinks(Conflict):
    """The whole list lacks more of our rows than a month explains."""

    def __init__(self, *, leaving: int, listed: int) -> None:
        super().__init__(
            f"This list lacks {leaving} of the {listed} exclusions that we have, more than 5 %; the download may have "
            "broken off. Nothing was changed. If the file is whole, import it with --allow-shrink."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """What was read. as_of, edition: see RegisterImport."""

    register: Register
    content: bytes
    name: str
    as_of: date | None
    edition: str


class ImportRunning(Conflict):
    """Another import has not ended yet."""

    def __init__(self) -> None:
        super().__init__("Another import is running; start this one again when it has ended.")


async def import_leie(
    session: AsyncSession, *, content: bytes, file_name: str, now: datetime, handling: Handling = AS_IT_COMES
) -> ExclusionReport:
    """Take in a file of the exclusion list; `list_edition.py` says what a whole list takes off it.

    A reinstatement is a row of its own; a row that left the list and is in a file again is listed again.
    Raises ImportRunning, UnreadableRegister, FutureList, ListShrinks.
    """
    today = now.astimezone(UTC).date()
    as_of = handling.as_of or today
    if as_of > today:
        raise FutureList
    await prepare(session)
    import_id = uuid7()
    refusals: list[RefusedRow] = []
    digests: list[bytes] = []
    rows_new = reinstatements = 0
    for batch in batches(exclusion_list.parse(io.BytesIO(content))):
        rows = [each for each in batch if isinstance(each, ExclusionRow)]
        refusals.extend(each for each in batch if isinstance(each, RefusedRow))
        digests.extend(bytes.fromhex(row.digest) for row in rows)
        reinstatements += sum(row.reinstated_on is not None for row in rows)
        rows_new += await _add_exclusions(session, rows=rows, import_id=import_id)
    edition = handling.edition or list_edition.guessed(
        file_name=file_name, rows=len(digests), reinstatements=reinstatements
    )
    report = ExclusionReport(
        rows_new=rows_new,
        rows_known=len(digests) - rows_new,
        refusals=tuple(refusals),
        as_of=as_of,
        edition=edition,
        rows_listed_again=await exclusion_queries.list_again(session, digests=digests, on=as_of),
        taking_off=await _take_off(
            session, edition=edition, as_of=as_of, digests=digests, refused=bool(refusals), handling=handling
        ),
    )
    await note(
        session,
        import_id=import_id,
        source=ReadFile(register=Register.LEIE, content=content, name=file_name, as_of=as_of, edition=edition),
        report=report,
        now=now,
    )
    return report


async def _take_off(
    session: AsyncSession,
    *,
    edition: Edition,
    as_of: date,
    digests: Sequence[bytes],
    refused: bool,
    handling: Handling,
) -> int | Kept:
    """Take off the list who is no longer on it, and tell how many, or why nobody. Raises ListShrinks."""
    if edition is not Edition.FULL:
        return Kept.SUPPLEMENT
    newest = await exclusion_queries.newest(session)
    if newest.as_of is not None and as_of < newest.as_of:
        return Kept.OLDER
    if refused and not handling.allow_shrink:
        return Kept.UNREADABLE
    leaving, listed = await exclusion_queries.missing(session, digests=digests)
    if list_edition.shrinks_too_much(leaving=leaving, listed=listed) and not handling.allow_shrink:
        raise ListShrinks(leaving=leaving, listed=listed)
    await exclusion_queries.delist(session, digests=digests, on=as_of)
    return leaving


async def import_nppes(session: AsyncSession, *, content: bytes, file_name: str, now: datetime) -> ImportReport:
    """Take in records of the provider register. Raises ImportRunning, UnreadableRegister.

    A record takes the place of ours for the same number, unless it says itself that it is older.
    """
    await prepare(session)
    import_id = uuid7()
    refusals: list[RefusedRow] = []
    rows_read = rows_new = 0
    for batch in batches(provider_register.parse(content)):
        records = [each for each in batch if isinstance(each, ProviderRecord)]
        refusals.extend(each for each in batch if isinstance(each, RefusedRow))
        rows_read += len(records)
        rows_new += await _put_providers(session, records=records, import_id=import_id)
    report = ImportReport(rows_new=rows_new, rows_known=rows_read - rows_new, refusals=tuple(refusals))
    await note(
        session,
        import_id=import_id,
        source=ReadFile(register=Register.NPPES, content=content, name=file_name, as_of=None, edition=""),
        report=report,
        now=now,
    )
    return report


async def prepare(session: AsyncSession) -> None:
    """Make sure to be alone, and give the transaction the time it needs; both end with it."""
    if not await session.scalar(select(func.pg_try_advisory_xact_lock(IMPORT_LOCK))):
        raise ImportRunning
    await monitor_queries.keep_from_looking(session)
    for name, value in (
        ("statement_timeout", STATEMENT_TIMEOUT),
        ("transaction_timeout", "0"),  # a timer that runs is not moved by a new value, only by ending it
        ("transaction_timeout", TRANSACTION_TIMEOUT),
    ):
        await session.execute(select(func.set_config(name, value, True)))  # noqa: FBT003 - true: this transaction only


def batches(rows: Iterable[Item]) -> Iterator[Sequence[Item]]:
    """Give rows in their order, as many at once as are written with one statement."""
    pending = iter(rows)
    while batch := list(islice(pending, BATCH_ROWS)):
        yield batch


async def _add_exclusions(session: AsyncSession, *, rows: Sequence[ExclusionRow], import_id: UUID) -> int:
    """Add the rows that are not there yet, and tell how many."""
    if not rows:
        return 0
    statement = insert(Exclusion).on_conflict_do_nothing(index_elements=[Exclusion.digest]).returning(Exclusion.id)
    values = [_exclusion_values(row, import_id=import_id) for row in rows]
    return len((await session.scalars(statement, values)).all())


def _exclusion_values(row: ExclusionRow, *, import_id: UUID) -> dict[str, object]:
    name = row.person_name
    return {
        "id": uuid7(),
        "digest": bytes.fromhex(row.digest),
        "last_name": row.last_name,
        "first_name": row.first_name,
        "middle_name": row.middle_name,
        "business_name": row.business_name,
        "name_keys": [] if name is None else list(names.keys(name)),
        "general": row.general,
        "specialty": row.specialty,
        "upin": row.upin,
        "npi": row.npi,
        "born_on": row.born_on,
        "address": row.address,
        "city": row.city,
        "state": row.state,
        "zip_code": row.zip_code,
        "exclusion_type": row.exclusion_type,
        "excluded_on": row.excluded_on,
        "reinstated_on": row.reinstated_on,
        "waived_on": row.waived_on,
        "waiver_state": row.waiver_state,
        "import_id": import_id,
    }


async def _put_providers(session: AsyncSession, *, records: Sequence[ProviderRecord], import_id: UUID) -> int:
    """Write the records that say something new, and tell how many there were."""
    held = await queries.provider_records(session, npis=[record.npi for record in records])
    fresh: dict[str, str] = {}
    rows_new = 0
    for record in records:
        written = provider_storage.stored(record)
        before = fresh.get(record.npi, held.get(record.npi))
        if before is None or (before != written and not _is_older(record, than=provider_storage.restored(before))):
            fresh[record.npi] = written
            rows_new += 1
    if fresh:
        statement = insert(Provider)
        put = statement.on_conflict_do_update(
            index_elements=[Provider.npi],
            set_={"record": statement.excluded.record, "import_id": statement.excluded.import_id},
        )
        values = [{"npi": npi, "record": written, "import_id": import_id} for npi, written in fresh.items()]
        await session.execute(put, values)
    return rows_new


def _is_older(record: ProviderRecord, *, than: ProviderRecord) -> bool:
    """Tell whether both records are dated, and this one earlier."""
    if record.last_updated_on is None or than.last_updated_on is None:
        return False
    return record.last_updated_on < than.last_updated_on


async def note(
    session: AsyncSession,
    *,
    import_id: UUID,
    source: ReadFile,
    report: ImportReport,
    now: datetime,
) -> None:
    """Write down that the file was read; the rows that name its import are checked when the transaction ends."""
    session.add(
        RegisterImport(
            id=import_id,
            register=source.register,
            file_name=source.name,
            file_digest=hashlib.sha256(source.content).digest(),
            rows_new=report.rows_new,
            rows_known=report.rows_known,
            rows_refused=report.rows_refused,
            imported_at=await monitor_queries.after_every_look(session, now=now),
            as_of=source.as_of,
            edition=source.edition,
        )
    )
    audit.record(
        session,
        by=None,
        action=Action.REGISTER_IMPORT,
        subject_kind="register_import",
        subject_id=import_id,
        now=now,
    )
    await session.flush()
