import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.preconditions import PreconditionFailed, etag, require


@pytest.mark.parametrize("if_match", [None, "*", " * ", '"3"', '"1", "3"', '"1","3" , "9"'])
def test_the_version_that_is_there_may_be_changed(if_match: str | None) -> None:
    require(if_match, version=3)


@pytest.mark.parametrize("if_match", ['"2"', '"33"', "3", 'W/"3"', '"1", "2"', "", '"', '"3', '"*"', "**"])
def test_a_change_meant_for_another_version_is_refused(if_match: str) -> None:
    with pytest.raises(PreconditionFailed):
        require(if_match, version=3)


@given(version=st.integers(0, 2**31))
def test_the_tag_of_a_version_lets_that_version_be_changed_and_no_other(version: int) -> None:
    require(etag(version), version=version)

    with pytest.raises(PreconditionFailed):
        require(etag(version), version=version + 1)


@given(if_match=st.text(st.characters(codec="latin-1", exclude_characters='"*')))
def test_nothing_without_a_tag_in_it_passes_and_nothing_breaks(if_match: str) -> None:
    with pytest.raises(PreconditionFailed):
        require(if_match, version=3)
