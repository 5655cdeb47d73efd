import pytest

from domain.licensing import names
from domain.licensing.names import Agreement
from domain.licensing.nicknames import FULL_FORMS


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("Bob", "Robert", True),
        ("Bob", "Rob", True),
        ("Chris", "Christopher", True),
        ("Chris", "Christine", True),
        ("Christopher", "Christine", False),
        ("Bob", "Richard", False),
    ],
)
def test_given_names_agree_when_they_share_a_form(one: str, other: str, agree: bool) -> None:  # noqa: FBT001 - an expectation
    first, second = names.readings(f"{one} Sample")[0], names.readings(f"{other} Sample")[0]

    assert (names.agreement(first, second) is Agreement.FULL) == agree


def test_every_form_is_written_as_names_are_compared() -> None:
    for short, full in FULL_FORMS.items():
        assert {names.normalise(each) for each in (short, *full)} == {short, *full}
        assert short not in full
