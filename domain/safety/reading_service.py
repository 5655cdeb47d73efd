"""Read what strangers send without holding up anybody else: in two threads, and a third text has to wait.

A text can be made so that reading it takes ten times as long as most; the threads everything else shares stay free.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

_THREADS: Final = ThreadPoolExecutor(max_workers=2, thread_name_prefix="reading")

Result = TypeVar("Result")


async def in_turn(read: Callable[[], Result]) -> Result:
    """Do the reading in a thread, when one of the two is free, and give its result."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, read)
