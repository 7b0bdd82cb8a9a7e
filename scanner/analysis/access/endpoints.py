"""Requests that must come through an endpoint: its policy is one more limit (VPC User Guide, "Control access to
VPC endpoints using endpoint policies")."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from scanner.analysis.access import names
from scanner.analysis.access.conditions import Clause, Held
from scanner.analysis.access.decision import Decision, Verdict
from scanner.analysis.access.names import Names
from scanner.analysis.access.policy import Policy
from scanner.graph.columns import Graph

KEY = "aws:sourcevpce"
_NETWORK = "aws:sourcevpc"
_ORDER = {Verdict.ALLOWED: 0, Verdict.CONDITIONAL: 1, Verdict.UNKNOWN: 2, Verdict.DENIED: 3}
_STRANGE = "vpce-00000000000000000"

# A decision with these context values and this endpoint policy.
Ask = Callable[[Mapping[str, Held], Policy | None], Decision]


class Endpoint(NamedTuple):
    """An endpoint of the scan: its id as policies name it, its network's, the service behind it, its policy."""

    id: str
    network: str | None
    service: str
    policy: Policy


class Endpoints:
    """The endpoints of one graph."""

    def __init__(self, graph: Graph, found: Names, policy: Callable[[int], Policy]) -> None:
        self.graph = graph
        self.names = found
        self._policy = policy
        self._listed: list[Endpoint] | None = None

    def through(self, decision: Decision, action: str, ask: Ask) -> Decision:
        """The decision, where a condition asks for endpoints of the scan: what they let through."""
        asked = [each for each in decision.clauses if each.key == KEY]
        wanted = {value for each in asked for value in each.values}
        service = action.partition(":")[0].lower()
        ways = [each for each in self.listed() if each.id in wanted and each.service in ("", service)]
        if not ways or len(ways) < len(wanted) or any(map(_open, asked)):
            return decision
        strange = _STRANGE if all(map(str.isascii, wanted)) else _another()
        elsewhere = [ask({KEY: value}, None) for value in (None, strange)]
        if any(each.verdict is not Verdict.DENIED for each in elsewhere):
            return decision
        found = [ask({KEY: each.id, _NETWORK: each.network}, each.policy) for each in ways]
        best = min(found, key=lambda each: _ORDER[each.verdict])
        if best.verdict is Verdict.ALLOWED:
            return decision
        return best if best.verdict is not Verdict.CONDITIONAL else _joined(decision, best)

    def listed(self) -> list[Endpoint]:
        """Every endpoint with what limits it; one without a policy of its own lets everything through."""
        if self._listed is None:
            self._listed = list(self._read())
        return self._listed

    def _read(self) -> Iterator[Endpoint]:
        graph = self.graph
        for index in graph.nodes("endpoint"):
            policy = self._policy(index)
            if not policy.statements and not policy.unknown:
                policy = _FULL
            service = graph.peek(index, "service")
            shown = service.rpartition(".")[2].lower() if isinstance(service, str) else ""
            network = next(iter(graph.targets("in_network", index)), None)
            yield Endpoint(self._id(index), None if network is None else self._id(network), shown, policy)

    def _id(self, index: int) -> str:
        address = self.graph.addresses[index]
        return address.name.rpartition("/")[2] if address.scheme == "aws" else self.names.identifier(index)


def _another() -> str:
    """An endpoint that is none of those whose ids are not known yet."""
    why = "another endpoint"
    return names.hole(("", why), "endpoint", names.NAME, why)


_FULL = Policy.full_for_anyone()


def _open(clause: Clause) -> bool:
    """Whether a clause may mean endpoints that it does not name."""
    return any(sign in value for value in clause.values for sign in "*?") or any(
        hole.sort == names.FREE for value in clause.values for hole in names.holes_in(value)
    )


def _joined(one: Decision, other: Decision) -> Decision:
    return one._replace(
        conditions=_once((*one.conditions, *other.conditions)),
        because=tuple(dict.fromkeys((*one.because, *other.because))),
    )


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
