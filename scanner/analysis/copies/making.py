"""What the rules of a plan make of a store that they select: points in a vault, copies in others.

Abilities by type: AWS Backup Developer Guide, "Feature availability by resource" and "Copy a backup".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from scanner.analysis.copies.globs import written
from scanner.analysis.copies.observation import POINT_IN_TIME, Fault, Observation, Told, first, worst
from scanner.analysis.copies.places import Part, Place, part, same_part
from scanner.analysis.copies.schedule import longest_gap
from scanner.analysis.copies.vaults import Vault, Vaults
from scanner.graph.columns import Graph
from scanner.model.backup import Backup
from scanner.model.value import Cause, Unknown, Value

_MINUTES = 5 / 60
_COLD = 90  # days that a point stays in cold storage at least (API Lifecycle)
_CONTINUOUS = 35  # days that continuous backups last at most (Developer Guide, "Continuous backups")


class Ability(NamedTuple):
    """What AWS Backup can do with a type. `service` is where its own snapshots lie; None where every point is in
    the vault (full management). `both`: other Region and other account in one action."""

    service: str | None
    region: bool = True
    account: bool = True
    both: bool = True
    continuous: bool = False


_ABILITIES = {
    "EBS": Ability("ebs"),
    "EC2": Ability("ebs"),
    "RDS": Ability("rds", both=False, continuous=True),
    "Aurora": Ability("aurora", both=False, continuous=True),
    "DocumentDB": Ability("docdb", both=False),
    "Neptune": Ability("neptune", both=False),
    "DynamoDB": Ability("dynamodb"),
    "EFS": Ability(None),
    "S3": Ability(None, continuous=True),
    "FSx": Ability("fsx"),
    "FSx for OpenZFS": Ability("fsx"),
    "Redshift": Ability("redshift", region=False, account=False),
    "Redshift Serverless": Ability("redshift-serverless", region=False, account=False),
    "Timestream": Ability(None),
}
_DYNAMO = Unknown(
    "whether AWS Backup manages DynamoDB fully (advanced features) is a setting of the account that nothing here "
    "tells; without it points are not copied elsewhere",
    Cause.OUTSIDE_SCAN,
)
_BOTH = Unknown(
    "at first AWS Backup could copy this type to another Region or another account, not both in one action; only "
    "copy jobs tell",
    Cause.OUTSIDE_SCAN,
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What of a store matters to a plan; stores that agree in it get the same copies."""

    type: str
    account: Part
    region: Part
    versioned: Told = True
    own_key: Told = False
    keyed: Told = True  # not under a key that AWS manages, which no other account can use


