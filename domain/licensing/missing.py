"""What a therapist can do about a license that waits, in words that help: never more than they need, and no blame."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from domain.licensing.checks import CheckName, CheckOutcome
from domain.licensing.licenses import WAITING, LicenseStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """One thing that helps. method, path: the call that does it, None where there is nothing to do."""

    code: str
    detail: str
    method: str | None = None
    path: str | None = None


PROFILE: Final = ("PUT", "/v1/therapists/me")
LICENSES: Final = ("POST", "/v1/therapists/me/licenses")

_WORDS: Final = {
    (CheckName.NPI, CheckOutcome.REVIEW): (
        "npi_not_given",
        "With your NPI the registers answer at once; add it to your profile if you have one.",
        PROFILE,
    ),
    (CheckName.NPI, CheckOutcome.FAIL): (
        "npi_not_well_formed",
        "A digit of the NPI in your profile seems to be off; please compare it with your record.",
        PROFILE,
    ),
    (CheckName.PROVIDER_REGISTER, CheckOutcome.REVIEW): (
        "register_differs",
        "The provider register differs from your profile. If your name has changed, add the other one there.",
        PROFILE,
    ),
    (CheckName.PROVIDER_REGISTER, CheckOutcome.FAIL): (
        "register_has_another",
        "The provider register has this NPI under another name, or closed. Please compare the number in your profile.",
        PROFILE,
    ),
    (CheckName.EXCLUSION_LIST, CheckOutcome.REVIEW): (
        "namesake_on_list",
        "Somebody with a name like yours is on a federal list. We compare by hand; a birth date in your profile helps.",
        PROFILE,
    ),
    (CheckName.EXCLUSION_LIST, CheckOutcome.FAIL): (
        "number_on_list",
        "Your NPI is on a federal list of exclusions. Where that is wrong, the Office of Inspector General mends it.",
        (None, None),
    ),
    (CheckName.BOARD_STATUS, CheckOutcome.REVIEW): (
        "board_differs",
        "The board's list says something else than you stated, or does not have the license yet. We look by hand.",
        (None, None),
    ),
    (CheckName.BOARD_STATUS, CheckOutcome.FAIL): (
        "board_not_in_force",
        "The board's list does not show the license in force. If it was renewed, state it again with its new last day.",
        LICENSES,
    ),
    (CheckName.DUPLICATE, CheckOutcome.REVIEW): (
        "stated_twice",
        "The same license was stated in another account. We find out by hand whose it is.",
        (None, None),
    ),
    (CheckName.DUPLICATE, CheckOutcome.FAIL): (
        "stated_twice",
        "The same license was stated in another account. We find out by hand whose it is.",
        (None, None),
    ),
    (CheckName.EXPIRY, CheckOutcome.FAIL): (
        "expired",
        "Its last day has passed. Once it is renewed, state it again with its new last day.",
        LICENSES,
    ),
    (CheckName.EXPIRY, CheckOutcome.REVIEW): (
        "expires_soon",
        "It ends soon. Once it is renewed, state it again with its new last day, so that nothing breaks off.",
        LICENSES,
    ),
}


def of(
    *,
    status: LicenseStatus,
    outcomes: Iterable[tuple[CheckName, CheckOutcome]],
    question: str | None,
    answers_path: str,
) -> tuple[Missing, ...]:
    """Say what would help a license on its way, the open question of an admin first; nothing for what is decided.

    outcomes: of the latest checks. question: what an admin asked and nobody answered yet. Of a verified one, only what
    its days say matters.
    """
    return tuple(_found(status=status, outcomes=outcomes, question=question, answers_path=answers_path))


def _found(
    *,
    status: LicenseStatus,
    outcomes: Iterable[tuple[CheckName, CheckOutcome]],
    question: str | None,
    answers_path: str,
) -> Iterator[Missing]:
    if question is not None and status is LicenseStatus.NEEDS_INFO:
        yield Missing(code="question", detail=question, method="POST", path=answers_path)
    if status is LicenseStatus.SUSPENDED:
        yield Missing(
            code="suspended",
            detail="Nothing can be booked on it for now. Two of us look again once board and list show it clear.",
        )
    for name, outcome in outcomes:
        words = _WORDS.get((name, outcome))
        if words is not None and (status in WAITING or (status is LicenseStatus.VERIFIED and name is CheckName.EXPIRY)):
            code, detail, (method, path) = words
            yield Missing(code=code, detail=detail, method=method, path=path)
