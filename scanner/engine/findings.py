"""Drafts become findings: placed, worded, fingerprinted, one for all instances of a block."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256

from scanner.engine.callers import KEY, Callers, holder
from scanner.engine.draft import Draft, attribute_of
from scanner.engine.releases import age, line
from scanner.graph.columns import Graph
from scanner.graph.node import Evidence
from scanner.model.address import Address
from scanner.model.finding import Finding, Step, Verdict
from scanner.model.location import Location, Span
from scanner.model.report import Files
from scanner.model.resource import Because, Plane

# An argument or attribute that hands a variable on as it is.
_HANDED_ON = re.compile(rb"[\w-]+\s*=\s*(var\.[\w-]+)")

# What lists credentials that stand in the text, and the line of one: an argument or default with a plain value.
_WRITTEN = frozenset(("literal_secrets", "literal_credentials"))
_LOOKED_UP = "system"  # told by the look-up that finds the image, which several machines may share
_VALUE = re.compile(rb'[\w-]+\s*=\s*"[^"\n]*"$')
# What a line of a template takes from elsewhere in its chart.
_TAKEN = re.compile(rb'\.Values\.[\w.]+|\binclude\s+"[^"]+"')

_HANDED = " hands on "  # between a root's directory and the variable that several of its calls are given

_MOST_NAMED = 3  # environments in a message; the instances name them all


def generic(address: Address) -> str:
    """The address's text without Terraform instance keys: the same for all instances of one block."""
    name = KEY.sub("", address.name) if address.scheme == "tf" else address.name
    return f"{address.scheme}:{address.root}#{name}"


def fingerprint(rule: str, address: Address, attribute: str, values: str = "") -> str:
    """32 hex digits over rule, generic address and attribute path; no line enters."""
    text = "\0".join((rule, generic(address), attribute, *filter(None, (values,))))
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _planes(graph: Graph, index: int) -> tuple[str, ...]:
    return _in_words(graph.seen_in.get(index) or (graph.planes[index],))


@cache
def _in_words(planes: tuple[Plane, ...]) -> tuple[str, ...]:
    """The few combinations that there are, each held once by all findings."""
    return tuple(each.value for each in planes)


def _few(names: Sequence[str]) -> str:
    """The first three names, and how many more there are."""
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def place(graph: Graph, index: int, attribute: str) -> Span | None:
    """Where an attribute or relation of a node is written; its block's header otherwise; None without a file."""
    origins = graph.origins[index]
    span = origins.get(attribute) or origins.get(attribute_of(attribute)) if attribute else None
    if span is None and attribute:
        targets = graph.targets(attribute, index)
        edge = graph.edge_span(attribute, index, targets[0]) if targets else None
        span = graph.open_span(attribute, index) or edge
    span = span or graph.spans[index]
    return span if span.path else None


