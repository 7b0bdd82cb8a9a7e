"""Where plans keep their copies: vaults by reference, ARN or name."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from scanner.analysis.copies.clock import Clock, moment
from scanner.analysis.copies.observation import Fault
from scanner.analysis.copies.places import Default, Part, part, same_part
from scanner.analysis.copies.selection import meant
from scanner.graph.columns import Graph
from scanner.model.value import Cause, Unknown, Value

_SERVICE = "aws-backup-service"  # who owns what a logically air-gapped vault holds
_UNSAID = Unknown("the vault is not part of this scan", Cause.OUTSIDE_SCAN)


@dataclass(frozen=True, slots=True)
class Vault:
    """One vault as far as it is known. `node` is None for one outside the scan."""

    name: str | Unknown
    account: Part
    region: Part
    node: int | None = None
    lock: str | Unknown = ""
    shortest: Value = None
    longest: Value = None
    air_gapped: bool | Unknown = False
    own_key: bool | Unknown = False
    key_account: Part | None = None
    key_fault: Fault = ""  # why nothing that the vault encrypts can be read
    closed: Fault = ""  # why it takes no copies from other accounts

    @property
    def owner(self) -> Part:
        """Whose account holds the data."""
        return _SERVICE if self.air_gapped is True else self.account


class Vaults:
    """The vaults of a graph, found as rules name them."""

    def __init__(self, graph: Graph, clock: Clock) -> None:
        self._graph = graph
        self._clock = clock
        self._by_name: dict[str, list[int]] = {}
        for index in graph.nodes("backup_vault"):
            name = graph.peek(index, "name")
            if isinstance(name, str):
                self._by_name.setdefault(name, []).append(index)

    def called(self, text: Value, plan: int) -> Vault:
        """The vault that a rule of a plan means: by address, ARN, or name (in the plan's account and Region)."""
        graph = self._graph
        root = graph.addresses[plan].root
        here = (part(graph.peek(plan, "account"), root), part(graph.peek(plan, "region"), root))
        if not isinstance(text, str) or text == "{}":
            why = (
                text
                if isinstance(text, Unknown)
                else Unknown("which vault it is cannot be told", Cause.OUTSIDE_SCAN)
            )
            return Vault(why, why, why, lock=why, air_gapped=why, own_key=why)
        if text.startswith("@"):
            found = next(iter(meant(graph, text)), None)
            if found is not None:
                return self.of(found)
            why = Unknown(f"{text.rpartition('#')[2]} is not part of this scan", Cause.OUTSIDE_SCAN)
            return Vault(why, why, why, lock=why, air_gapped=why, own_key=why)
        if text.startswith("arn:"):
            return self._by_arn(text, root)
        for index in self._by_name.get(text, ()):
            if graph.addresses[index].root == root and same_part(self.of(index).region, here[1]):
                return self.of(index)
        return Vault(text, *here, lock=_UNSAID, own_key=_UNSAID)

    def of(self, index: int) -> Vault:
        """A vault of the graph."""
        graph = self._graph
        root = graph.addresses[index].root
        name = graph.peek(index, "name")
        key = next(iter(graph.targets("encrypted_with", index)), None)
        return Vault(
            name if isinstance(name, str) else Unknown(f"the name of {graph.addresses[index].name} is not known"),
            part(graph.peek(index, "account"), root),
            part(graph.peek(index, "region"), root),
            index,
            self._lock(index),
            graph.peek(index, "lock_min_days"),
            graph.peek(index, "lock_max_days"),
            graph.peek(index, "air_gapped"),
            graph.peek(index, "customer_key"),
            None if key is None else part(graph.peek(key, "account"), graph.addresses[key].root),
            key_fault(graph, index),
            _closed(graph.peek(index, "statements")),
        )

    def _lock(self, index: int) -> str | Unknown:
        """The mode of a vault's lock; one whose grace time has not ended can still be taken off."""
        lock, since = self._graph.peek(index, "lock_mode"), self._graph.peek(index, "locked_from")
        if isinstance(lock, Unknown):
            return lock
        if lock == "compliance" and isinstance(since, Unknown):
            return since
        begins = moment(since) if lock == "compliance" else None
        return "grace" if begins and begins > self._clock.of(index) else str(lock or "")

    def _by_arn(self, arn: str, root: str) -> Vault:
        """`arn:PARTITION:backup:REGION:ACCOUNT:backup-vault:NAME`. Raises ValueError where it is none."""
        parts = arn.split(":")
        if len(parts) != 7 or parts[2] != "backup" or parts[5] != "backup-vault" or not parts[6]:
            raise ValueError(f"{arn!r} is no ARN of a vault")
        region, account = (_of_arn(each, root) for each in parts[3:5])
        for index in self._by_name.get(parts[6], ()):
            found = self.of(index)
            if same_part(found.region, region) and same_part(found.account, account):
                return found
        unknown = Unknown(f"the vault {parts[6]} is not part of this scan", Cause.OUTSIDE_SCAN)
        name = unknown if "{}" in parts[6] else parts[6]
        return Vault(name, account, region, lock=unknown, air_gapped=unknown, own_key=unknown)


_INTO = "backup:copyintobackupvault"


def _closed(statements: Value) -> Fault:
    """A vault takes copies from other accounts where its policy lets them in (Developer Guide, "Creating backup
    copies across AWS accounts")."""
    if isinstance(statements, Unknown):
        return statements
    for each in statements if isinstance(statements, list) else ():
        if not isinstance(each, dict):
            return each if isinstance(each, Unknown) else ""
        if each.get("effect") == "Allow" and (each.get("not_actions") or _lets_in(each.get("actions"))):
            return ""
    return "the policy of its vault lets no other account copy into it (backup:CopyIntoBackupVault)"


def _lets_in(actions: Value) -> bool:
    """Whether one of the actions is, or may be, the one that copies into a vault."""
    listed = actions if isinstance(actions, list) else [actions]
    return any(not isinstance(each, str) or fnmatchcase(_INTO, each.lower()) for each in listed)


def key_fault(graph: Graph, index: int) -> Fault:
    """Why nothing can be read of what a key encrypts; "" where nothing is known against it."""
    for key in graph.targets("encrypted_with", index):
        usable = graph.peek(key, "usable")
        if isinstance(usable, Unknown):
            return usable
        if usable is False:
            return f"the key {graph.addresses[key].name} is disabled, or awaits its deletion"
    return ""


def _of_arn(text: str, root: str) -> Part:
    if text in ("{region}", "{account}"):
        return Default(root)
    return Unknown("the ARN of the vault is known in part only", Cause.OUTSIDE_SCAN) if "{" in text else text
