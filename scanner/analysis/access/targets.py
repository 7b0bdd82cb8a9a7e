"""What a request is asked of: a node or an ARN, with every policy that lets someone in there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from scanner.analysis.access import names
from scanner.analysis.access.names import MAYBE, NO, YES, Names
from scanner.analysis.access.policy import Policy
from scanner.analysis.access.principals import Principals
from scanner.analysis.access.request import Action
from scanner.analysis.access.rows import Target
from scanner.graph.columns import Graph
from scanner.model.logic import some
from scanner.model.statement import open_to_anyone
from scanner.model.value import Undetermined, Unknown, Value, unwrap

_WITHIN = {"object_store": "/*", "access_point": "/object/*"}  # how the objects of a thing are named
_LENT = "a share lends it to them; which actions its permission gives is not known"


class Targets:
    """The resources of one graph, as requests meet them."""

    def __init__(self, graph: Graph, found: Names, held: Principals) -> None:
        self.graph = graph
        self.names = found
        self._held = held
        self._known: dict[int, Target] = {}

    def target(self, resource: int | str, action: Action | None = None) -> Target:
        """What is asked of: a node, or an ARN, which may be that of a node or of something in it."""
        if isinstance(resource, int):
            return self._of_node(resource, self._asked_of(resource, action))
        owner = self.owner(resource)
        if owner is not None:
            return self._of_node(owner, resource)
        parts = resource.split(":")
        account = parts[4] if len(parts) > 4 and "*" not in parts[4] else ""
        if parts[2:3] == ["kms"] and parts[-1].startswith("key/"):
            return Target(resource, account, Policy((), "the key policy is outside the scan"), must_allow=True)
        return Target(resource, account)

    def owner(self, arn: str) -> int | None:
        """The node that an ARN names, or in which it lies (an object of a bucket)."""
        return next((self._by_arn[each] for each in (arn, *_heads(arn)) if each in self._by_arn), None)

    def access_points(self, resource: int | str) -> list[int | str]:
        """The further ways to a store, or to an object in it."""
        index = resource if isinstance(resource, int) else self.owner(resource)
        if index is None or self.graph.kind(index).name != "object_store":
            return []
        points = [each for each in self.graph.sources("forwards_to", index)
                  if self.graph.kind(each).name == "access_point"]  # fmt: skip
        if isinstance(resource, int):
            return [*points]
        key = resource[len(self.names.arn(index)) :]
        return [self.names.arn(each) + (f"/object{key}" if key else "") for each in points]

    @cached_property
    def _by_arn(self) -> dict[str, int]:
        known = names.ARN_TYPES
        return {
            self.names.arn(index): index
            for index in range(len(self.graph))
            if self.graph.addresses[index].scheme != "tf" or str(self.graph.peek(index, "type")) in known
            if self.graph.kind(index).name not in ("trust", "container")
        }

    def _asked_of(self, index: int, action: Action | None) -> str:
        """The ARN that an action is asked of: objects, where it is a store of objects and the action takes
        them."""
        arn, inside = self.names.arn(index), _WITHIN.get(self.graph.kind(index).name)
        if action is None or action.at is None or inside is None:
            return arn
        from scanner.analysis.access.catalogue import catalogue  # noqa: PLC0415 - loaded by now

        types = catalogue().types(action.at)
        return arn + inside if "object" in types and "bucket" not in types else arn

    # a node

    def _of_node(self, index: int, arn: str) -> Target:
        found = self._known.get(index)
        if found is None:
            found = self._known[index] = self._made(index)
        beneath = found.beneath
        if beneath is not None:
            key = arn[len(found.arn) :].removeprefix("/object")
            beneath = beneath._replace(arn=beneath.arn + key)
        return found._replace(arn=arn, beneath=beneath)

    def _made(self, index: int) -> Target:
        """The target that a node is, by its own ARN."""
        graph, kind = self.graph, self.graph.kind(index).name
        bare = Target(
            self.names.arn(index),
            self.names.account(index),
            guardrails=tuple(each for level in self._held.guardrails(index, "resources") for each in level),
            lent=self._lent(index),
        )
        if kind == "role":
            trusts = graph.targets("trusts", index)
            return bare._replace(policy=self._held.policy(trusts[0]) if trusts else None)
        if kind in ("permission_set", "assignment"):  # only Identity Center is let into its roles
            return bare._replace(policy=Policy(()))
        if kind in ("policy", "trust", "user", "group") or not self._holds(index):
            return bare
        policy = self._held.policy(index)
        written = bool(policy.statements or policy.unknown)
        if kind == "key":
            policy = policy if written else _default_key(index, bare.account)
            return bare._replace(policy=policy, grants=self._granted(index, _GRANTABLE), must_allow=True)
        if kind == "object_store":
            listed = self._granted(index, _LISTABLE)
            policy += listed
            written = written or bool(listed.statements)
        bare = bare._replace(policy=policy if written else None)
        if kind in _WITHIN:
            bare = bare._replace(own_only=self._own_only(index, "public_restricted"))
        return bare._replace(beneath=self._beneath(index)) if kind == "access_point" else bare

    def _holds(self, index: int) -> bool:
        return any(each.name == "statements" for each in self.graph.kind(index).attributes)

    def _granted(self, index: int, possible: list[str]) -> Policy:
        """What lets in without being a policy: grants of a key, an access control list. Where they are not known,
        anyone may have been given anything that is possible."""
        raw = unwrap(self.graph.peek(index, "grants"))
        if isinstance(raw, Unknown):
            statement = statement_for(possible, [{"type": "*", "id": "*"}])
            return Policy.of([statement], node=index, attribute="grants").doubtful(raw.reason)
        known = [each for each in raw or () if not isinstance(each, Unknown)]
        policy = self._held.normalized(index, known, "grants", [f"a grant of {_listed(each)}" for each in known])
        why = next((each for each in raw or () if isinstance(each, Unknown)), None)
        return policy if why is None else policy.doubtful(why.reason)

    def _own_only(self, index: int, attribute: str) -> tuple[str, str]:
        """Whether only principals of its own account get in, because its policy is public and public policies are
        restricted (S3 User Guide, "Blocking public access", RestrictPublicBuckets); and why that is not known."""
        try:
            if not some(self.graph.peek(index, "statements") or [], open_to_anyone):
                return NO, ""
            told = self.graph.peek(index, attribute)
        except Undetermined as undetermined:
            return MAYBE, undetermined.unknown.reason
        if isinstance(told, Unknown):
            return MAYBE, told.reason
        return (YES, "") if told is True else (NO, "")

    def _beneath(self, point: int) -> Target:
        """The store that an access point leads to; it must let the request in too."""
        for store in self.graph.targets("forwards_to", point):
            return self._of_node(store, self.names.arn(store))
        why = "the bucket of the access point is outside the scan"
        return Target("arn:aws:s3:::" + names.hole(("", why), "bucket", names.NAME, why), "", Policy((), why))

    def _lent(self, index: int) -> Policy:
        """What shares may give; which actions their permissions hold is AWS's to say."""
        statements = []
        for share in self.graph.sources("shares", index):
            listed = unwrap(self.graph.peek(share, "receivers"))
            each = [listed] if isinstance(listed, Unknown) else listed or []
            receivers = [_receiver(unwrap(one)) for one in each]
            statements += [statement_for(["*"], receivers)] if receivers else []
        if not statements:
            return Policy(())
        return self._held.normalized(index, statements, "name", ["a resource share"] * len(statements)).doubtful(
            _LENT
        )


