"""One draft, saved and submitted from several places at once, over connections that really run side by side."""

import asyncio

import pytest

from api.parts import Parts
from domain.errors import DomainError
from domain.intake import service
from domain.intake.answers import Sent
from domain.intake.danger import AnswersRefused
from domain.intake.service import Response
from domain.intake.states import ResponseStatus
from tests.build import intake as build
from tests.build.intake import Prepared

ANSWERS: tuple[Sent, ...] = (
    {"brings_you": "Sleep."},
    {"how_long": "years"},
    {"pace": "slow"},
    {"at_ease_with": ["breaks", "camera_off"]},
    {"place": "Columbus"},
    {"can_talk_freely": "yes"},
    {"if_call_drops": "call"},
    {"safe_now": "yes"},
    {"address_me": "Sam"},
    {"hoped_change": "Rest."},
)


@pytest.fixture
async def given(parts: Parts) -> Prepared:
    async with parts.database.write() as session:
        return await build.prepared(session, parts)  # it commits by itself


def _any_version(_version: int) -> None:
    """Refuse nothing."""


async def _save(parts: Parts, given: Prepared, changes: Sent) -> Response:
    async with parts.database.transaction() as session:
        return await service.save(
            session,
            response_id=given.response_id,
            changes=changes,
            check_version=_any_version,
            by=given.client.actor,
            vault=parts.vault,
            now=parts.clock.now(),
        )


async def _submit(parts: Parts, given: Prepared) -> Response:
    async with parts.database.transaction() as session:
        return await service.submit(
            session,
            response_id=given.response_id,
            check_version=_any_version,
            by=given.client.actor,
            vault=parts.vault,
            now=parts.clock.now(),
        )


async def _read(parts: Parts, given: Prepared) -> Response:
    async with parts.database.transaction() as session:
        return await service.response(
            session, response_id=given.response_id, by=given.client.actor, vault=parts.vault, now=parts.clock.now()
        )


async def test_no_answer_is_lost_when_many_are_saved_at_once(parts: Parts, given: Prepared) -> None:
    await asyncio.gather(*(_save(parts, given, changes) for changes in ANSWERS))

    kept = await _read(parts, given)
    assert kept.answers == {link_id: answer for changes in ANSWERS for link_id, answer in changes.items()}
    assert kept.version == 1 + len(ANSWERS)


async def test_of_many_submissions_one_counts(parts: Parts, given: Prepared) -> None:
    outcomes = await asyncio.gather(*(_submit(parts, given) for _ in range(6)), return_exceptions=True)

    refused = [outcome for outcome in outcomes if isinstance(outcome, DomainError)]
    assert len(refused) == len(outcomes) - 1
    assert {refusal.slug for refusal in refused} == {"transition-not-allowed"}


async def test_nothing_is_saved_behind_a_submission(parts: Parts, given: Prepared) -> None:
    outcomes = await asyncio.gather(
        _submit(parts, given), *(_save(parts, given, changes) for changes in ANSWERS), return_exceptions=True
    )

    kept = await _read(parts, given)
    saved = [outcome for outcome in outcomes[1:] if isinstance(outcome, Response)]
    assert all(isinstance(outcome, Response | AnswersRefused) for outcome in outcomes)
    assert kept.status is ResponseStatus.SUBMITTED
    assert len(kept.answers or {}) == len(saved)
