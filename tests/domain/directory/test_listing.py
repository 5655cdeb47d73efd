import pytest

from domain.directory import listing
from domain.directory.listing import ListingStatus


@pytest.mark.parametrize(
    ("listed", "was_listed", "status"),
    [
        (False, False, ListingStatus.DRAFT),
        (True, False, ListingStatus.LISTED),
        (True, True, ListingStatus.LISTED),
        (False, True, ListingStatus.UNLISTED),
    ],
)
def test_draft_comes_before_listed_and_unlisted_after(*, listed: bool, was_listed: bool, status: ListingStatus) -> None:
    assert listing.status(listed=listed, was_listed=was_listed) is status
