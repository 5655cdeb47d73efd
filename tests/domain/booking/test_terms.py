from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.booking.terms import DEFAULT_TERMS, NEVER_CHARGED, CancellationTerms, Party, ReasonCode, fee_due
from domain.money import Money

START = datetime(2027, 3, 1, 15, tzinfo=UTC)
FEE = Money(amount=15_001, currency="usd")

TERMS = st.builds(CancellationTerms, free_cancellation_hours=st.integers(0, 720), late_fee_percent=st.integers(0, 100))
FEES = st.builds(Money, amount=st.integers(0, 10_000_000), currency=st.just("usd"))
NOTICES = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=60))
CHARGEABLE = st.sampled_from([None, *sorted(set(ReasonCode) - NEVER_CHARGED)])


def due(
    *,
    notice: timedelta,
    by: Party = Party.CLIENT,
    reason: ReasonCode | None = ReasonCode.SCHEDULE,
    terms: CancellationTerms = DEFAULT_TERMS,
    fee: Money = FEE,
) -> Money:
    return fee_due(fee, starts_at=START, terms=terms, by=by, reason=reason, now=START - notice).fee


def test_cancelling_at_exactly_the_last_free_hour_is_free() -> None:
    assert due(notice=timedelta(hours=24)) == Money(amount=0, currency="usd")


def test_cancelling_an_instant_later_costs_half_rounded_down() -> None:
    assert due(notice=timedelta(hours=24) - timedelta(microseconds=1)) == Money(amount=7_500, currency="usd")


@given(notice=NOTICES, terms=TERMS, fee=FEES, reason=CHARGEABLE)
def test_a_client_is_charged_only_inside_the_notice(
    notice: timedelta, terms: CancellationTerms, fee: Money, reason: ReasonCode | None
) -> None:
    charged = due(notice=notice, terms=terms, fee=fee, reason=reason)

    if notice >= timedelta(hours=terms.free_cancellation_hours):
        assert charged.amount == 0
    else:
        assert charged == fee.share(percent=terms.late_fee_percent)


@given(notice=NOTICES, terms=TERMS, fee=FEES, by=st.sampled_from([Party.THERAPIST, Party.SERVICE]))
def test_a_client_is_never_charged_for_what_others_cancel(
    notice: timedelta, terms: CancellationTerms, fee: Money, by: Party
) -> None:
    assert due(notice=notice, terms=terms, fee=fee, by=by).amount == 0


@given(notice=NOTICES, terms=TERMS, fee=FEES, reason=st.sampled_from(sorted(NEVER_CHARGED)))
def test_illness_and_emergencies_are_never_charged(
    notice: timedelta, terms: CancellationTerms, fee: Money, reason: ReasonCode
) -> None:
    assert due(notice=notice, terms=terms, fee=fee, reason=reason).amount == 0


@given(later=NOTICES, sooner=NOTICES, terms=TERMS, fee=FEES)
def test_waiting_never_makes_cancelling_cheaper(
    later: timedelta, sooner: timedelta, terms: CancellationTerms, fee: Money
) -> None:
    more_notice, less_notice = max(later, sooner), min(later, sooner)

    assert due(notice=more_notice, terms=terms, fee=fee).amount <= due(notice=less_notice, terms=terms, fee=fee).amount


def test_the_rule_is_told_in_words_that_match_the_fee() -> None:
    late = fee_due(
        FEE, starts_at=START, terms=DEFAULT_TERMS, by=Party.CLIENT, reason=None, now=START - timedelta(hours=1)
    )

    assert late.rule.startswith("50 percent of the fee")
    assert "24 hours" in DEFAULT_TERMS.summary()
