"""Code against what is really there: what nobody wrote, what is gone or was changed, what cannot be told.

Things are compared as nodes, after sub-resources were folded into them, so that it does not matter how either side
cuts them. Where the code was applied, a state beside it says what every thing's id is; without one, names and
likeness do. Absence counts only where the listing of that service, account and region was read to its end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from scanner.audit.drifts import CONTROLLER, NOBODY, OTHER_STATE, PROVIDER, Change, Class, Drift, Result
from scanner.engine.findings import place
from scanner.engine.harness import reads
from scanner.engine.run import judge
from scanner.graph.columns import Graph
from scanner.mapping.twins import Twins
from scanner.model.finding import Severity
from scanner.model.report import Files
from scanner.model.resource import Plane
from scanner.model.rule import Rule
from scanner.model.value import Sensitive, Unknown, Value, first_unknown, portable, unwrap

# What says nothing of how a thing is set up, or is only for joining.
_ASIDE = frozenset(("name", "type", "provider", "account", "region", "tags", "api_version", "owner", "selectable",
                     "wiring"))  # fmt: skip
_FOLLOWS = frozenset(("own_copies",))  # what a store keeps of itself, by versions, retention and the like
_SETTINGS = frozenset(("root", "provider_config"))  # kinds that are only in code
_TAGS = {
    "aws:cloudformation:stack-name": "CloudFormation",
    "aws:autoscaling:groupName": "Auto Scaling",
    "elasticbeanstalk:environment-name": "Elastic Beanstalk",
    "aws:eks:cluster-name": "EKS",
    "eks:cluster-name": "EKS",
    "aws:backup:source-resource": "AWS Backup",
    "aws:ecs:clusterName": "ECS",
    "aws:servicecatalog:provisionedProductArn": "Service Catalog",
}
_TAG_PREFIXES = {
    "kubernetes.io/cluster/": "Kubernetes",
    "karpenter.sh/": "Karpenter",
    "ebs.csi.aws.com/": "EBS CSI",
}
# Beginnings of names that only AWS gives.
_RESERVED = ("AWSServiceRole", "AWSReservedSSO_", "rds:", "alias/aws/", "awsbackup:")


_TOLD = frozenset(("description",))  # parts of values for people
_EMPTY: tuple[Value, ...] = (None, "", [], {})


def drift(
    graph: Graph,
    twins: Sequence[Twins],
    rules: Sequence[Rule],
    *,
    recorded: Mapping[str, bool] | None = None,
    services: Mapping[str, str] | None = None,
) -> Result:
    """Compare the code in a graph with what is live in it; the graph is the whole one, each twin by itself.

    `recorded` says of the root of each code's address that a state stands beside it, and of each address in one
    that it was applied. `services` maps Terraform's types to the service whose listing shows such things; what has
    none is not compared.
    """
    world = _World(graph, twins, rules, recorded or {}, services or {})
    result = Result()
    for each in twins:
        if graph.addresses[each.live].scheme == "k8s":
            continue  # objects of clusters are compared field by field (cluster_drift)
        found = world.changed(each)
        if found is not None:
            result.drifts.append(found)
        else:
            result.managed += 1
    for index in range(len(graph)):
        if index not in world.twin and not world.aside(index):
            found = world.unmanaged(index) if graph.planes[index] is Plane.LIVE else world.absent(index)
            if found is not None:
                result.drifts.append(found)
    result.drifts.sort(key=lambda each: each.order)
    return result


class _World:
    """One comparison."""

    def __init__(
        self,
        graph: Graph,
        twins: Sequence[Twins],
        rules: Sequence[Rule],
        recorded: Mapping[str, bool],
        services: Mapping[str, str],
    ) -> None:
        self.graph = graph
        self.twin = {member: each.live for each in twins for member in each.members}
        self._rules = {rule.id: rule for rule in rules}
        self._recorded = recorded
        self._services = services

    @cached_property
    def _failed(self) -> Mapping[str, set[int]]:
        return judge(self.graph, list(self._rules.values()), Files()).failed

    def aside(self, index: int) -> bool:
        """Settings of the code, things outside the scan, and parts of things, which are told of with the whole."""
        graph = self.graph
        address = graph.addresses[index]
        if index in graph.stand_ins or graph.kind(index).name in _SETTINGS:
            return True
        if graph.peek(index, "provider") != "aws" or str(graph.peek(index, "type")).startswith("data."):
            return True
        parent = graph.find(address._replace(name=address.name.rpartition("/")[0]))
        return parent is not None and graph.planes[parent] is graph.planes[index]

    # what both sides have

    def changed(self, pair: Twins) -> Drift | None:
        graph = self.graph
        code = next((each for each in pair.code if graph.planes[each] is not Plane.RECORDED), None)
        if code is None:  # only a state knows it, and no code of the scan
            state = graph.addresses[pair.code[0]].root
            return self._told(Class.UNMANAGED, pair.live, owner=OTHER_STATE, by=state)
        changes = tuple(self._changes(code, pair.live))
        if not changes:
            return None
        return Drift(
            Class.CHANGED,
            str(graph.addresses[pair.live]),
            graph.kind(code).name,
            graph.layers[code],
            twin=str(graph.addresses[code]),
            span=changes[0].span or graph.spans[code],
            changes=changes,
            confidence=pair.confidence,
        )

    def _changes(self, code: int, live: int) -> Iterator[Change]:
        """Attributes of which both sides are known, and differ, the weaker first."""
        graph = self.graph
        derived = {each.name for each in graph.kind(code).attributes if each.derived}
        differing = [
            (name, ours, graph.peek(live, name))
            for name, ours in graph.attributes(code)
            if name not in _ASIDE
            and name not in derived
            and self._differ(code, ours, live, graph.peek(live, name))
        ]
        if not differing:
            return
        weaker = self._hangs_on(live, code)
        stronger = self._hangs_on(code, live)
        written = graph.origins[code]
        # what the code does not write, the provider fills in: that counts where a verdict hangs on it
        differing = [each for each in differing if each[0] in written or each[0] in weaker]
        if len(differing) > 1:  # what follows from another attribute is told with that one
            differing = [each for each in differing if each[0] not in _FOLLOWS]
        for name, ours, theirs in sorted(differing, key=lambda each: (each[0] not in weaker, each[0])):
            direction = self._direction(weaker.get(name, ()), stronger.get(name, ()))
            rules = tuple({"weaker": weaker, "stronger": stronger}.get(direction, {}).get(name, ()))
            hidden = isinstance(ours, Sensitive) or isinstance(theirs, Sensitive)
            said, found = (portable(Sensitive(each) if hidden else each) for each in (ours, theirs))
            yield Change(name, said, found, direction, rules, place(graph, code, name))

    def _direction(self, weaker: Sequence[str], stronger: Sequence[str]) -> str:
        """By the gravest rule that an attribute decides otherwise: what was hidden behind a greater fault is not
        new."""
        ranks = list(Severity)
        one, other = (
            min((ranks.index(self._rules[each].severity) for each in rules), default=len(ranks))
            for rules in (weaker, stronger)
        )
        if not weaker and not stronger:
            return "neutral"
        return "weaker" if one <= other else "stronger"

    def _differ(self, code: int, ours: Value, live: int, theirs: Value) -> bool:
        """Whether two values are known and not the same; what one side does not tell is no difference."""
        if _open(ours) or _open(theirs) or ours is None or theirs is None:
            return False
        return not self._alike(code, ours, live, theirs)

    def _alike(self, code: int, ours: Value, live: int, theirs: Value) -> bool:
        """Whether two values say the same: the order of a list and what is empty say nothing, and what names a
        thing of the graph is that thing, by whatever name."""
        ours, theirs = unwrap(ours), unwrap(theirs)
        if isinstance(ours, dict) and isinstance(theirs, dict):
            names = (ours.keys() | theirs.keys()) - _TOLD
            return all(self._alike(code, ours.get(name), live, theirs.get(name)) for name in names)
        if isinstance(ours, list) and isinstance(theirs, list):
            return len(ours) == len(theirs) and self._elements(code, ours, live, list(theirs))
        if isinstance(ours, str) and isinstance(theirs, str):
            return ours == theirs or bool(self._meant(code, ours) & self._meant(live, theirs))
        return ours == theirs or (ours in _EMPTY and theirs in _EMPTY)

    def _elements(self, code: int, ours: list[Value], live: int, left: list[Value]) -> bool:
        """Whether each element has one of its own on the other side."""
        for each in ours:
            at = next((at for at, other in enumerate(left) if self._alike(code, each, live, other)), None)
            if at is None:
                return False
            del left[at]
        return True

    def _meant(self, index: int, text: str) -> set[int]:
        """The things that a text names, twins as one."""
        found = self.graph.meant(index, text.removeprefix("@")) if text else ()
        return {self.twin.get(each, each) for each in found}

    def _hangs_on(self, failing: int, passing: int) -> dict[str, list[str]]:
        """By attribute, the rules that fail one side of a pair and not the other, and read it."""
        found: dict[str, list[str]] = {}
        for rule, nodes in sorted(self._failed.items()):
            if failing in nodes and passing not in nodes:
                for node, name in reads(self.graph, self._rules[rule], failing):
                    if node == failing:
                        found.setdefault(name, []).append(rule)
        return found

    # what one side has

    def unmanaged(self, index: int) -> Drift:
        owner, by = self._owner(index)
        return self._told(Class.UNMANAGED, index, owner=owner, by=by)

    def _owner(self, index: int) -> tuple[str, str]:
        """Whose a live thing without code is."""
        graph = self.graph
        name, tags = graph.peek(index, "name"), unwrap(graph.peek(index, "tags"))
        tags = tags if isinstance(tags, dict) else {}
        for key, by in _TAGS.items():
            if key in tags:
                return CONTROLLER, by
        for prefix, by in _TAG_PREFIXES.items():
            if any(key.startswith(prefix) for key in tags):
                return CONTROLLER, by
        text = name if isinstance(name, str) else graph.addresses[index].name.rpartition("/")[2]
        own = graph.addresses[index].name
        if text.startswith(_RESERVED) or "/aws-service-role/" in own or "/aws-reserved/" in own:
            return PROVIDER, ""
        if self._default(index) or own.partition(":")[2].startswith(("aws:iam::aws:", "iam::aws:")):
            return PROVIDER, ""
        return NOBODY, ""

    def _default(self, index: int) -> bool:
        """Whether AWS makes it by itself: default networks with what comes in them, the switches of an account."""
        graph = self.graph
        kind = graph.kind(index)
        if kind.has("default") and unwrap(graph.peek(index, "default")) is True:
            return True
        if kind.name in ("account_guard", "prefix_list", "root_user"):
            return True
        if kind.name == "security_group" and unwrap(graph.peek(index, "name")) == "default":
            return True
        beside = [*graph.targets("in_network", index), *graph.targets("in_subnet", index)]
        return any(self._default(each) for each in beside)

    def absent(self, index: int) -> Drift | None:
        """Code without a live thing: missing, never applied, or not to be told; None for types nobody lists."""
        graph = self.graph
        type_ = str(graph.peek(index, "type"))
        service = self._services.get(type_)
        if service is None or graph.planes[index] is Plane.RECORDED:
            return None
        where = self._unread(index, service)
        if where:
            return self._told(Class.UNKNOWN, index, reason=where)
        address = graph.addresses[index]
        if self._recorded.get(f"{address.scheme}:{address.root}"):
            applied = self._recorded.get(str(address), False)
            reason = "" if applied else "the state beside it does not hold it: it was never applied"
            return self._told(Class.MISSING if applied else Class.GHOST, index, reason=reason)
        name = graph.peek(index, "name")
        if isinstance(name, Unknown) or "[?]" in address.name:
            why = "its name is not known before it is applied: a state beside the code would tell"
            return self._told(Class.UNKNOWN, index, reason=why)
        return self._told(Class.MISSING, index)

    def _unread(self, index: int, service: str) -> str:
        """Why the absence of a thing says nothing; "" where its listing was read to the end."""
        graph = self.graph
        account, region = (unwrap(graph.peek(index, each)) for each in ("account", "region"))
        read = [(a, r) for a, r, s in graph.read_whole if s == service]
        if not read:
            return f"{service} was not read, or not to its end"
        accounts = {a for a, _ in read}
        if isinstance(account, str) and account not in accounts:
            return f"account {account} was not read"
        if not isinstance(account, str) and len(accounts) > 1:
            return "the code does not say which account it is applied to"
        regions = {r for a, r in read if not isinstance(account, str) or a == account}
        if None in regions:
            return ""
        if isinstance(region, str) and region not in regions:
            return f"{service} in {region} was not read, or not to its end"
        return ""

    def _told(self, class_: Class, index: int, *, owner: str = "", by: str = "", reason: str = "") -> Drift:
        graph = self.graph
        return Drift(
            class_,
            str(graph.addresses[index]),
            graph.kind(index).name,
            graph.layers[index],
            owner=owner,
            by=by,
            span=graph.spans[index],
            reason=reason,
        )


def _open(value: Value) -> bool:
    return isinstance(value, Unknown) or first_unknown(value) is not None


def services() -> dict[str, str]:
    """Terraform's types by the service whose listing shows such things."""
    from scanner.mapping.aws.live import spellings  # noqa: PLC0415 - only for drift
    from scanner.sources.aws.registry import LISTINGS  # noqa: PLC0415 - as above

    known = spellings()
    return {
        name: listing.service
        for listing in LISTINGS
        for type_ in listing.types()
        if type_ in known
        for name in known[type_].types
    }
