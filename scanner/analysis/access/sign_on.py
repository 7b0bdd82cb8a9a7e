"""Identity Center: which role a permission set is in each account, and who signs in to it.

Source: IAM Identity Center User Guide, "Permission sets" and "Referencing permission sets in resource policies":
in each account that it is assigned in, a permission set is one role under `/aws-reserved/sso.amazonaws.com/`, with
the Region of the instance in its path unless that is us-east-1, and with sixteen digits after its name.
"""

from __future__ import annotations

from scanner.analysis.access import names
from scanner.analysis.access.names import Names
from scanner.graph.columns import Graph

_HOME = "us-east-1"


class SignOn:
    """The roles that the permission sets of one graph are."""

    def __init__(self, graph: Graph, found: Names) -> None:
        self.graph = graph
        self.names = found
        self._roles: dict[tuple[int, str], int] = {}  # (permission set, account) to the node that acts there
        self._signing: dict[int, list[int]] = {}  # user or group to those nodes
        made = self._made_already()
        for each in graph.nodes("assignment"):
            held = self.set_of(each)
            if held is None:
                role = each
            else:
                key = (held, found.account(each))
                role = self._roles.setdefault(key, made.get((found.name(held), key[1]), each))
            for receiver in graph.targets("grants_to", each):
                self._signing.setdefault(receiver, []).append(role)

    def is_directory(self, index: int) -> bool:
        """Whether a user or group is one of Identity Center, of which IAM knows nothing."""
        type_ = self.graph.peek(index, "type")
        return isinstance(type_, str) and type_.startswith(("aws_identitystore_", "AWS::IdentityStore::"))

    def shown_at(self, index: int) -> int:
        """The node that stands for a principal in findings: the permission set of an assignment."""
        if self.graph.kind(index).name != "assignment":
            return index
        held = self.set_of(index)
        return index if held is None else held

    def acts(self, index: int) -> bool:
        """Whether a permission set or assignment acts by its own node: a set that no assignment shows, and one
        assignment for each account."""
        if self.graph.kind(index).name == "permission_set":
            return all(held != index for held, _ in self._roles)
        return self.set_of(index) is None or index in self._roles.values()

    def set_of(self, assignment: int) -> int | None:
        """The permission set that an assignment hands out, where the scan holds it."""
        return next(iter(self.graph.targets("attaches", assignment)), None)

    def signs_in(self, index: int) -> list[int]:
        """The nodes that a user may act as, by itself or by a group."""
        holders = (index, *self.graph.targets("member_of", index))
        return list(dict.fromkeys(role for each in holders for role in self._signing.get(each, ())))

    def arn(self, index: int) -> str:
        """The ARN of the role that a permission set or an assignment is."""
        held = index if self.graph.kind(index).name == "permission_set" else self.set_of(index)
        account = self.names.account(index)
        if held is None:
            return self._role(account, "", self._digits(index, "permission set"))
        region = self.names.region(held)
        place = "" if region == _HOME else f"{region}/"
        if region == names.own_region():  # either form, then
            why = "which Region Identity Center stands in is not known"
            place = names.hole(("", why), "region", names.FREE, why)
        return self._role(account, place, self.names.name(held) + "_" + self._digits(held, account))

    def _role(self, account: str, place: str, name: str) -> str:
        return f"arn:aws:iam::{account}:role/aws-reserved/sso.amazonaws.com/{place}AWSReservedSSO_{name}"

    def _digits(self, index: int, what: str) -> str:
        key = (str(self.graph.addresses[index]), f"digits {what}")
        return names.hole(key, "digits", names.DIGITS, "AWS makes up the digits")

    def _made_already(self) -> dict[tuple[str, str], int]:
        """The roles that AWS has made, where a live account shows them: by set's name and account."""
        found = {}
        for role in self.graph.nodes("role"):
            name = self.graph.peek(role, "name")
            if isinstance(name, str) and name.startswith("AWSReservedSSO_"):
                set_name = name.removeprefix("AWSReservedSSO_").rpartition("_")[0]
                found[set_name, self.names.account(role)] = role
        return found
