"""Where a request comes from, as far as limits care.

An IPv6 customer holds a whole /64, so that is one caller. `X-Forwarded-For` is believed only behind a proxy of one's
own, and only its last entry, which that proxy wrote; the others are the caller's to make up.
"""

from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Annotated, Final

from fastapi import Depends, Request

from api.dependencies import ProcessParts

PREFIX_BITS: Final = 64
UNKNOWN: Final = "unknown"


def network_address(*, peer: str | None, forwarded_for: str | None, trust_forwarded_for: bool) -> str:
    """Give the network address to count by: an IPv4 address, an IPv6 /64, or `unknown`."""
    last_hop = forwarded_for.rpartition(",")[2].strip() if trust_forwarded_for and forwarded_for else peer
    try:
        address = ip_address(last_hop or "")
    except ValueError:
        return UNKNOWN
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped) if mapped else str(IPv6Network((int(address), PREFIX_BITS), strict=False))
    return str(address)


async def _of_request(request: Request, process: ProcessParts) -> str:
    hops = request.headers.getlist("x-forwarded-for")
    return network_address(
        peer=request.client.host if request.client else None,
        forwarded_for=",".join(hops) or None,
        trust_forwarded_for=process.settings.trust_forwarded_for,
    )


NetworkAddress = Annotated[str, Depends(_of_request)]
