"""IP network functions."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache

from scanner.hcl.errors import EvaluationError
from scanner.hcl.functions.signature import Function
from scanner.hcl.functions.strings import whole
from scanner.hcl.types import STRING
from scanner.hcl.values import ListValue
from scanner.model.value import Value

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@lru_cache(maxsize=1024)
def _network(prefix: str) -> _Network:
    """A CIDR block; host bits are dropped and leading zeros read as decimal, as in Terraform."""
    address, slash, length = prefix.partition("/")
    if not slash or not length.isdigit():
        raise EvaluationError(f'"{prefix}" is no CIDR block such as 10.0.0.0/16')
    if ":" not in address:
        address = re.sub(r"(^|\.)0+(?=\d)", r"\1", address)
    try:
        return ipaddress.ip_network(f"{address}/{length}", strict=False)
    except ValueError as fault:
        raise EvaluationError(f'"{prefix}" is no CIDR block such as 10.0.0.0/16') from fault


def _cidrhost(prefix: str, number: Value) -> str:
    network = _network(prefix)
    at = whole(number, "the host number")
    if at < 0:
        at += network.num_addresses
    if not 0 <= at < network.num_addresses:
        raise EvaluationError(f"the block has no host number {number}")
    return str(network.network_address + at)


def _cidrnetmask(prefix: str) -> str:
    network = _network(prefix)
    if network.version == 6:
        raise EvaluationError("IPv6 blocks have no netmask")
    return str(network.netmask)


def _cidrsubnet(prefix: str, bits: Value, number: Value) -> str:
    network = _network(prefix)
    more, at = whole(bits, "the number of bits"), whole(number, "the network number")
    length = network.prefixlen + more
    if not 0 <= length <= network.max_prefixlen:
        raise EvaluationError(f"a /{network.prefixlen} block cannot be extended by {more} bits")
    if abs(at) >= 2 ** max(more, 0):
        raise EvaluationError(f"{more} bits cannot hold the network number {at}")
    hosts = network.max_prefixlen - length
    base = abs(int(network.network_address) | at << hosts)  # of a negative number too
    kind = ipaddress.IPv4Address if network.version == 4 else ipaddress.IPv6Address
    return f"{kind(base >> hosts << hosts)}/{length}"


MOST_NEW_BITS = 32  # of cidrsubnets; cidrsubnet has no such limit


def _cidrsubnets(prefix: str, *bits: Value) -> Value:
    """Consecutive blocks, each aligned to its size."""
    network = _network(prefix)
    start = int(network.network_address)
    last = int(network.broadcast_address)
    kind = ipaddress.IPv4Network if network.version == 4 else ipaddress.IPv6Network
    found = []
    if bits and network.prefixlen == 0:
        raise EvaluationError("the whole address space cannot be divided: Terraform finds no room in it")
    for item in bits:
        more = whole(item, "the number of bits")
        length = network.prefixlen + more
        if not 1 <= more <= MOST_NEW_BITS or length > network.max_prefixlen:
            raise EvaluationError(f"a /{network.prefixlen} block cannot be extended by {more} bits")
        size = 1 << (network.max_prefixlen - length)
        start = -(-start // size) * size
        if start + size - 1 > last:
            raise EvaluationError("the block has no room left for the next one")
        found.append(str(kind((start, length))))
        start += size
    return ListValue(found, STRING)


def _cidrcontains(prefix: str, inner: str) -> bool:
    """OpenTofu's: whether a block holds an address or another block."""
    network = _network(prefix)
    other = _network(inner if "/" in inner else f"{inner}/{network.max_prefixlen}")
    if network.version != other.version:
        raise EvaluationError("an IPv4 and an IPv6 block cannot be compared")
    first, last = int(network.network_address), int(network.broadcast_address)
    return first <= int(other.network_address) and int(other.broadcast_address) <= last


FUNCTIONS: dict[str, Function] = {
    "cidrcontains": Function(_cidrcontains, "string, string -> bool"),
    "cidrhost": Function(_cidrhost, "string, number -> string"),
    "cidrnetmask": Function(_cidrnetmask, "string -> string"),
    "cidrsubnet": Function(_cidrsubnet, "string, number, number -> string"),
    "cidrsubnets": Function(_cidrsubnets, "string, *number -> list(string)"),
}