class Making:
    """The copies that plans make, worked out once for stores that are alike."""

    def __init__(self, graph: Graph, vaults: Vaults, needs: Backup, *, complete: bool) -> None:
        self._graph = graph
        self._vaults = vaults
        self._needs = needs
        self._complete = complete
        self._either: dict[str, Unknown] = {}
        self.faults: dict[tuple[int, str, str], None] = {}  # plan, attribute, what is wrong with it

    def of(self, plan: int, subject: Subject) -> tuple[list[Observation], Unknown | None]:
        """What a plan makes of a store, and why it may make more."""
        rules = self._graph.peek(plan, "rules")
        if not isinstance(rules, list):
            why = rules if isinstance(rules, Unknown) else Unknown("the rules of a plan are not known")
            return [], why
        found: list[Observation] = []
        more: Unknown | None = None
        for position, rule in enumerate(rules):
            if isinstance(rule, Unknown):
                more = first(more, rule)
            else:
                made, unclear = self._rule(plan, position, rule, subject)
                found.extend(made)
                more = first(more, unclear)
        return found, more

    def _rule(
        self, plan: int, position: int, rule: Mapping[str, Value], subject: Subject
    ) -> tuple[list[Observation], Unknown | None]:
        ability = _ABILITIES.get(subject.type)
        if ability is None:
            return [], None
        context = _Context(plan, f"rules[{position}]", rule, subject, ability)
        hours, never = _gap(rule)
        vault, wrong = self.vault(rule.get("vault"), plan)
        wrong = "" if rule.get("vault_found") is True and vault is not None else wrong
        own = rule.get("fault")
        keep = rule.get("keep_days")
        written = self._noted(context, never, wrong, lifecycle_fault(rule, keep))
        refused = "" if vault is None else barred(vault, keep)
        fault = worst("" if own is None else own, written, refused, _unversioned(subject))
        if vault is not None and ability.service is None:  # what the service keeps itself has the store's own key
            fault = worst(fault, vault.key_fault)
        point = self._point(context, vault, hours, fault)
        made = [point]
        copies = rule.get("copies")
        if isinstance(copies, Unknown):
            return made, copies
        asked = list(copies or ())
        if rule.get("air_gapped") is not None:
            asked.append({"vault": rule["air_gapped"], "keep_days": rule.get("keep_days"), "air_gapped": True})
        made.extend(self._copy(context, point, copy, hours) for copy in asked)
        return made, None

    def _noted(self, context: _Context, *faults: Fault) -> Fault:
        """The first fault of what is written, remembered; "" without one."""
        found = worst(*faults)
        if isinstance(found, str) and found:
            self.faults.setdefault((context.plan, context.at, found))
        return found

    def vault(self, named: Value, plan: int) -> tuple[Vault | None, Fault]:
        """The vault that a rule names, and what is wrong with the name."""
        if named is None:
            return None, ""
        try:
            vault = self._vaults.called(named, plan)
        except ValueError as error:
            return None, written(str(error))
        if isinstance(vault.name, Unknown) and vault.node is None:
            return vault, vault.name
        absent = vault.node is None and isinstance(vault.name, str) and vault.name not in _GIVEN
        if self._complete and absent and _here(self._graph, plan, vault):
            return vault, f"the vault {vault.name} does not exist"
        return vault, ""

    def _point(self, context: _Context, vault: Vault | None, hours: Value, fault: Fault) -> Observation:
        subject, rule = context.subject, context.rule
        store, region = self._store(context, vault), subject.region
        keep = rule.get("keep_days")
        continuous = rule.get("continuous")
        if continuous is True and context.ability.continuous:
            hours = _MINUTES
        elif isinstance(continuous, Unknown) and context.ability.continuous:
            hours = continuous
        lock: str | Unknown = "" if vault is None else vault.lock
        if subject.type == "DynamoDB":  # a lock does not hold what the service keeps itself
            lock = lock if isinstance(store, str) and store.startswith("vault:") else _unless_none(lock, store)
        own_key = subject.own_key if context.ability.service is not None else vault.own_key if vault else False
        return Observation(
            POINT_IN_TIME,
            Place("aws", subject.account, region, store),
            "backup-store",
            _told(fault),
            _why(fault, "made by a rule of a backup plan"),
            context.plan,
            context.at,
            hours,
            keep,
            lock,
            dies=False,
            sealed=_sealed_here(lock, own_key),
        )

    def _store(self, context: _Context, vault: Vault | None) -> str | Unknown:
        ability = context.ability
        if context.subject.type == "DynamoDB":
            managed = self._managed(context.plan, "DynamoDB")
            if managed is None:  # in the vault or with the service: points of one vault lie together
                named = vault.name if vault is not None and isinstance(vault.name, str) else ""
                return self._either.setdefault(named, Unknown(_DYNAMO.reason, _DYNAMO.cause))
            ability = ability if not managed else ability._replace(service=None)
        if ability.service is None or not self._needs.native_store_counts_once:
            name = None if vault is None else vault.name
            return name if isinstance(name, Unknown) else f"vault:{name or 'unnamed'}"
        return f"native:{ability.service}"

    def _managed(self, plan: int, type_: str) -> bool | None:
        said = self._graph.peek(plan, "managed")
        found = said.get(type_) if isinstance(said, Mapping) else None
        return found if isinstance(found, bool) else None

    def _copy(self, context: _Context, point: Observation, copy: Mapping[str, Value], hours: Value) -> Observation:
        subject, ability = context.subject, context.ability
        source = point.counts
        keep = copy.get("keep_days")
        if "region" in copy:  # DLM: another Region of the same account
            region = copy["region"]
            place = Place("aws", subject.account, _known(region), f"native:{ability.service}")
            why = "copied by the policy" if point.counts is True else point.why
            return replace(point, place=place, hours=hours, keep_days=keep, why=why)
        vault, wrong = self.vault(copy.get("vault"), context.plan)
        if vault is None:
            why = _why(self._noted(context, wrong), "it names no vault")
            return replace(point, counts=False, why=why, hours=hours, keep_days=keep)
        if copy.get("air_gapped") is True:  # the rule takes no other vault there
            vault = replace(vault, air_gapped=True)
        region = vault.region
        written = self._noted(context, wrong, lifecycle_fault(copy, keep))
        fault = worst(written, barred(vault, keep), vault.key_fault, self._unable(context, vault))
        place = Place("aws", vault.owner, region, self._copied_store(context, vault))
        lock = vault.lock if vault.air_gapped is not True else "compliance"
        told = source if source is not True else _told(fault)
        return Observation(
            POINT_IN_TIME,
            place,
            "backup-store",
            told,
            point.why if source is not True else _why(fault, "copied to another vault by a rule of a backup plan"),
            context.plan,
            context.at,
            hours,
            keep,
            lock,
            dies=False,
            sealed=_sealed(vault, lock, subject.account),
        )

    def _copied_store(self, context: _Context, vault: Vault) -> str | Unknown:
        if vault.air_gapped is True:
            return vault.name if isinstance(vault.name, Unknown) else f"vault:{vault.name}"
        return self._store(context, vault)

    def _unable(self, context: _Context, vault: Vault) -> Fault:
        """Why AWS Backup cannot copy this type there."""
        subject, ability = context.subject, context.ability
        other_region = _other(vault.region, subject.region)
        other_account = _other(vault.account, subject.account)
        if subject.type == "DynamoDB" and (other_region is not False or other_account is not False):
            managed = self._managed(context.plan, "DynamoDB")
            if managed is not True:
                return _DYNAMO if managed is None else "points of DynamoDB are copied only under full management"
        if other_region is True and not ability.region:
            return Unknown(
                f"AWS Backup could not always copy {subject.type} to another Region; only copy jobs tell"
            )
        if other_account is True:
            barrier = self._across(context, vault)
            if isinstance(barrier, Unknown) or barrier:
                return barrier
        if other_region is True and other_account is True and not ability.both:
            return _BOTH
        return ""

    def _across(self, context: _Context, vault: Vault) -> Fault:
        """Why a copy to another account is refused (Developer Guide, "Creating backup copies across accounts")."""
        if isinstance(vault.name, str) and vault.name == "Default":
            return "copies to the default vault of another account are refused, since its key is not shared"
        if self._graph.peek(context.plan, "crosses_accounts") is False:
            return "its organization does not let backups cross accounts (isCrossAccountBackupEnabled)"
        keyed = context.subject.keyed if context.ability.service in _BY_KEY else True
        if keyed is False:
            return "what a key of AWS's own encrypts is not copied to another account, since the key is not shared"
        return worst(vault.closed, keyed if isinstance(keyed, Unknown) else "")


