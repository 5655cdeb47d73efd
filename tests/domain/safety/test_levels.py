from domain.safety.levels import Level, at_most, highest


def test_levels_rise_from_none_to_urgent() -> None:
    assert Level.NONE.rank < Level.ELEVATED.rank < Level.URGENT.rank


def test_the_highest_of_no_levels_is_none() -> None:
    assert highest([]) is Level.NONE
    assert highest([Level.ELEVATED, Level.URGENT, Level.NONE]) is Level.URGENT


def test_a_cap_lowers_and_never_raises() -> None:
    assert at_most(Level.URGENT, cap=Level.ELEVATED) is Level.ELEVATED
    assert at_most(Level.NONE, cap=Level.ELEVATED) is Level.NONE
