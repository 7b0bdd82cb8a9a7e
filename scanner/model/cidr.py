"""Sets of address ranges, and the one question that rules ask of them: whether they hold the whole world."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

from scanner.model.value import Undetermined, Unknown, Value

# IPv6 addresses that the internet routes (RFC 4291, 2.4; IANA's unicast registry).
_GLOBAL = IPv6Network("2000::/3")

# The `type` of an unknown that is the range of one network or subnet: which it is cannot be told, but no world.
NETWORK_RANGE = "range of a network"

# A half: 0.0.0.0/0, the two halves of it, and any list that leaves out less than a half, mean everyone.
_HALF_OF_IPV4 = 2**31
_HALF_OF_IPV6 = _GLOBAL.num_addresses // 2


def covers_world(cidrs: Iterable[Value]) -> bool:
    """Whether the union of these ranges holds at least half of the addresses of the internet, IPv4 or IPv6.

    Texts that are no range are passed over, and so are ranges of networks that cannot be told. Any other Unknown
    among them counts only where the others do not decide: then Undetermined is raised.
    """
    pending: Undetermined | None = None
    fours: list[IPv4Network] = []
    sixes: list[IPv6Network] = []
    for cidr in _until_unknown(cidrs):
        if isinstance(cidr, Undetermined):
            pending = cidr if pending is None else pending
            continue
        network = _network(cidr)
        if isinstance(network, IPv4Network):
            fours.append(network)
        elif network is not None:
            sixes.append(network)
    if _size(fours) >= _HALF_OF_IPV4 or _global_size(sixes) >= _HALF_OF_IPV6:
        return True
    if pending is not None:
        raise pending
    return False


def share(cidrs: Iterable[Value]) -> int:
    """The share of the internet that the known ranges hold, of IPv4 or IPv6, in 2^-32; for comparing only."""
    known = [_network(cidr) for cidr in _until_unknown(cidrs) if isinstance(cidr, str)]
    fours = _size(each for each in known if isinstance(each, IPv4Network))
    sixes = _global_size(each for each in known if isinstance(each, IPv6Network))
    return max(fours, sixes * 2**32 // _GLOBAL.num_addresses)


def _until_unknown(cidrs: Iterable[Value]) -> Iterable[Value]:
    """The items, an Undetermined in place of what is unknown, and of an end that is."""
    source = iter(cidrs)
    while True:
        try:
            item = next(source)
        except StopIteration:
            return
        except Undetermined as undetermined:
            yield undetermined
            return
        if not isinstance(item, Unknown):
            yield item
        elif item.type != NETWORK_RANGE:
            yield Undetermined(item)


def _network(text: object) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(str(text).strip(), strict=False)
    except ValueError:
        return None


def _size(networks: Iterable[IPv4Network]) -> int:
    return sum(each.num_addresses for each in collapse_addresses(networks))


def _global_size(networks: Iterable[IPv6Network]) -> int:
    inside = (each if each.subnet_of(_GLOBAL) else _GLOBAL for each in networks if each.overlaps(_GLOBAL))
    return sum(each.num_addresses for each in collapse_addresses(inside))
