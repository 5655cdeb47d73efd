"""The path of a request as it may be told again, in an answer or a log: without what is a secret in it.

The address of a calendar feed is its own key. Whatever stands in the key's place is left out, also where no route was
matched and where the key is mistyped or was ended: but for a letter it may be another that lives.
"""

import re
from typing import Final

_FEED: Final = re.compile(
    r"(?P<before>/calendar-feeds/)(?!\{|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$).+",
    re.IGNORECASE | re.DOTALL,
)


def told(path: str) -> str:
    """Give a path with a feed's secret, and all that follows it, replaced; the feeds' ids stay."""
    return _FEED.sub(r"\g<before>{token}.ics", path)