@dataclass(slots=True)
class Writer:
    """Turns drafts into findings over one graph and its files. `callers` tells which call of a module is the cause
    of what only some of its calls have."""

    graph: Graph
    files: Files
    callers: Callers | None = None
    homes: frozenset[str] = frozenset()  # of environments, once one was asked for
    told: dict[int, tuple[str]] = field(default_factory=dict)  # addresses as text, held once by all findings

    def write(self, drafts: Iterable[Draft]) -> list[Finding]:
        """One finding per block, rule, verdict, attribute, message and reason, in the order of reports."""
        groups: dict[tuple[object, ...], list[Draft]] = {}
        for draft in drafts:
            groups.setdefault(self._same(draft), []).append(draft)
        findings = self._told_apart([self._finding(group) for group in groups.values()])
        return sorted(findings, key=lambda finding: finding.order)

    def _same(self, draft: Draft) -> tuple[object, ...]:
        graph, index = self.graph, draft.index
        values = tuple(sorted((key, str(value)) for key, value in draft.values.items()))
        where: tuple[object, ...] = (graph.spans[index], generic(self._timeless(graph.addresses[index])))
        at: tuple[object, ...] = draft.attributes[:1]
        _, shared = self._placed(draft)
        if shared:
            where = (graph.spans[index], shared)
        elif (address := graph.addresses[index]).scheme == "k8s" and self._several(address.root):
            where = (graph.spans[index], graph.kind(index).name)  # overlays may rename what their base writes
            first = draft.attributes[0] if draft.attributes else ""
            at = (attribute_of(first), place(graph, index, first))  # and add elements to its lists
        elif address.scheme == "k8s" and (releases := line(address.root)):
            where = ("release", generic(address._replace(root=releases)))
        if (given := self._written_once(draft)) is not None:
            values, where, at = (), given, ()
        return (draft.rule.id, draft.verdict.value, draft.severity, at, draft.reason, values, where)

    def _written_once(self, draft: Draft) -> tuple[object, ...] | None:
        """Where a credential is written that several nodes are given: its line in Terraform, the value or helper
        of a chart that the lines of templates name. It is one fault; so is the image that machines share."""
        name = attribute_of(draft.attributes[0]) if draft.attributes else ""
        if name == _LOOKED_UP and draft.verdict is Verdict.FAIL:
            return self._looked_up(draft)
        span, _ = self._placed(draft) if name in _WRITTEN else (None, "")
        file = self.files.by_path.get(span.path) if span is not None else None
        if span is None or file is None:
            return None
        address = self.graph.addresses[draft.index]
        if address.scheme == "tf":
            return (span,) if _VALUE.match(file.text, span.start, span.end) else None
        if span.path != self.graph.spans[draft.index].path:
            return (span,)  # a chart's value, or the patch of several objects
        taken = {each[0] for each in _TAKEN.finditer(file.text, span.start, span.end)}
        return (self._timeless(address).root, taken.pop()) if len(taken) == 1 else None

    def _looked_up(self, draft: Draft) -> tuple[object, ...] | None:
        """The line of its root that tells a machine's system; calls of modules share by what they call."""
        span, shared = self._placed(draft)
        if span is None or shared or self.graph.calls[draft.index]:
            return None
        return (self.graph.addresses[draft.index].root, span)

    def _placed(self, draft: Draft) -> tuple[Span | None, str]:
        """Where a draft is shown, and the address that it shares with others of the same cause; "" where it has a
        place of its own.
        """
        span = place(self.graph, draft.index, draft.attributes[0] if draft.attributes else "")
        if span is None:
            return None, ""
        blamed = self.callers.blamed(draft, span) if self.callers is not None else None
        if blamed is None:
            return span, self._shared(draft.index, span)
        # what a module gives one of its own calls, it gives wherever it is called
        inside = holder(self.graph.calls[draft.index], self.graph.spans[draft.index], blamed)
        return blamed, self._shared(draft.index, blamed) if inside is not None else ""

    def _shared(self, index: int, span: Span) -> str:
        """The address within its module's directory, where a place is in a module that others call: all calls
        share the cause, and so the finding. Within its root's, where several calls are handed the same variable.
        """
        graph = self.graph
        calls = graph.calls[index]
        local = generic(graph.addresses[index]).rpartition("#")[2]
        folder = span.path.rpartition("/")[0]
        call = holder(calls, graph.spans[index], span)
        if call is not None:
            return f"{folder}#{local.removeprefix(KEY.sub('', call.address) + '.')}"
        if not calls or span.path == graph.spans[index].path:
            return ""
        file = self.files.by_path.get(span.path)
        handed = _HANDED_ON.fullmatch(file.text, span.start, span.end) if file is not None else None
        if handed is None:
            return ""
        within = KEY.sub("", calls[0].address)
        return f"{folder}{_HANDED}{handed[1].decode()}#{local.removeprefix(within + '.')}"

    def _finding(self, group: Sequence[Draft]) -> Finding:
        graph = self.graph
        releases = self._releases(group)
        first = max(group, key=lambda each: age(graph.addresses[each.index].root)) if releases > 1 else group[0]
        index, rule = first.index, first.rule
        address = graph.addresses[index]
        attribute = first.attributes[0] if first.attributes else ""
        nodes = self._text(index) if len(group) == 1 else self._texts(group)
        span, shared = self._placed(first)
        own = self._own(group, span)
        span = own.get(span, span) if span is not None else None
        everywhere = _module_address(shared) or self._timeless(address)
        environments = self._environments(group)
        partly = "" if _within(shared) or self._everywhere(address, environments) else "\0".join(environments)
        if environments and address.scheme == "k8s":
            span = self._patched(first) or span
        told = self._message(first, _called(shared, [graph.addresses[each.index] for each in group]))
        if releases > 1:
            told += f" (in {address.root} and {releases - 1} other release{'s' * (releases > 2)})"
        because = self._because(index, span, first)
        remedy = f": {because.remedy}" if because is not None and because.remedy else ""
        return Finding(
            rule=rule.id,
            principle=rule.principle,
            severity=first.severity or rule.severity,
            verdict=first.verdict,
            node=self._text(index)[0],
            kind=graph.kind(index).name,
            layer=graph.layers[index],
            tier=graph.tiers[index],
            planes=_planes(graph, index),
            message=f"{told} (in {_few(environments)})" if environments else told,
            fingerprint=fingerprint(rule.id, everywhere, attribute_of(attribute), partly),
            location=self._locate(span),
            instances=nodes,
            path=(*self._path(first, span, own), *self._chain(address, because)),
            cut=first.cut,
            assumptions=first.assumptions,
            reason=first.reason + remedy,
        )

    # environments: one root applied several times

    def _several(self, root: str) -> bool:
        """Whether a root is an environment, or what its environments were rendered from."""
        known = self.graph.environments
        if not self.homes:
            self.homes = frozenset(directory for directory, _ in known.values())
        return root in known or root in self.homes

    def _patched(self, draft: Draft) -> Span | None:
        """What a patch of overlays adds to another object, on which the finding rests first: its cause."""
        first = next(iter(draft.related), None)
        if first is None or not first.attribute or first.node.index == draft.index:
            return None
        span = place(self.graph, first.node.index, first.attribute)
        return span if span is not None and span.path != self.graph.spans[first.node.index].path else None

    def _own(self, group: Sequence[Draft], span: Span | None) -> Mapping[Span, Span]:
        """Where the first of some copies itself says what it repeats: for a finding that only copies have."""
        graph = self.graph
        found = [graph.own.get(graph.addresses[each.index].root, {}) for each in group] if graph.own else []
        return found[0] if found and span is not None and all(span in each for each in found) else {}

    def _timeless(self, address: Address) -> Address:
        """The address in its root's directory, whatever the environment or the release."""
        found = self.graph.environments.get(address.root)
        if found is None and address.scheme == "k8s" and not self._several(address.root):
            return address._replace(root=line(address.root) or address.root)
        return address if found is None else address._replace(root=found[0])

    def _releases(self, group: Sequence[Draft]) -> int:
        """How many releases of one line a finding speaks of; 1 where it speaks of none."""
        found = {self.graph.addresses[each.index] for each in group}
        roots = {each.root for each in found if each.scheme == "k8s" and line(each.root)}
        return len(roots) if len(roots) == len({each.root for each in found}) else 1

    def _environments(self, group: Sequence[Draft]) -> tuple[str, ...]:
        """The environments that a finding speaks of, in order; () where something of it is in none."""
        graph = self.graph
        if not graph.environments:
            return ()
        found = {graph.environments.get(graph.addresses[each.index].root, ("", ""))[1] for each in group}
        return () if "" in found else tuple(sorted(found))

    def _everywhere(self, address: Address, environments: Sequence[str]) -> bool:
        """Whether these are all the environments of a root. A finding of some of them only has a fingerprint of
        its own: what is accepted in one environment is new in the next.
        """
        known = self.graph.environments
        home = self._timeless(address).root
        return all(name in environments for directory, name in known.values() if directory == home)

    def _told_apart(self, findings: list[Finding]) -> list[Finding]:
        """Findings that share a fingerprint differ in their message or reason: these join the hash."""
        seen: dict[str, Finding] = {}
        kept: list[Finding] = []
        for finding in findings:
            if finding.fingerprint in seen:
                address = Address.parse(finding.node)
                more = f"{finding.verdict.value}\0{finding.message}\0{finding.reason}"
                finding = replace(  # noqa: PLW2901 - the same finding under its second name
                    finding, fingerprint=fingerprint(finding.rule, address, finding.fingerprint, more)
                )
            seen[finding.fingerprint] = finding
            kept.append(finding)
        return kept

    def _text(self, index: int) -> tuple[str]:
        found = self.told.get(index)
        if found is None:
            found = self.told[index] = (str(self.graph.addresses[index]),)
        return found

    def _texts(self, group: Sequence[Draft]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._text(each.index)[0] for each in group))

    def _message(self, draft: Draft, name: str) -> str:
        """The rule's message for a fail; for an unknown its title, since the message says what is not known."""
        kind = self.graph.kind(draft.index).name.replace("_", " ")
        if draft.verdict is Verdict.UNKNOWN:
            return f"cannot tell of {name}: {draft.rule.title}"
        return fill(draft.rule.message, {**draft.values, "node": name, "kind": kind})

    def _path(self, draft: Draft, span: Span | None, own: Mapping[Span, Span]) -> tuple[Step, ...]:
        address = self.graph.addresses[draft.index]
        block = own.get(self.graph.spans[draft.index], self.graph.spans[draft.index])
        declared = [Step(str(address), "declared here", self._locate(block))] if _apart(span, block) else []
        calls = [
            Step(str(Address(address.scheme, address.root, call.address)), "called here", self._locate(call.span))
            for call in self.graph.calls[draft.index]
        ]
        return (*calls, *declared, *(self._step(evidence) for evidence in draft.related))

    def _because(self, index: int, span: Span | None, draft: Draft) -> Because | None:
        """What led to an unknown verdict, where a source can say; asked for only here."""
        if draft.verdict is not Verdict.UNKNOWN or span is None:
            return None
        told = (each.why_at(span, draft.reason) for each in self.graph.explains[index])
        return next((each for each in told if each is not None), None)

    def _chain(self, address: Address, because: Because | None) -> Iterator[Step]:
        """The names on the way to the cause, the cause last."""
        if because is None:
            return
        last = len(because.links) - 1
        for at, link in enumerate(because.links):
            why = because.reason if at == last else f"of {link.name}"
            node = str(address._replace(name=link.name))
            yield Step(node, f"unknown because {why}", self._locate(link.span))

    def _step(self, evidence: Evidence) -> Step:
        span = place(self.graph, evidence.node.index, evidence.attribute)
        return Step(evidence.node.id, evidence.note, self._locate(span), evidence.relation)

    def _locate(self, span: Span | None) -> Location | None:
        return self.files.locate(span) if span is not None and span.path else None


def _within(shared: str) -> bool:
    """Whether an address that is shared is one within a module, whatever the root gives it."""
    return bool(shared) and _HANDED not in shared


def _apart(span: Span | None, block: Span) -> bool:
    """Whether a place lies in another file than the block it speaks of."""
    return span is not None and bool(block.path) and span.path != block.path


def _called(shared: str, addresses: Sequence[Address]) -> str:
    """What a message calls the node: its address, without keys or calls where it stands for several."""
    first = addresses[0]
    if all(each.name == first.name and (not shared or each == first) for each in addresses):
        return first.name
    return shared.rpartition("#")[2] or generic(first).partition("#")[2]


def _module_address(shared: str) -> Address | None:
    directory, mark, name = shared.rpartition("#")
    return Address("tf", directory or ".", f"*.{name}") if mark else None


_HOLE = re.compile(r"\{(\w+)\}")


def fill(template: str, values: dict[str, object]) -> str:
    """The template with `{name}` replaced where there is such a value; nothing else is interpreted, so that a
    value cannot reach into objects or break the text."""
    return _HOLE.sub(lambda hole: str(values.get(hole[1], hole[0])), template)
