"""A block's body as a value: attributes, nested blocks as lists of objects, dynamic blocks expanded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple

from scanner.hcl.convert import to_string
from scanner.hcl.partial import decoded
from scanner.hcl.syntax import Attribute, Block, Body, Expression, Object, Traversal, Tuple, static_steps
from scanner.hcl.types import ANY, PRIMITIVE
from scanner.hcl.values import to_plain, type_of, unknown_of
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.location import Span
from scanner.model.value import Cause, Sensitive, Unknown, Value, unwrap
from scanner.sources.terraform.instance import Frame, Instance, attempt
from scanner.sources.terraform.module import Declared
from scanner.sources.terraform.within import chosen, encoded, within

PLAIN_VARIABLE = 2  # steps of `var.x`
META = frozenset({"count", "for_each", "provider", "depends_on", "lifecycle", "connection", "provisioner"})

# Attributes that hold secrets by definition, whatever their provider marks (values are masked in every output).
SECRET = frozenset({
    "password", "master_password", "master_user_password", "admin_password", "administrator_login_password",
    "secret_string", "secret_binary", "secret_key", "client_secret", "private_key", "private_key_pem",
    "access_token", "auth_token", "oauth_token", "token", "connection_string", "primary_access_key",
    "sas_token", "key_material", "root_password", "value_wo", "password_wo",
})  # fmt: skip


# Attributes besides policies that hold JSON, whose parts are worth knowing when the whole is not.
_DOCUMENTS = frozenset({"container_definitions", "definition", "event_pattern", "document", "content"})


class Sites:
    """Where each attribute path of a block was written: path to (file, syntax)."""

    __slots__ = ("found",)

    def __init__(self) -> None:
        self.found: dict[str, tuple[str, Attribute | Block]] = {}


class Each(NamedTuple):
    """The block of one instance, and the scope that its `count` or `for_each` gives it."""

    declared: Declared
    names: Mapping[str, Value]


class Origins(Mapping[str, Span]):
    """Sites as spans, made when one is asked for.

    An attribute that only hands on a variable of its module (`acl = var.acl`) stands where the caller gave that
    variable, since that is what a reader has to change; one that hands on the element of a `for_each` that is
    written out (`role = each.key`), at that element.
    """

    __slots__ = ("_each", "_owner", "_sites")

    def __init__(self, sites: Sites, owner: Instance | None = None, each: Each | None = None) -> None:
        self._sites = sites
        self._owner = owner
        self._each = each

    def __getitem__(self, path: str) -> Span:
        file, syntax = self._sites.found[path]
        if not isinstance(syntax, Attribute):
            return Span(file, syntax.start, syntax.header_end)
        return _given(file, syntax, self._owner, self._each)

    def __iter__(self) -> Iterator[str]:
        return iter(self._sites.found)

    def __len__(self) -> int:
        return len(self._sites.found)

    def nearest(self, path: str) -> Span | None:
        """The place of the longest beginning of a path that is written: an attribute or block, or an entry of the
        object that is an attribute's value."""
        known = path
        while known and known not in self._sites.found:
            cut = max(known.rfind("."), known.rfind("["))
            known = known[:cut] if cut > 0 else ""
        if not known:
            return None
        file, syntax = self._sites.found[known]
        if known != path and isinstance(syntax, Attribute):
            entry = encoded(syntax.expr, path[len(known) :])
            if entry is not None:
                return _given(file, entry, self._owner, self._each)
        if known != path and isinstance(syntax, Attribute) and isinstance(syntax.expr, (Object, Tuple)):
            inner = within(syntax.expr, path[len(known) :])
            if inner is not None:
                return Span(file, *inner)
        return self[known]


def _given(file: str, attribute: Attribute, owner: Instance | None, each: Each | None = None) -> Span:
    """Where an attribute's value was given: at the outermost call that hands it in as a whole."""
    while owner is not None and owner.parent is not None and owner.call is not None:
        steps = static_steps(attribute.expr)
        if len(steps) != PLAIN_VARIABLE or steps[0] != "var" or not whole(attribute.expr):
            break
        argument = owner.call.block.body.attributes.get(str(steps[1]))
        if argument is None:
            break
        each = Each(owner.call, owner.scope)
        file, attribute, owner = owner.call.path, argument, owner.parent
    element = _element(attribute, each) if each is not None else None
    if element is not None:
        return element
    handed = _handed(attribute, owner) if owner is not None and owner.written else None
    if handed is not None:
        return handed
    default = _default(attribute, owner) if attribute.name in SECRET and owner is not None else None
    if default is not None:
        return default
    return Span(file, attribute.start, attribute.end)


