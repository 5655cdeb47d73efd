import pytest

from domain.availability.schedule import SessionFormat
from domain.concepts import vocabulary
from domain.directory import public
from domain.directory.public import Sought, SoughtUnknown


def test_what_exists_may_be_sought() -> None:
    sought = Sought(
        concern="trauma.cptsd",
        approach="emdr",
        population="adults",
        jurisdiction="US-OH",
        language="en",
        session_format=SessionFormat.VIDEO,
    )

    public.check(sought, vocabulary=vocabulary.load())
    public.check(Sought(), vocabulary=vocabulary.load())


def test_all_that_does_not_exist_is_named() -> None:
    sought = Sought(concern="emdr", approach="no.such", population="trauma.cptsd", jurisdiction="US-ZZ")

    with pytest.raises(SoughtUnknown) as refused:
        public.check(sought, vocabulary=vocabulary.load())

    assert [flaw.pointer for flaw in refused.value.flaws] == ["/concern", "/approach", "/population", "/jurisdiction"]
