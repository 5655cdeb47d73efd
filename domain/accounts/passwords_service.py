"""Passwords without holding up anybody else: hashed in two threads, and a third has to wait.

Inline, twenty sign-ins would stop the event loop for a second. The wait is outside every transaction.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

from domain.accounts import passwords

_THREADS: Final = ThreadPoolExecutor(max_workers=2, thread_name_prefix="password")


async def hashed(password: str) -> str:
    """Hash a password in a thread."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, passwords.hashed, password)


async def matches(password: str, *, password_hash: str | None) -> bool:
    """Compare a password with a hash in a thread; None takes as long."""
    compare = partial(passwords.matches, password, password_hash=password_hash)
    return await asyncio.get_running_loop().run_in_executor(_THREADS, compare)