def _element(attribute: Attribute, each: Each) -> Span | None:
    """Where the element of a `for_each` is written that an attribute hands on, if in its block."""
    steps = static_steps(attribute.expr)
    over = each.declared.block.body.attributes.get("for_each")
    key = each.names["each"]["key"] if over is not None and "each" in each.names else None
    if over is None or steps[:1] != ("each",) or not isinstance(key, str) or not whole(attribute.expr):
        return None
    found = chosen(over.expr, key, steps)
    file = each.declared.elsewhere.get(id(over), each.declared.path)
    return Span(file, *found) if found is not None else None


def _handed(attribute: Attribute, owner: Instance) -> Span | None:
    """Where the value of a root's variable stands that is handed on as a whole, if in the tree."""
    steps = static_steps(attribute.expr)
    if owner.parent is not None or len(steps) != PLAIN_VARIABLE or steps[0] != "var" or not whole(attribute.expr):
        return None
    return owner.written.get(str(steps[1]))


def _default(attribute: Attribute, owner: Instance) -> Span | None:
    """Where the default stands that a credential is taken from: the line that has to go."""
    steps = static_steps(attribute.expr)
    if len(steps) != PLAIN_VARIABLE or steps[0] != "var" or steps[1] in owner.given:
        return None
    declared = owner.module.variables.get(str(steps[1]))
    found = declared.block.body.attributes.get("default") if declared is not None else None
    return Span(declared.path, found.start, found.end) if declared is not None and found is not None else None


def whole(expr: Expression) -> bool:
    """Whether a traversal is nothing but its literal steps (`var.x`, not `var.x[local.y]`)."""
    return isinstance(expr, Traversal) and len(static_steps(expr)) == len(expr.steps) + 1


