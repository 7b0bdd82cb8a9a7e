"""Domain in whose name anyone may send mail."""

import re
from collections.abc import Iterator, Mapping

from scanner.rule import Match, Node, Severity, Unknown, rule, text, undecided, unlisted

# RFC 7208, 4.6.2: a directive without a qualifier passes, ? is as good as none. RFC 7489, 6.3: p=none reports.
_ALL = re.compile(r"\s([+?]?)all\b", re.IGNORECASE)
_WATCHES = re.compile(r"^v=DMARC1\s*;.*?\bp\s*=\s*none\b", re.IGNORECASE)
_NONE = ("0 .", "0 ")  # RFC 7505: the domain takes no mail


@rule(
    severity=Severity.LOW,
    selects="dns_record",
    message="{node} {what}",
    controls={
        "reference-model": ["application-network/dns"],
        "nist-800-53": ["SI-8", "SC-20", "IA-9"],
        "nist-800-207": ["tenet-6"],
        "catalogue": ["APN-002"],
    },
)
def check(record: Node) -> Iterator[Match]:
    """Mail that asks your customers for money bears your domain, and their mail servers find nothing that tells
    it from yours. SPF says which machines send, DMARC what becomes of the rest. That one is missing is said of
    zones that were read live to the end.

    ## Remedy
    End the SPF record with -all or ~all, and publish a DMARC record with p=quarantine or p=reject; for domains
    that send no mail: v=spf1 -all and p=reject.
    """
    sort = str(record["record"]).upper()
    if sort == "TXT":
        for position, each in enumerate(record["values"] or ()):
            if not isinstance(each, Unknown) and (what := weakness(said(each))):
                weight = Severity.MEDIUM if "everyone" in what else None
                yield Match(record, f"values[{position}]", values={"what": what}, severity=weight)
    elif sort == "MX" and not all(said(each).startswith(_NONE) for each in record["values"] or ()):
        missing = [name for name, there in (("SPF", _has_spf), ("DMARC", _has_dmarc)) if not there(record)]
        if not missing:
            return
        if isinstance(record.peek("account"), Unknown) or unlisted(record, "names") is not None:
            raise undecided("the domain's other records may be kept elsewhere")
        yield Match(
            record, "values", values={"what": f"takes mail, and its domain has no {' and no '.join(missing)}"}
        )


def said(value: object) -> str:
    """The text of one value, its quotes and its cuts at 255 characters taken away."""
    if isinstance(value, Mapping):
        value = value.get("value", "")
    return re.sub(r'"\s*"', "", text(value)).strip().strip('"')


def weakness(value: str) -> str:
    """What a record lets happen; "" for none."""
    if value.lower().startswith("v=spf1") and (found := _ALL.search(value)):
        return "says of no sender that it is wrong" if found[1] == "?" else "lets everyone send in its name"
    return "reports forged mail, and lets it through" if _WATCHES.search(value) else ""


def _texts(record: Node, name: str) -> Iterator[str]:
    graph = record.graph
    for index in graph.nodes("dns_record"):
        other = Node(graph, index, record.watch)
        if str(other["record"]).upper() == "TXT" and str(other["name"]).rstrip(".").lower() == name:
            yield from (said(each) for each in other["values"] or ())


def _has_spf(record: Node) -> bool:
    return any(each.lower().startswith("v=spf1") for each in _texts(record, _domain(record)))


def _has_dmarc(record: Node) -> bool:
    """At the domain itself, or at one above it, whose record holds for it too (RFC 7489, 6.6.3)."""
    parts = _domain(record).split(".")
    names = [".".join(parts[start:]) for start in range(max(1, len(parts) - 1))]
    return any(each.startswith("v=DMARC1") for name in names for each in _texts(record, f"_dmarc.{name}"))


def _domain(record: Node) -> str:
    return str(record["name"]).rstrip(".").lower()
