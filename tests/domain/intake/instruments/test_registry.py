import pytest

from domain.errors import Invalid
from domain.intake.instruments import phq9, registry


def test_an_instrument_is_found_by_its_id() -> None:
    assert registry.by_id("phq9") is phq9.INSTRUMENT


@pytest.mark.parametrize("instrument_id", ["", "PHQ9", "phq-9", "horoscope"])
def test_an_unknown_instrument_is_refused_at_its_place(instrument_id: str) -> None:
    with pytest.raises(registry.InstrumentUnknown) as refused:
        registry.by_id(instrument_id)

    assert isinstance(refused.value, Invalid)
    assert [flaw.pointer for flaw in refused.value.flaws] == ["/instrument"]


@pytest.mark.parametrize("instrument_id", list(registry.INSTRUMENTS))
def test_the_bands_of_an_instrument_cover_its_range_without_gap_or_overlap(instrument_id: str) -> None:
    instrument = registry.by_id(instrument_id)

    totals = [total for band in instrument.bands for total in range(band.least, band.most + 1)]

    assert totals == list(range(sum(item.least for item in instrument.items), totals[-1] + 1))
    assert totals[-1] == sum(item.most for item in instrument.items)


@pytest.mark.parametrize("instrument_id", list(registry.INSTRUMENTS))
def test_an_instrument_names_its_terms_sources_and_missing_rule(instrument_id: str) -> None:
    instrument = registry.by_id(instrument_id)

    assert instrument.id == instrument_id
    assert instrument.terms
    assert instrument.sources
    assert instrument.missing_rule
    assert all(threshold.source for threshold in instrument.changes)
    assert all(len(item.label.split()) <= 3 for item in instrument.items), "labels are short and our own"