# Snapshots that a copy to another account decrypts with the source's key.
_BY_KEY = ("rds", "aurora", "docdb", "neptune")
_GIVEN = ("Default", "aws/efs/automatic-backup-vault")


@dataclass(frozen=True, slots=True)
class _Context:
    plan: int
    at: str
    rule: Mapping[str, Value]
    subject: Subject
    ability: Ability


def _unless_none(lock: str | Unknown, store: str | Unknown) -> str | Unknown:
    """A lock that holds only if the store turns out to be a vault."""
    return store if isinstance(store, Unknown) and (isinstance(lock, Unknown) or lock) else ""


def _gap(rule: Mapping[str, Value]) -> tuple[Value, str]:
    schedule = rule.get("schedule")
    if isinstance(schedule, Unknown) or schedule is None:
        return schedule, ""
    try:
        return longest_gap(str(schedule)), ""
    except ValueError as error:
        return None, f"the schedule {error}"


def _unversioned(subject: Subject) -> Fault:
    if subject.type != "S3" or subject.versioned is True:
        return ""
    return (
        subject.versioned
        if isinstance(subject.versioned, Unknown)
        else "AWS Backup takes only buckets with versioning"
    )


def barred(vault: Vault, keep: Value) -> Fault:
    """A locked vault refuses jobs whose retention lies outside its bounds (Developer Guide, "AWS Backup Vault
    Lock")."""
    low, high = vault.shortest, vault.longest
    if isinstance(keep, Unknown) or isinstance(low, Unknown) or isinstance(high, Unknown):
        bound = next((each for each in (keep, low, high) if isinstance(each, Unknown)), None)
        return bound if bound is not None and not (low is None and high is None) else ""
    if isinstance(low, (int, float)) and keep is not None and keep < low:
        return f"the vault's lock refuses a retention of {keep:g} days; its shortest is {low:g}"
    if isinstance(high, (int, float)) and (keep is None or keep > high):
        told = "for ever" if keep is None else f"of {keep:g} days"
        return f"the vault's lock refuses a retention {told}; its longest is {high:g} days"
    return ""


