"""Provider configurations: which one a resource uses, and what it says of account, region and tags."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from scanner.hcl.references import references
from scanner.hcl.syntax import Expression, Index, Invalid, Object, Traversal, static_steps
from scanner.model.resource import Scope
from scanner.model.settings import Aws
from scanner.model.value import Cause, Unknown, Value, unwrap
from scanner.sources.terraform.decode import Decoder
from scanner.sources.terraform.expansion import expansion
from scanner.sources.terraform.inputs import NOTHING_SAID
from scanner.sources.terraform.instance import Frame, Instance, attempt
from scanner.sources.terraform.module import Declared, literal
from scanner.sources.terraform.needs import items

if TYPE_CHECKING:
    from scanner.sources.terraform.evaluation import Evaluation

ANY_KEY = ""  # one of the configurations that a for_each gives, not known which
_ROLE = re.compile(r"^arn:[^:]*:iam::(\d{12}):")
# Arguments of the AWS provider that say by whose credentials it works, or where (its documentation,
# "Authentication and Configuration"); a region is none of them.
_DECIDING = (
    "access_key", "allowed_account_ids", "assume_role", "assume_role_with_web_identity", "profile",
    "secret_key", "shared_config_files", "shared_credentials_files",
)  # fmt: skip
# Types whose provider is not named like their first word.
_PROVIDERS = {"azurerm": "azure", "azuread": "azure", "azapi": "azure", "oci": "oracle", "google-beta": "google"}


@dataclass(frozen=True, slots=True)
class Provider:
    """One configuration of a provider: `name` is its local name, `alias` "" for the default one."""

    name: str
    alias: str = ""
    attributes: dict[str, Value] = field(default_factory=dict)
    aws: Aws = NOTHING_SAID
    elsewhere: Unknown | None = None  # its account, where another than the root's own may be meant

    @property
    def scope(self) -> Scope:
        """Provider, account (from the role it assumes or the one account it allows) and region; for AWS, what
        the configuration declares where the block says nothing.
        """
        account, region = self._account(), self._plain("region")
        if self.name == "aws":
            account = self._declared() if account is None else account
            account = self.elsewhere if account is None else account
            region = (self.aws.region or None) if region is None else region
        return Scope(_PROVIDERS.get(self.name, self.name), account, region)

    def _declared(self) -> str | None:
        """The account that `[aws]` names for this provider's alias or profile, else for all that name no role."""
        profile = unwrap(self.attributes.get("profile"))
        found = self.aws.aliases.get(self.alias) if self.alias else None
        if found is None and isinstance(profile, str):
            found = self.aws.profiles.get(profile)
        if found is None and not isinstance(profile, Unknown) and not self.attributes.get("assume_role"):
            found = self.aws.account
        return found or None

    @property
    def identity(self) -> tuple[tuple[str, str], ...]:
        """What of its arguments decides whose account it works in; configurations that agree share one."""
        told = ((name, unwrap(self.attributes.get(name))) for name in _DECIDING)
        return tuple((name, repr(value)) for name, value in told if _given(value))

    @property
    def default_tags(self) -> Value:
        blocks = unwrap(self.attributes.get("default_tags"))
        if isinstance(blocks, list) and blocks and isinstance(blocks[0], dict):
            return blocks[0].get("tags")
        return None

    def _plain(self, name: str) -> str | Unknown | None:
        value = unwrap(self.attributes.get(name))
        return value if isinstance(value, (str, Unknown)) else None

    def _account(self) -> str | Unknown | None:
        for name in ("project", "subscription_id"):
            if self.attributes.get(name) is not None:
                return self._plain(name)
        roles = unwrap(self.attributes.get("assume_role"))
        if isinstance(roles, list) and roles and isinstance(roles[0], dict):
            arn = unwrap(roles[0].get("role_arn"))
            if isinstance(arn, Unknown):
                return arn
            found = _ROLE.match(arn) if isinstance(arn, str) else None
            if found:
                return found.group(1)
        allowed = unwrap(self.attributes.get("allowed_account_ids"))
        if isinstance(allowed, list) and len(allowed) == 1 and isinstance(allowed[0], (str, int, Unknown)):
            only = allowed[0]
            return only if isinstance(only, Unknown) else str(only)
        return None


def placed(scope: Scope, attributes: Mapping[str, Value]) -> Scope:
    """Whose a resource is: of the provider's own Region unless it names another, as each of AWS may (provider
    documentation, "Enhanced Region Support", release 6)."""
    region = unwrap(attributes.get("region")) if scope.provider == "aws" else None
    return replace(scope, region=region) if isinstance(region, (str, Unknown)) and _given(region) else scope


def _given(value: Value) -> bool:
    return isinstance(value, Unknown) or (value is not None and value not in ([], ""))


