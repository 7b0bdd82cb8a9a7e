"""One step of an escalation: whether a principal can go one path, to one target, and on what that hangs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from scanner.analysis.access import names
from scanner.analysis.access.algebra import difference
from scanner.analysis.access.decision import Verdict
from scanner.analysis.access.escalation_looks import ALL, Looks, everything
from scanner.analysis.access.escalation_tags import retagged
from scanner.analysis.access.escalation_world import (
    NO,
    UNKNOWN,
    YES,
    Carrier,
    Fact,
    Standing,
    World,
    fact_of,
    together,
)
from scanner.analysis.access.paths import CARRIERS, Need, Path
from scanner.analysis.access.policy import Source

if TYPE_CHECKING:
    from scanner.analysis.access.estate import Principal
    from scanner.graph.columns import Graph

EVERYTHING = -1  # the target of a hop that gives whatever the guardrails leave to anyone
OUTSIDE = -2  # the target of a hop that leads to something outside the scan
CLUSTER = -3  # the target of a hop that gives everything in a Kubernetes cluster

# Services that are told apart from the one that a role trusts: value of iam:PassedToService by trusted service.
_PASSED_AS = {"tasks.apprunner.amazonaws.com": ("apprunner.amazonaws.com",)}


_FEDERATED = {"trusts-oidc": ":oidc-provider/", "trusts-saml": ":saml-provider/"}


class Step(NamedTuple):
    """An action that a node performs on a target (a node, or a text), and the statement that allows it."""

    node: int
    action: str
    target: int | str
    source: Source | None


class Hop(NamedTuple):
    """A path gone from a principal to a target (a node, EVERYTHING or OUTSIDE)."""

    path: str
    source: int
    target: int
    fact: Fact
    steps: tuple[Step, ...]


class _Done(NamedTuple):
    """What became of one need."""

    fact: Fact
    steps: tuple[Step, ...] = ()


_REFUSED = _Done(NO)


class Hops:
    """Evaluates paths over one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.graph = world.graph
        self.estate = world.estate
        self._capped: dict[int, Fact] = {}
        self._full: dict[int, Fact] = {}
        self.looks = Looks(self.estate, self.principal)
        self._decided: dict[tuple[int, str, int | str, tuple[tuple[str, str | None], ...]], _Done] = {}

    def principal(self, index: int) -> Principal:
        """A principal, or a group as if it could act."""
        found = self.estate.principals.get(index)
        return found if found is not None else self.estate.groups[index]

    def beside(self, index: int, target: int) -> Fact:
        """Whether a thing lies in the principal's account. Where no account is written, each root may be applied
        to one of its own."""
        own, other = (self.graph.addresses[each] for each in (index, target))
        if own.scheme != "tf" or other.scheme != "tf":
            return YES
        mine, its = self.principal(index).account, self.estate.names.account(target)
        if own.root == other.root:
            if mine == its or (mine.isascii() and its.isascii()):
                return YES
            named = " and ".join(names.called(each) for each in (mine, its))
            return Fact(Standing.UNKNOWN, (f"{named} are the same account",))
        if not mine.isascii() and not its.isascii():
            return Fact(Standing.UNKNOWN, (f"{own.root} and {other.root} are applied to the same account",))
        return YES

    def _crosses(self, index: int, target: int, path: Path) -> bool:
        """Whether a path may lead into another account: a role is assumed from anywhere, as its trust decides.
        Roots of which neither says its account share one sign for it, so that the trust says too much there."""
        own, other = (self.graph.addresses[each].root for each in (index, target))
        return own == other and all(need.action == "sts:AssumeRole" for need in path.needs)

    def has(self, index: int) -> bool:
        """Whether a node is a principal or a group of AWS."""
        return index in self.estate.principals or index in self.estate.groups

    # what a principal is, and what it can make of itself

    def administers(self, index: int) -> Fact:
        """Whether a principal may do, as it stands, whatever the guardrails leave to anyone."""
        fact = self.full(index)
        if fact.standing is Standing.NO:
            return NO
        capped = self.capped(index)
        if capped.standing is Standing.YES:
            return NO
        return fact if capped.standing is Standing.NO else together((fact, Fact(Standing.UNKNOWN, capped.notes)))

    def alone(self, index: int, path: Path) -> Hop | None:
        """A path that needs no other principal: rewriting oneself, losing one's boundary, making a principal."""
        principal = self.principal(index)
        done = [self._need(index, need, index, path) for need in path.needs]
        facts = [each.fact for each in done]
        facts += [self.world.asks(name, principal, index) for name in path.asks]
        if path.gives == "unbound":
            facts.append(self._held_back(index))
        fact = together(facts)
        if fact.standing is Standing.NO:
            return None
        bound = NO if path.gives in ("made", "unbound") else self.capped(index)
        target = EVERYTHING if bound.standing is Standing.NO else index
        if path.gives == "root":
            return Hop(path.id, index, OUTSIDE, fact, _steps(done))
        if bound.standing in (Standing.UNKNOWN, Standing.CONDITIONAL):
            target, fact = EVERYTHING, together((fact, Fact(Standing.UNKNOWN, bound.notes)))
        return Hop(path.id, index, target, fact, _steps(done))

    def capped(self, index: int) -> Fact:
        """Whether a permissions boundary keeps a principal from some action, whatever its policies say."""
        if index not in self._capped:
            boundary = self.principal(index).boundary
            told = NO
            if boundary is not None:
                answer = difference(ALL, boundary)
                told = {"yes": YES, "no": NO}.get(
                    answer.verdict, Fact(Standing.UNKNOWN, (f"{UNKNOWN}{answer.reason}",))
                )
            self._capped[index] = told
        return self._capped[index]

    def full(self, index: int) -> Fact:
        """Whether a principal's own policies, its boundary left aside, allow everything."""
        if index not in self._full:
            self._full[index] = everything(self.principal(index).identity)
        return self._full[index]

    def _held_back(self, index: int) -> Fact:
        """Whether only its boundary keeps a principal from everything."""
        if self.capped(index).standing is Standing.NO:
            return NO
        return self.full(index)

    # taking another principal

    def take(self, index: int, path: Path, target: int) -> Hop | None:
        """A path to a user, a role or a group of the scan, as it is or rewritten."""
        if index == target or ((path.gives == "rewritten" or path.id == "iam-012") and self._fixed(target)):
            return None
        principal = self.principal(index)
        done = []
        for need in path.needs:
            done.append(self._need(index, need, target, path))
            if done[-1].fact.standing is Standing.NO:
                return None
        facts = [each.fact for each in done]
        facts += [self._asked(name, principal, target) for name in path.asks]
        if not self._crosses(index, target, path):
            facts.append(self.beside(index, target))
        fact = together(facts)
        if fact.standing is Standing.NO:
            return None
        reached = target
        freed = "bounded-admin" in path.asks  # its boundary goes, and was all that held it back
        if freed or (path.gives == "rewritten" and self.capped(target).standing is Standing.NO):
            reached = EVERYTHING
        return Hop(path.id, index, reached, fact, _steps(done))

    def _fixed(self, target: int) -> bool:
        """Whether only AWS may change a role: those linked to a service, and those of single sign-on."""
        if self.graph.kind(target).name != "role":
            return False
        reserved = ":role/aws-reserved/" in self.principal(target).arn
        return reserved or self.graph.peek(target, "service_linked") is True

    def _asked(self, name: str, principal: Principal, target: int) -> Fact:
        if name == "bounded-admin":
            return self._held_back(target)
        if name in _FEDERATED:
            return self._trusts_provider(target, _FEDERATED[name])
        return self.world.asks(name, principal, target)

    def _trusts_provider(self, role: int, sort: str) -> Fact:
        trust = self.principal(role).trust
        for statement in trust.statements if trust is not None else ():
            named = statement.least.principals or ()
            if statement.allow and any(kind == "Federated" and sort in name for kind, name in named):
                return YES
        return NO

    # passing a role to a service

    def hand(self, index: int, path: Path, role: int) -> Hop | None:
        """A path that passes a role of the scan to a service that the role trusts."""
        trusted = [(service, fact) for service in path.passes if (fact := self.world.trusting(service).get(role))]
        made = tuple(need.action for need in path.needs if need.target == "new")
        if not trusted or self.looks.apart(index, made):
            return None
        best: Hop | None = None
        for service, trust in trusted:
            passed = self._pass(index, service, role)
            if passed.fact.standing is not Standing.NO:
                hop = self._handed(index, path, role, trust, passed)
                best = hop if best is None or (hop and hop.fact.standing > best.fact.standing) else best
        return best

    def _handed(self, index: int, path: Path, role: int, trust: Fact, passed: _Done) -> Hop | None:
        principal = self.principal(index)
        done = [passed, *(self._need(index, need, role, path) for need in path.needs)]
        facts = [trust, self.beside(index, role), *(each.fact for each in done)]
        facts += [self.world.asks(name, principal, role) for name in path.asks]
        fact = together(facts)
        return None if fact.standing is Standing.NO else Hop(path.id, index, role, fact, _steps(done))

    def _pass(self, index: int, service: str, role: int | str) -> _Done:
        options = [
            self._decide(index, "iam:PassRole", role, (("iam:PassedToService", each),))
            for each in (service, *_PASSED_AS.get(service, ()))
        ]
        return max(options, key=lambda each: each.fact.standing)

    # using what acts as a role

    def use(self, index: int, path: Path, carrier: Carrier, role: int) -> Hop | None:
        """A path through an existing thing to a role that it acts as, or may act as (OUTSIDE)."""
        principal = self.principal(index)
        done = [self._carry(index, need, carrier, role, path) for need in path.needs]
        facts = [each.fact for each in done] + [
            self.world.asks(name, principal, carrier.node) for name in path.asks
        ]
        facts.append(self.beside(index, carrier.node))
        if role == OUTSIDE:
            note = f"{self.world.name(carrier.node)} acts as an administrative role ({carrier.unknown})"
            facts.append(self.world.outside(note))
        fact = together(facts)
        return None if fact.standing is Standing.NO else Hop(path.id, index, role, fact, _steps(done))

    def _carry(self, index: int, need: Need, carrier: Carrier, role: int, path: Path) -> _Done:
        if need.target == "carrier":
            return self._decide(index, need.action, carrier.node, path.context)
        if need.target == "carried":
            return self._decide(index, need.action, "*" if role == OUTSIDE else role, path.context)
        return self._need(index, need, role, path)

    # taking a Kubernetes cluster

    def enter(self, index: int, path: Path, cluster: int, role: int | None) -> Hop | None:
        """A path to an EKS cluster, and on to a role that its administrators can act as."""
        principal = self.principal(index)
        done = [self._decide(index, need.action, cluster, path.context) for need in path.needs]
        facts = [each.fact for each in done]
        facts += [self.world.asks(name, principal, cluster) for name in path.asks]
        facts.append(self.beside(index, cluster))
        fact = together(facts)
        if fact.standing is Standing.NO:
            return None
        steps = _steps(done)
        if role is not None:
            steps = (*steps, Step(cluster, "acts as", role, None))
        return Hop(path.id, index, cluster if role is None else role, fact, steps)

    # what may lie outside the scan

    def elsewhere(self, index: int, path: Path) -> Hop | None:
        """A path to a role or thing that the scan does not hold; None where the permission means only things of
        the scan, or where the scope is complete."""
        made = tuple(need.action for need in path.needs if need.target == "new")
        if self.world.closed or path.gives not in ("passed", "carried") or self.looks.apart(index, made):
            return None
        note, done = self._abroad(index, path)
        principal = self.principal(index)
        facts = [each.fact for each in done]
        if together(facts).standing is Standing.NO:
            return None
        facts += [self.world.asks(name, principal, index) for name in path.asks if name != "instance-profile"]
        fact = together([*facts, self.world.outside(note)])
        return None if fact.standing is Standing.NO else Hop(path.id, index, OUTSIDE, fact, _steps(done))

    def _abroad(self, index: int, path: Path) -> tuple[str, list[_Done]]:
        needs = [need for need in path.needs if need.target != "carried"]
        if path.gives == "carried":
            called = CARRIERS[path.via][1]
            done = [self._decide(index, need.action, "*", path.context) for need in needs]
            return f"{called} outside this scan acts as an administrative role", done
        service = path.passes[0]
        done = [self._pass(index, service, self._stranger(index))]
        done += [self._decide(index, need.action, "*", path.context) for need in needs]
        return f"an administrative role outside this scan trusts {service}", done

    def _stranger(self, index: int) -> str:
        """The ARN of a role that no scan holds, in the principal's account."""
        parts = self.principal(index).arn.split(":", 5)
        return ":".join((*parts[:5], "role/not-in-this-scan"))

    # needs

    def _need(self, index: int, need: Need, target: int, path: Path) -> _Done:
        """One need of a path whose target is known: the best of what it may be done to."""
        context: tuple[tuple[str, str | None], ...] = path.context
        if path.gives == "made":
            context = (*context, ("iam:PermissionsBoundary", None))
        if need.target == "role" and need.action == "sts:AssumeRole":
            return self._assume(index, target)
        best = _REFUSED
        for each in self._objects(index, need.target, target):
            done = self._decide(index, need.action, each, context)
            best = done if done.fact.standing > best.fact.standing else best
        return best

    def _objects(self, index: int, word: str, target: int) -> Iterable[int | str]:
        if word == "own-policy":
            return self.customer_policies(index)
        if word == "own-group":
            return self.graph.targets("member_of", index)
        if word == "role/policy":
            return self.customer_policies(target)
        if word == "cluster":
            clusters = [each for each in self.graph.nodes("cluster") if _is_eks(self.graph, each)]
            return clusters or ("*",)
        return ("*",) if word == "new" else (target,)

    def customer_policies(self, index: int) -> Iterator[int]:
        """The policies of the account that a principal holds, also by its groups; AWS's own cannot be changed."""
        graph = self.graph
        for holder in (index, *graph.targets("member_of", index)):
            for policy in graph.targets("attaches", holder):
                if graph.kind(policy).name == "policy" and graph.peek(policy, "inline") is False:
                    yield policy

    def _assume(self, index: int, role: int) -> _Done:
        key = (index, "sts:AssumeRole", role, ())
        if key not in self._decided:
            decision = self.estate.may_assume(role, self.principal(index))
            because = decision.because
            source = next((each for each in because if each.attribute != "managed_policies"), None)
            step = Step(index, "sts:AssumeRole", role, source or (because[0] if because else None))
            self._decided[key] = _Done(fact_of(decision), (step,))
        return self._decided[key]

    def _decide(
        self, index: int, action: str, target: int | str, context: tuple[tuple[str, str | None], ...]
    ) -> _Done:
        key = (index, action, target, context)
        if key not in self._decided:
            decision = self.estate.decide(self.principal(index), action, target, dict(context))
            told = [(action, decision)]
            if decision.verdict is Verdict.DENIED and isinstance(target, int):
                told = retagged(self.estate, self.principal(index), action, target, dict(context)) or told
            steps = [Step(index, name, target, each.because[0] if each.because else None) for name, each in told]
            self._decided[key] = _Done(together([fact_of(each) for _, each in told]), tuple(steps))
        return self._decided[key]


def _is_eks(graph: Graph, cluster: int) -> bool:
    return graph.peek(cluster, "flavour") == "kubernetes" and graph.addresses[cluster].scheme != "k8s"


def _steps(done: Iterable[_Done]) -> tuple[Step, ...]:
    return tuple(step for each in done for step in each.steps)
