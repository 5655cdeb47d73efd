"""What our messages say: nothing personal, and nothing of why somebody might come to us, since others read mail too."""

from datetime import timedelta

from domain.notices.message import Message


def verification(*, token: str, valid_for: timedelta) -> Message:
    """Ask whether the address is theirs. valid_for: how long the token opens the account, in whole hours."""
    hours = int(valid_for.total_seconds()) // 3600
    return Message(
        subject="Confirm your address",
        text=(
            "Hello,\n\n"
            "somebody, we hope you, asked for an Attune account with this address.\n\n"
            "If it was you, confirm it with this code:\n\n"
            f"    {token}\n\n"
            f"The code works for {hours} hours. Please don't pass it on; we will never ask you for it.\n\n"
            "If it wasn't you, there is nothing to do: without the code no account is made.\n\n"
            "Take care,\nAttune\n"
        ),
        token=token,
    )


def already_registered() -> Message:
    """Tell the owner of an account that somebody asked for one with their address."""
    return Message(
        subject="You already have an account",
        text=(
            "Hello,\n\n"
            "somebody, perhaps you, asked for an Attune account with this address. You already have one, so just sign\n"
            "in.\n\n"
            "If it wasn't you, there is nothing to do. Nothing about your account has changed, and whoever asked was\n"
            "not told that it exists.\n\n"
            "Take care,\nAttune\n"
        ),
        token=None,
    )


def session_offered() -> Message:
    """Say that a time is kept for somebody who waits."""
    return Message(
        subject="Something is waiting for you",
        text=(
            "Hello,\n\n"
            "something you asked us to look out for has come up, and we keep it for you for a little while.\n\n"
            "Sign in to Attune to see it. If it doesn't suit you, that is quite all right: we go on looking.\n\n"
            "Take care,\nAttune\n"
        ),
        token=None,
    )


def session_changed() -> Message:
    """Say to a client that somebody else had to change what was arranged."""
    return Message(
        subject="There is news for you",
        text=(
            "Hello,\n\n"
            "something that was arranged with you has changed. It is nothing you did.\n\n"
            "Sign in to Attune to see it: we have looked for other ways on for you, and they are waiting there.\n\n"
            "Take care,\nAttune\n"
        ),
        token=None,
    )


def practice_changed() -> Message:
    """Say to a therapist that something about their calendar has changed."""
    return Message(
        subject="There is news about your calendar",
        text=(
            "Hello,\n\nsomething about your calendar has changed. Sign in to Attune to see it.\n\nTake care,\nAttune\n"
        ),
        token=None,
    )


def booking_confirmed() -> Message:
    """Say that an appointment was confirmed, to either party."""
    return Message(
        subject="An appointment was confirmed",
        text=("Hello,\n\nan appointment of yours was confirmed. Sign in to Attune to see it.\n\nTake care,\nAttune\n"),
        token=None,
    )


def licenses_changed() -> Message:
    """Say to a therapist that something about their licenses has changed, or needs them."""
    return Message(
        subject="There is news about your licenses",
        text=(
            "Hello,\n\nsomething about your licenses is waiting for you. Sign in to Attune to see it.\n\n"
            "Take care,\nAttune\n"
        ),
        token=None,
    )
