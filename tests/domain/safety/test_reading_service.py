import asyncio
import time
from threading import Lock

from domain.safety import reading_service


async def test_no_more_than_two_texts_are_read_at_once() -> None:
    lock = Lock()
    running: list[int] = []
    seen: list[int] = []

    def read() -> int:
        with lock:
            running.append(1)
            seen.append(len(running))
        time.sleep(0.01)
        with lock:
            running.pop()
        return 7

    results = await asyncio.gather(*(reading_service.in_turn(read) for _ in range(8)))

    assert results == [7] * 8
    assert max(seen) <= 2