class Providers:
    """The provider configurations of one root and how they are handed down to its modules."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        self._known: dict[tuple[Instance, str, str, str | None], Provider] = {}
        self._elsewhere: dict[object, Unknown] = {}

    def of(self, frame: Frame, declared: Declared) -> Provider:
        """The provider configuration of one instance of a resource or data block, in its scope."""
        attribute = declared.block.body.attributes.get("provider")
        if attribute is None:
            return self.find(frame.instance, declared.block.labels[0].partition("_")[0], "")
        return self._referred(attribute.expr, frame, declared.path)

    def _referred(self, expr: Expression, frame: Frame, path: str) -> Provider:
        """The configuration that `aws.east`, or `aws.east["key"]` of OpenTofu, means in a scope."""
        name, alias = _named(expr)
        index = _index(expr)
        if index is None:
            return self.find(frame.instance, name, alias)
        key = unwrap(attempt(index, frame, path, self._evaluation.diagnostics))
        return self.find(frame.instance, name, alias, str(key) if isinstance(key, (str, int)) else ANY_KEY)

    def find(self, owner: Instance, name: str, alias: str, key: str | None = None) -> Provider:
        """A configuration as a module sees it: its own, the one it was handed, or its caller's; by its `key` where
        a `for_each` gives several (OpenTofu)."""
        asked = (owner, name, alias, key)
        found = self._known.get(asked)
        if found is None:
            self._known[asked] = self._made(name, alias)  # a cycle through provider arguments ends here
            found = self._known[asked] = self._find(owner, name, alias, key)
        return found

    def _find(self, owner: Instance, name: str, alias: str, key: str | None) -> Provider:
        for declared in owner.module.providers:
            if declared.block.labels[0] == name and (literal(declared.block.body, "alias") or "") == alias:
                found = self._made(name, alias, self.attributes(owner, declared, key))
                return self._apart(owner, found) if alias else found
        if owner.parent is None or owner.call is None:
            found = self._made(name, alias)
            return self._of_caller(found) if alias else found
        handed = owner.call.block.body.attributes.get("providers")
        if handed is not None and isinstance(handed.expr, Object):
            for inner, value in handed.expr.items:
                if _named(inner) == (name, alias):
                    frame = Frame(self._evaluation, owner.parent, owner.scope)
                    return self._referred(value, frame, owner.call.path)
        return self._made(name, alias) if alias else self.find(owner.parent, name, "")

    def _apart(self, owner: Instance, found: Provider) -> Provider:
        """A configuration under an alias: of an account of its own where its credentials are not those of the
        default one."""
        mine = found.identity
        if found.name != "aws" or mine == self.find(owner, found.name, "").identity:
            return found
        return replace(found, elsewhere=self._account(mine, found.alias))

    def _of_caller(self, found: Provider) -> Provider:
        """A configuration that whoever calls the root hands down: it alone says whose account is meant."""
        return replace(found, elsewhere=self._account(found.alias, found.alias)) if found.name == "aws" else found

    def _account(self, key: object, alias: str) -> Unknown:
        """One value for one account, whichever of its resources asks."""
        why = f"the account that provider aws.{alias} works in is not written"
        unknown = Unknown(why, Cause.OUTSIDE_SCAN, (f"provider.aws.{alias}.account",), "string")
        return self._elsewhere.setdefault(key, unknown)

    def _made(self, name: str, alias: str, attributes: dict[str, Value] | None = None) -> Provider:
        return Provider(name, alias, attributes or {}, self._evaluation.inputs.aws)

    def keys(self, owner: Instance, declared: Declared) -> dict[str, Value]:
        """`each.value` by key of a provider block with `for_each`; {} without, or where that is unknown."""
        attribute = declared.block.body.attributes.get("for_each")
        if attribute is None:
            return {}
        for item in items(owner, references(attribute.expr)):
            self._evaluation.demand(item)
        value = unwrap(self._evaluation.value(attribute.expr, owner, declared.path))
        found = expansion("for_each", value, lambda code, told, level: None)
        return {str(key): each for key, each in found.values.items()} if found.unknown is None else {}

    def attributes(self, owner: Instance, declared: Declared, key: str | None = None) -> dict[str, Value]:
        """The evaluated arguments of a provider block, or of one of those that its `for_each` gives."""
        for block in (declared.block.body, *(inner.body for inner in declared.block.body.blocks)):
            for attribute in block.attributes.values():
                for item in items(owner, references(attribute.expr)):
                    self._evaluation.demand(item)
        decoder = Decoder(declared.path, self._evaluation.diagnostics)
        frame = Frame(self._evaluation, owner, self.scope(owner, declared, key))
        return decoder.decode(declared.block.body, frame, frozenset({"alias", "for_each"}))

    def scope(self, owner: Instance, declared: Declared, key: str | None) -> dict[str, Value]:
        """`each` in a provider block with `for_each`: unknown where the key is."""
        if "for_each" not in declared.block.body.attributes:
            return {}
        keys = self.keys(owner, declared)
        if key is not None and key in keys:
            return {"each": {"key": key, "value": keys[key]}}
        unknown = Unknown("which of the provider's configurations is meant is not known", Cause.OUTSIDE_SCAN)
        return {"each": {"key": unknown, "value": unknown}}


def _index(expr: Expression) -> Expression | None:
    """What stands in the brackets of `aws.by_region[each.key]`, if anything does."""
    if isinstance(expr, Invalid) and expr.name is not None:
        expr = expr.name
    last = expr.steps[-1] if isinstance(expr, Traversal) and expr.steps else None
    return last.expr if isinstance(last, Index) else None


def _named(expr: Expression) -> tuple[str, str]:
    """`aws` or `aws.east` as local name and alias."""
    if isinstance(expr, Invalid) and expr.name is not None:
        expr = expr.name
    if isinstance(expr, Traversal):
        steps = static_steps(expr)
        return str(steps[0]), str(steps[1]) if len(steps) > 1 else ""
    value = getattr(expr, "value", None)
    name, _, alias = str(value or "").partition(".")
    return name, alias
