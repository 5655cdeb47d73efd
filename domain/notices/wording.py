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
