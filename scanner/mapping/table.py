"""The form of a mapping: one row per native type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from scanner.mapping.reader import Extract, Reader
from scanner.model.value import Value


@dataclass(frozen=True, slots=True)
class Join:
    """How an edge is found: the value(s) at `path` name the target(s).

    References in the expression come first (an id is unknown before apply), then equality with one of the
    target's identity values (`Row.identity`). `kinds` limits the targets (empty: any). `reverse` draws the
    edge from the target to this node. `values` computes the names where a path does not hold them plainly.
    """

    path: str
    kinds: tuple[str, ...] = ()
    reverse: bool = False
    values: Callable[[Reader], Iterable[Value]] | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Nodes inside a resource: one per block at `path` (containers of a workload, inline policies of a role).

    With `path` "" the part is made once from the whole resource (the trust policy of a role), and only where
    `when` holds. Its address is the resource's name, `/`, `label`, and for lists `:` and its name or number.
    `edge` is a relation drawn from the resource's own node to the part (or back, with `reverse`).
    """

    row: Row
    label: str
    path: str = ""
    edge: str = ""
    reverse: bool = False
    name: str = "name"
    when: Callable[[Reader], bool] | None = None


@dataclass(frozen=True, slots=True, eq=False)  # each row is one of its kind
class Row:
    """How one native type becomes a node of one kind.

    `attributes` maps a kind's attribute to an extractor: a path (`versioning.enabled`), a callable over the
    Reader, or any other plain value as a `Fixed`. An attribute that is not listed is unknown as unsupported;
    say `Fixed(None)` where it does not apply. `relations` maps a relation to one or more joins. `identity`
    lists the paths whose values name this resource elsewhere (`id`, `arn`, `name`, `bucket`), or makes those
    names. `name` is the path of its own name. `tags` is the path of tags or labels. `parts` are further nodes
    of the same resource.
    """

    kind: str
    attributes: Given = field(default_factory=dict)
    relations: Joins = field(default_factory=dict)
    identity: tuple[str, ...] | Callable[[Reader], Iterable[str]] = ("id", "arn", "name")
    name: str | Extract = "name"
    tags: str | Extract = "tags"
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Fixed:
    """An attribute that is the same for every resource of the type."""

    value: Value


@dataclass(frozen=True, slots=True)
class Fold:
    """A native type that says something of another resource and becomes no node of its own.

    `into` are the native types it can belong to, found through the value at `by` as a Join is; with `named`,
    `by` is a path of the parents, whose value names this resource (a parameter group). With `scope` it belongs
    to every resource of those types in its "account", or in its account and "region" (a setting of an account).
    `values` computes the parents' names where a path does not hold them plainly. The parents' extractors see it
    through `Reader.folded`.
    """

    into: tuple[str, ...]
    by: str
    scope: str = ""
    named: bool = False
    values: Callable[[Reader], Iterable[Value]] | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """A native type that only ties two nodes: it draws `relation` from `source`'s node to `target`'s."""

    relation: str
    source: Join
    target: Join


@dataclass(frozen=True, slots=True)
class Skip:
    """A native type that is understood and has no place in the graph (random_id, data sources of constants)."""

    reason: str


# A native type may have several entries: a row and edges, for example.
Entry = Row | Fold | Edge | Skip
Given = Mapping[str, str | Extract | Fixed]  # attribute to what gives it
Joins = Mapping[str, Join | tuple[Join, ...]]  # relation to what it leads to
Table = Mapping[str, Entry | tuple[Entry, ...]]
