"""The instruments we can score, by id. A new one is one file and one line here."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from domain.errors import Flaw, Invalid
from domain.intake.instruments import phq9
from domain.intake.instruments.instrument import Instrument

INSTRUMENTS: Mapping[str, Instrument] = MappingProxyType(
    {instrument.id: instrument for instrument in (phq9.INSTRUMENT,)}
)


class InstrumentUnknown(Invalid):
    """No instrument goes by this id."""

    slug: ClassVar[str] = Invalid.slug

    def __init__(self) -> None:
        offered = ", ".join(INSTRUMENTS)
        flaw = Flaw(pointer="/instrument", detail=f"There is no such instrument; there are: {offered}.")
        super().__init__(flaw, detail="This instrument is not one we can score.")


def by_id(instrument_id: str) -> Instrument:
    """Give the instrument with this id. Raises InstrumentUnknown."""
    instrument = INSTRUMENTS.get(instrument_id)
    if instrument is None:
        raise InstrumentUnknown
    return instrument
