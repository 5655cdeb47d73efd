"""Load the demo and say how to sign in."""

from api.parts import Parts
from domain.demo import people
from domain.demo import service as demo


async def load_demo(parts: Parts) -> str:
    """Load the demo once and give the lines for whoever started it."""
    async with parts.database.transaction() as session:
        loaded = await demo.load(session, vault=parts.vault, now=parts.clock.now())
    lines = [
        "Demo accounts, with made-up people:",
        f"  client     {people.CLIENT_EMAIL}",
        *(f"  therapist  {each.email}" for each in people.THERAPISTS),
        f"  admin      {people.ADMIN_EMAIL} (with a one-time code)",
        f"  password   {people.PASSWORD}",
    ]
    if loaded is None:
        return "\n".join([*lines, "  (loaded before; the admin's one-time-code secret was shown then)"])
    return "\n".join([*lines, f"  one-time-code secret of the admin, shown once: {loaded.admin_totp_secret}"])