def _receiver(value: Value) -> Value:
    """A receiver as a principal; who is in an organization or unit is not told."""
    whole = isinstance(value, str) and ":organizations:" in value
    return {"type": "AWS", "id": "*" if whole or isinstance(value, Unknown) else value}


def _listed(statement: Value) -> str:
    named = [each for each in statement["actions"] if isinstance(each, str)]
    return ", ".join(named[:3]) + (f" and {len(named) - 3} more" if len(named) > 3 else "")


def _heads(arn: str) -> Iterator[str]:
    """What an ARN may lie in: each part before a slash or a colon, the longest first."""
    for at in range(len(arn) - 1, 12, -1):
        if arn[at] in "/:":
            yield arn[:at]


# What a grant can give (KMS Developer Guide, "Grants in AWS KMS", grant operations).
_GRANTABLE = [
    *("kms:CreateGrant", "kms:Decrypt", "kms:DeriveSharedSecret", "kms:DescribeKey", "kms:Encrypt"),
    *("kms:GenerateDataKey*", "kms:GenerateMac", "kms:GetPublicKey", "kms:ReEncrypt*", "kms:RetireGrant"),
    *("kms:Sign", "kms:Verify", "kms:VerifyMac"),
]
# What an access control list of a bucket can give (S3 User Guide, "Mapping of ACL permissions and access policy
# permissions").
_LISTABLE = [
    *("s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"),
    *("s3:PutObject", "s3:GetBucketAcl", "s3:PutBucketAcl"),
]


def _default_key(index: int, account: str) -> Policy:
    """What a key's policy is where none is written (KMS Developer Guide, "Default key policy")."""
    statement = statement_for(["kms:*"], [{"type": "AWS", "id": f"arn:aws:iam::{account}:root"}])
    return Policy.of([statement], node=index, labels=("the default key policy",))


def statement_for(actions: Iterable[str], principals: list[Value]) -> dict[str, Value]:
    """An Allow on every resource, in the normalized form."""
    return {
        **{name: [] for name in ("not_actions", "not_resources", "not_principals", "conditions")},
        "effect": "Allow",
        "actions": list(actions),
        "resources": ["*"],
        "principals": principals,
    }
