import pytest

from domain.booking.caseload import NO_CLIENTS, Caseload, Standing, standing


@pytest.mark.parametrize(
    ("clients", "accepting", "limit", "expected"),
    [
        (0, True, 1, Standing.OPEN),
        (1, True, 1, Standing.CASELOAD_FULL),
        (0, True, 0, Standing.CASELOAD_FULL),
        (0, False, 5, Standing.NOT_ACCEPTING),
        (9, False, 5, Standing.NOT_ACCEPTING),
    ],
)
def test_somebody_new_is_taken_on_while_there_is_room(
    clients: int,
    accepting: bool,  # noqa: FBT001 - a table of cases
    limit: int,
    expected: Standing,
) -> None:
    caseload = Caseload(clients=clients, has_this_client=False)

    assert standing(caseload, accepting_clients=accepting, caseload_limit=limit) is expected


def test_ones_own_clients_may_always_book_again() -> None:
    caseload = Caseload(clients=3, has_this_client=True)

    assert standing(caseload, accepting_clients=False, caseload_limit=1) is Standing.OPEN


def test_a_therapist_without_clients_has_room() -> None:
    assert standing(NO_CLIENTS, accepting_clients=True, caseload_limit=1) is Standing.OPEN
