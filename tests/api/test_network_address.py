import pytest

from api.network_address import network_address


@pytest.mark.parametrize(
    ("peer", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("a socket", "unknown"),
        (None, "unknown"),
    ],
)
def test_a_caller_is_counted_by_their_network(peer: str | None, counted: str) -> None:
    assert network_address(peer=peer, forwarded_for=None, trust_forwarded_for=True) == counted


def test_a_header_is_believed_only_behind_a_proxy_of_ones_own() -> None:
    assert network_address(peer="192.0.2.7", forwarded_for="198.51.100.1", trust_forwarded_for=False) == "192.0.2.7"


def test_of_many_hops_the_last_counts_since_the_others_are_made_up_by_the_caller() -> None:
    hops = "203.0.113.9, 198.51.100.1"

    assert network_address(peer="192.0.2.7", forwarded_for=hops, trust_forwarded_for=True) == "198.51.100.1"
