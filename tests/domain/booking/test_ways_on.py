from datetime import timedelta

import pytest

from domain.booking import ways_on
from domain.booking.terms import Party
from domain.booking.ways_on import Kept, WayOn
from domain.ids import BookingId, uuid7
from tests.build.matching import NOW, offer

NEAR = offer(NOW + timedelta(days=1))
KEPT = WayOn(
    therapist_id=NEAR.therapist_id,
    session_type=NEAR.session_type,
    starts_at=NEAR.starts_at,
    ends_at=NEAR.ends_at,
    kept=Kept(hold_id=BookingId(uuid7()), expires_at=NOW + timedelta(hours=48)),
)


def test_what_is_kept_comes_first_and_three_are_the_most() -> None:
    others = [offer(NOW + timedelta(days=day)) for day in (2, 3, 4)]

    found = ways_on.with_kept(KEPT, others)

    assert found[0] == KEPT
    assert [each.starts_at for each in found[1:]] == [each.starts_at for each in others[:2]]


def test_nobody_is_shown_two_sessions_they_could_not_both_have() -> None:
    beside = offer(NEAR.starts_at + timedelta(minutes=10), number=2)

    assert ways_on.with_kept(KEPT, [beside]) == (KEPT,)
    assert len(ways_on.with_kept(None, [beside])) == 1


@pytest.mark.parametrize("party", [Party.THERAPIST, Party.SERVICE])
def test_a_message_says_that_it_is_not_about_the_client(party: Party) -> None:
    message = ways_on.message(cancelled_by=party)

    assert message is not None
    assert "not about you" in message


def test_who_cancelled_themselves_is_told_nothing() -> None:
    assert ways_on.message(cancelled_by=Party.CLIENT) is None