def lifecycle_fault(copy: Mapping[str, Value], keep: Value) -> Fault:
    """What moves to cold storage stays there for ninety days (API Lifecycle)."""
    cold = copy.get("cold_days")
    if cold is not None and keep is not None:
        unclear = next((each for each in (cold, keep) if isinstance(each, Unknown)), None)
        if unclear is not None:
            return unclear
    if isinstance(keep, (int, float)) and keep < 0:
        return f"a retention of {keep:g} days is none"
    if isinstance(cold, (int, float)) and isinstance(keep, (int, float)) and cold + _COLD > keep:
        return f"moved to cold storage after {cold:g} days it must be kept {cold + _COLD:g} days, not {keep:g}"
    return ""


def _told(fault: Fault) -> Told:
    return fault if isinstance(fault, Unknown) else not fault


def _why(fault: Fault, otherwise: str) -> str:
    return fault.reason if isinstance(fault, Unknown) else (fault or otherwise)


def _known(value: Value) -> Part:
    return value if isinstance(value, (str, Unknown)) else Unknown("the Region of a copy is not written")


def _other(there: Part, here: Part) -> bool | None:
    same = same_part(there, here)
    return None if same is None else not same


def _sealed_here(lock: str | Unknown, own_key: Told) -> Told:
    """Beside the primary: only a lock that nobody can undo, and a key that its account cannot delete."""
    if isinstance(lock, Unknown):
        return lock
    if lock != "compliance":
        return False
    return own_key if isinstance(own_key, Unknown) else not own_key


def _sealed(vault: Vault, lock: str | Unknown, account: Part) -> Told:
    other = _other(vault.owner, account)
    if other is None:
        return Unknown("whether the vault lies in the account of the data cannot be told", Cause.OUTSIDE_SCAN)
    if not other:
        return _sealed_here(lock, vault.own_key)
    return vault.key_account is None or _other(vault.key_account, account) is not False


def _here(graph: Graph, plan: int, vault: Vault) -> bool:
    root = graph.addresses[plan].root
    same_region = same_part(vault.region, part(graph.peek(plan, "region"), root))
    account = part(graph.peek(plan, "account"), root)
    told = not isinstance(account, Unknown)  # of a plan whose account is not told no vault is missing
    return same_region is True and told and same_part(vault.account, account) is True


def parts_of(graph: Graph, index: int) -> tuple[Part, Part]:
    """Account and region of a node."""
    root = graph.addresses[index].root
    return part(graph.peek(index, "account"), root), part(graph.peek(index, "region"), root)
