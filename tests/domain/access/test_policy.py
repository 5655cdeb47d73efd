import pytest

from domain.access.actor import Actor, Role
from domain.access.policy import ROLES, Action, WrongRole, require
from domain.ids import AccountId, SessionId, uuid7

# Done by nobody who asks for it: by a stranger, by the command line, or by the service itself.
BY_NO_ROLE = {
    Action.ACCOUNT_REGISTER,
    Action.ACCOUNT_VERIFY,
    Action.ADMIN_CREATE,
    Action.SESSION_START,
    Action.SESSION_REFRESH,
    Action.SESSION_FAMILY_REVOKE,
    Action.REGISTER_IMPORT,
    Action.NOTICE_SEND,
    Action.HOLD_GIVE,
    Action.HOLD_EXPIRE,
    Action.APPOINTMENT_COMPLETE,
    Action.TASK_OPEN,
}


def actor(role: Role) -> Actor:
    return Actor(account_id=AccountId(uuid7()), role=role, session_id=SessionId(uuid7()))


@pytest.mark.parametrize("action", ROLES)
@pytest.mark.parametrize("role", Role)
def test_a_role_does_what_is_its_own_and_nothing_else(role: Role, action: Action) -> None:
    if role in ROLES[action]:
        require(actor(role), action)
        return

    with pytest.raises(WrongRole) as refused:
        require(actor(role), action)

    assert refused.value.needed == ROLES[action]
    assert all(needed.value in refused.value.detail for needed in ROLES[action])


def test_every_action_has_its_roles_or_is_done_by_none() -> None:
    assert ROLES.keys() | BY_NO_ROLE == set(Action)
    assert not ROLES.keys() & BY_NO_ROLE
    assert all(ROLES.values())


@pytest.mark.parametrize("action", sorted(BY_NO_ROLE))
@pytest.mark.parametrize("role", Role)
def test_what_no_role_does_is_a_mistake_of_ours_to_ask_for(role: Role, action: Action) -> None:
    with pytest.raises(KeyError):
        require(actor(role), action)


def test_only_an_admin_decides_about_licenses() -> None:
    assert ROLES[Action.LICENSE_DECIDE] == {Role.ADMIN}
    assert ROLES[Action.LICENSE_REVIEW] == {Role.ADMIN}


def test_an_admin_reads_nobodys_answers_appointments_or_matches() -> None:
    health = (Action.FORM_RESPONSE_READ, Action.APPOINTMENT_READ, Action.MATCH_READ, Action.CLIENT_READ)

    assert all(Role.ADMIN not in ROLES[action] for action in health)


def test_nobody_holds_or_books_but_a_client() -> None:
    assert ROLES[Action.HOLD_CREATE] == ROLES[Action.APPOINTMENT_BOOK] == {Role.CLIENT}