@dataclass(slots=True)
class Decoder:
    """Decodes the body of one instance of one block; `elsewhere` names the files of what overrides wrote."""

    file: str
    diagnostics: list[Diagnostic]
    elsewhere: Mapping[int, str] = field(default_factory=dict)
    sites: Sites = field(default_factory=Sites)
    typed: bool = False  # keep sets, maps and exact numbers apart from what JSON makes of them
    sensitive: bool = False  # within a dynamic block over what is sensitive, all is

    def decode(self, body: Body, frame: Frame, skip: frozenset[str] = META) -> dict[str, Value]:
        """Attributes and nested blocks of a resource's body, without its meta-arguments."""
        return self._body(body, frame, "", skip)

    def _body(self, body: Body, frame: Frame, prefix: str, skip: frozenset[str] = frozenset()) -> dict[str, Value]:
        told: dict[str, Value] = {}
        home = self.file
        for name, attribute in body.attributes.items():
            if name not in skip:
                self.file = self.elsewhere.get(id(attribute), home)
                told[name] = self._attribute(attribute, frame, prefix)
        for block in body.blocks:
            self.file = self.elsewhere.get(id(block), home)
            if block.type == "dynamic" and block.labels:
                self._dynamic(block, frame, prefix, told)
            elif block.type not in skip:
                self._nested(block.type, block, block.body, frame, prefix, told)
        self.file = home
        return told

    def _attribute(self, attribute: Attribute, frame: Frame, prefix: str) -> Value:
        self.sites.found[prefix + attribute.name] = (self.file, attribute)
        value = attempt(attribute.expr, frame, self.file, self.diagnostics)
        if isinstance(value, Unknown) and ("policy" in attribute.name or attribute.name in _DOCUMENTS):
            value = decoded(value)
        plain = value if self.typed else to_plain(value)
        secret = attribute.name in SECRET and plain is not None and not isinstance(plain, bool)
        return Sensitive(plain) if (secret or self.sensitive) and not isinstance(plain, Sensitive) else plain

    def _nested(
        self,
        name: str,
        block: Block,
        body: Body,
        frame: Frame,
        prefix: str,
        told: dict[str, Value],
        labels: Sequence[Value] | None = None,
    ) -> None:
        listed = told.setdefault(name, [])
        if not isinstance(listed, list):
            listed = told[name] = [listed]
        path = f"{prefix}{name}[{len(listed)}]"
        self.sites.found[path] = (self.file, block)
        self.sites.found.setdefault(prefix + name, (self.file, block))
        inner = self._body(body, frame, f"{path}.")
        for position, label in enumerate(block.labels if labels is None else labels):
            inner.setdefault("name" if position == 0 else f"label_{position}", label)
        listed.append(inner)

    def _dynamic(self, block: Block, frame: Frame, prefix: str, told: dict[str, Value]) -> None:
        name = block.labels[0]
        over = block.body.attributes.get("for_each")
        content = next((inner for inner in block.body.blocks if inner.type == "content"), None)
        if over is None or content is None:
            return
        marked, delayed = self._collection(over.expr, frame)
        collection = unwrap(marked)
        iterator = _iterator(block)
        if isinstance(collection, Unknown):
            self._unknown_block(name, block, collection, prefix, told)
            if delayed is not None:
                self._check(content.body, frame.within({iterator: {"key": delayed, "value": delayed}}))
            return
        outer, self.sensitive = self.sensitive, self.sensitive or isinstance(marked, Sensitive)
        for key, value in pairs(collection):
            inner = frame.within({iterator: {"key": key, "value": value}})
            self._nested(name, block, content.body, inner, prefix, told, self._labels(block, inner))
        self.sensitive = outer
        told.setdefault(name, [])

    def _labels(self, block: Block, frame: Frame) -> list[Value]:
        """The labels of one block that a dynamic block gives."""
        attribute = block.body.attributes.get("labels")
        if attribute is None:
            return []
        written = attribute.expr.items if isinstance(attribute.expr, Tuple) else (attribute.expr,)
        return [self._label(each, frame) for each in written]

    def _label(self, expr: Expression, frame: Frame) -> Value:
        label = unwrap(attempt(expr, frame, self.file, self.diagnostics))
        if label is None or isinstance(label, (list, dict)):
            return self._refuse(expr, "a label of a dynamic block must be a string", frame)
        return label if isinstance(label, Unknown) else to_string(label)

    def _refuse(self, expr: Expression, told: str, frame: Frame) -> Unknown:
        """Stands for what Terraform refuses in a block; told, unless the block is perhaps not there."""
        if frame.presence is None:
            span = Span(self.file, expr.start, expr.end)
            self.diagnostics.append(Diagnostic(Level.WARNING, "evaluate-for-each", told, span))
        return refused(told)

    def _collection(self, expr: Expression, frame: Frame) -> tuple[Value, Unknown | None]:
        """What a dynamic block goes over, and what stands for its keys and values where only apply tells it."""
        faults = len(self.diagnostics)
        collection = attempt(expr, frame, self.file, self.diagnostics)
        given = unwrap(collection)
        if given is None or type_of(given).kind in PRIMITIVE:  # also of what is not known
            kind = "null" if given is None else str(type_of(given))
            collection = self._refuse(expr, f"for_each of a dynamic block takes a collection, not {kind}", frame)
        delayed = isinstance(given, Unknown) and (
            given.cause is Cause.PROVIDER_COMPUTED or len(self.diagnostics) > faults
        )
        return collection, unknown_of(ANY, given) if delayed else None

    def _check(self, body: Body, frame: Frame) -> None:
        """Tell what is wrong with dynamic blocks in one that only apply expands; no more is evaluated there."""
        for block in body.blocks:
            over = block.body.attributes.get("for_each")
            if block.type != "dynamic" or not block.labels or over is None:
                self._check(block.body, frame)
                continue
            collection, delayed = self._collection(over.expr, frame)
            collection = unwrap(collection) if delayed is None else delayed
            found = [(collection, collection)] if isinstance(collection, Unknown) else pairs(collection)
            for key, value in found:
                self._check(block.body, frame.within({_iterator(block): {"key": key, "value": value}}))

    def _unknown_block(self, name: str, block: Block, why: Unknown, prefix: str, told: dict[str, Value]) -> None:
        listed = told.setdefault(name, [])
        if isinstance(listed, list):
            listed.append(why)
        self.sites.found.setdefault(prefix + name, (self.file, block))


def _iterator(block: Block) -> str:
    """The name under which the content of a dynamic block sees its element."""
    named = block.body.attributes.get("iterator")
    return named.expr.root if named is not None and isinstance(named.expr, Traversal) else block.labels[0]


def pairs(collection: Value) -> Iterable[tuple[Value, Value]]:
    """Key and value of each element: a map's own in their order, a list's index, a set's element twice."""
    if isinstance(collection, dict):
        return sorted(collection.items(), key=itemgetter(0))
    if isinstance(collection, list):
        return list(enumerate(collection))
    if collection is None or isinstance(collection, (str, int, float)):
        return []
    return [(item, item) for item in collection]


def keys_unknown(collection: Value) -> Unknown | None:
    """Why the keys of a for_each cannot be told, where an element of a set is not known."""
    if isinstance(collection, dict) or collection is None or isinstance(collection, (str, int, float)):
        return None
    for item in collection:
        inner = unwrap(item)
        if isinstance(inner, Unknown):
            return inner
    return None


def refused(reason: str) -> Unknown:
    """Stands for a value that Terraform itself would refuse."""
    return Unknown(reason, Cause.OUTSIDE_SCAN)
