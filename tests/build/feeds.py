"""Calendar feeds as tests read them."""

from datetime import datetime

from icalendar import Component, vDDDTypes


def at(event: Component, name: str) -> datetime:
    """Give the time a property tells; naive where it is a wall time of a zone that is not looked up."""
    value = event[name]
    assert isinstance(value, vDDDTypes)
    assert isinstance(value.dt, datetime)
    return value.dt
