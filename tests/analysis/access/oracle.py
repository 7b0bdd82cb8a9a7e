"""Random pairs of policies, and what z3 says of them: an encoding of its own, which shares no code with ours.

A request is an action, a resource and a value (or none) for each condition key. Actions are tried class by class;
resources are strings in a regular language (well-formed ARNs, `*` within one segment); keys are strings, reals,
integers (addresses) or booleans, multivalued keys bounded sets.
"""

from __future__ import annotations

import ipaddress
import random
import re
from collections.abc import Iterable
from typing import Any

import z3

from scanner.analysis.access.catalogue import catalogue

Document = dict[str, Any]
SERVICES = ("sqs", "sns", "kinesis")
VERBS = ("Get", "List", "Put", "Delete", "Create")
SET_SIZE = 3  # values that a multivalued key holds at most; two clauses need no more than two


# Pairs


class Maker:
    """Makes pairs of documents: included, overlapping or apart by intent; z3 has the last word."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.known = {
            service: [name for name in catalogue().names if name.lower().startswith(f"{service}:")]
            for service in SERVICES
        }

    def pair(self) -> tuple[Document, Document, str]:
        """(new, reference, intent)."""
        intent = self.random.choices(("included", "overlapping", "apart"), (20, 55, 25))[0]
        rich = self.random.random() < 0.6  # with NotAction, NotResource or conditions
        new = self.document(rich=rich)
        if intent == "included":
            reference = self.wider(new)
        elif intent == "apart":
            reference = self.apart(new, rich=rich)
        else:
            reference = self.near(new, rich=rich)
        return new, reference, intent

    def document(self, *, rich: bool, services: tuple[str, ...] = SERVICES) -> Document:
        count = self.random.randint(1, 3)
        statements = [self.statement(rich=rich, services=services) for _ in range(count)]
        if self.random.random() < 0.35:
            statements.append(self.statement(rich=rich, services=services, effect="Deny"))
        return {"Version": "2012-10-17", "Statement": statements}

    def statement(self, *, rich: bool, services: tuple[str, ...], effect: str = "Allow") -> Document:
        pick = self.random
        found: Document = {"Effect": effect}
        element = "NotAction" if rich and pick.random() < 0.2 else "Action"
        found[element] = [self.action(services) for _ in range(pick.randint(1, 3))]
        element = "NotResource" if rich and pick.random() < 0.25 else "Resource"
        found[element] = [self.resource(services) for _ in range(pick.randint(1, 3))]
        if rich and pick.random() < 0.6:
            found["Condition"] = self.condition()
        return found

    def action(self, services: tuple[str, ...]) -> str:
        service = self.random.choice(services)
        form = self.random.random()
        if form < 0.1 and len(services) == len(SERVICES):
            return "*"
        if form < 0.3:
            return f"{service}:*"
        if form < 0.6:
            return f"{service}:{self.random.choice(VERBS)}*"
        name = self.random.choice(self.known[service])
        return name if form < 0.9 else name.lower()

    def resource(self, services: tuple[str, ...]) -> str:
        pick = self.random
        if pick.random() < 0.15:
            return "*"
        service = pick.choice(services)
        if pick.random() < 0.1:
            return f"arn:aws:{service}:*"
        region = pick.choice(("*", "us-east-1", "us-*", "eu-west-1"))
        account = pick.choice(("*", "111111111111", "222222222222"))
        name = pick.choice(("*", "a", "a*", "*b", "a*b", "ab", "team-?", "team-*", "*/x", "a/*", "prod-*-q", "??"))
        return f"arn:aws:{service}:{region}:{account}:{name}"

    def condition(self) -> Document:
        pick = self.random
        found: Document = {}
        for _ in range(pick.randint(1, 2)):
            operator, key, values = pick.choice(self.clauses())
            if pick.random() < 0.15 and operator != "Null":
                operator += "IfExists"
            found.setdefault(operator, {})[key] = values
        return found

    def clauses(self) -> list[tuple[str, str, list[str]]]:
        pick = self.random
        names = ["alpha", "beta", "al*", "a?pha", "*"]
        some = pick.sample(names, pick.randint(1, 2))
        plain = pick.sample(["alpha", "beta", "gamma", "ALPHA"], pick.randint(1, 2))
        number = str(pick.choice((1, 5, 10)))
        moment = pick.choice(("2024-01-01T00:00:00Z", "2025-06-01T00:00:00Z", "2026-01-01T00:00:00Z"))
        nets = pick.sample(["10.0.0.0/8", "10.1.0.0/16", "192.168.0.0/24", "10.1.2.3"], pick.randint(1, 2))
        arns = pick.sample(["arn:aws:iam::111111111111:role/*", "arn:aws:iam::*:role/x", "arn:aws:iam::*:*"], 1)
        qualifier = pick.choice(("ForAnyValue:", "ForAllValues:"))
        return [
            (pick.choice(("StringEquals", "StringNotEquals")), "aws:PrincipalTag/team", plain),
            (pick.choice(("StringLike", "StringNotLike")), "aws:PrincipalTag/team", some),
            (pick.choice(("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase")), "aws:PrincipalTag/team", plain),
            (qualifier + pick.choice(("StringEquals", "StringNotEquals", "StringLike")), "aws:TagKeys", plain),
            (pick.choice(("NumericLessThan", "NumericGreaterThanEquals", "NumericEquals", "NumericNotEquals")),
             "s3:max-keys", [number]),
            (pick.choice(("DateLessThan", "DateGreaterThan", "DateLessThanEquals")),
             "aws:TokenIssueTime", [moment]),
            (pick.choice(("IpAddress", "NotIpAddress")), "aws:SourceIp", nets),
            (pick.choice(("ArnLike", "ArnNotLike", "ArnEquals")), "aws:PrincipalArn", arns),
            ("Bool", "aws:MultiFactorAuthPresent", [pick.choice(("true", "false"))]),
            ("Null", pick.choice(("aws:PrincipalTag/team", "aws:TokenIssueTime", "aws:MultiFactorAuthPresent",
                                  "aws:TagKeys", "aws:SourceIp")), [pick.choice(("true", "false"))]),
        ]  # fmt: skip

    def wider(self, document: Document) -> Document:
        """A document that surely grants all of another: its Allows widened, Denies kept or dropped."""
        pick = self.random
        kept = []
        for each in document["Statement"]:
            if each["Effect"] == "Deny":
                if pick.random() < 0.5:
                    kept.append(each)
                continue
            changed = dict(each)
            form = pick.random()
            if form < 0.4 and "Resource" in changed:
                changed["Resource"] = [*changed["Resource"], self.resource(SERVICES)]
            elif form < 0.6 and "Resource" in changed:
                changed["Resource"] = [re.sub(r":[^:]*$", ":*", text) for text in changed["Resource"]]
            elif form < 0.8:
                changed.pop("Condition", None)
            elif "NotAction" in changed:
                changed["NotAction"] = changed["NotAction"][:1]
            else:
                changed["Action"] = [*changed["Action"], self.action(SERVICES)]
            kept.append(changed)
        return {"Version": "2012-10-17", "Statement": kept}

    def apart(self, document: Document, *, rich: bool) -> Document:
        """A document that likely grants nothing of another: other services, or its Allows denied again."""
        if self.random.random() < 0.4:
            for each in document["Statement"]:
                if "NotAction" in each:
                    each["Action"] = each.pop("NotAction")
                each["Action"] = [f"sqs:{text.partition(':')[2] or '*'}" for text in each["Action"]]
            return self.document(rich=False, services=("sns", "kinesis"))
        own = self.document(rich=rich)
        denied = [{**each, "Effect": "Deny"} for each in document["Statement"] if each["Effect"] == "Allow"]
        return {"Version": "2012-10-17", "Statement": [*own["Statement"], *denied]}

    def near(self, document: Document, *, rich: bool) -> Document:
        """A document that shares statements with another."""
        own = self.document(rich=rich)["Statement"]
        shared = [each for each in document["Statement"] if self.random.random() < 0.7]
        return {"Version": "2012-10-17", "Statement": [*own[:2], *shared]}


# What z3 says


def rich(document: Document) -> bool:
    """Whether a document uses NotAction, NotResource or Condition."""
    return any(key in each for each in document["Statement"] for key in ("NotAction", "NotResource", "Condition"))


class Oracle:
    """Asks z3 whether some request is granted by `new` and (not) by `reference`."""

    def __init__(self, new: Document, reference: Document, milliseconds: int = 2_000) -> None:
        self.documents = (new, reference)
        self.milliseconds = milliseconds

    def verdicts(self) -> tuple[bool, bool]:
        """Whether `new` grants more than `reference`, and whether both grant something."""
        more = shared = False
        for action, unscoped in self._actions():
            listed = self.documents[0]["Statement"]
            if not any(each["Effect"] == "Allow" and _speaks(each, action) for each in listed):
                continue
            request = _Request(unscoped=unscoped)
            solver = z3.Solver()
            solver.set("timeout", self.milliseconds)
            new, reference = (_granted(each, action, request) for each in self.documents)
            solver.add(request.well_formed(), new)
            more = more or self._finds(solver, z3.Not(reference))
            shared = shared or self._finds(solver, reference)
            if more and shared:
                break
        return more, shared

    def _finds(self, solver: z3.Solver, question: Any) -> bool:
        solver.push()
        solver.add(question)
        found = solver.check()
        solver.pop()
        if found == z3.unknown:
            raise TimeoutError
        return bool(found == z3.sat)

    def _actions(self) -> Iterable[tuple[str, bool]]:
        """One action of each class that the documents tell apart, future ones too; whether it has no resource."""
        names = [
            name for name in catalogue().names if name.lower().startswith(tuple(f"{each}:" for each in SERVICES))
        ]
        names += [f"{service}:{verb}Zzz" for service in SERVICES for verb in ("", *VERBS)] + ["zzz:Zzz"]
        said = [each for document in self.documents for each in document["Statement"]]
        named = [text for each in said for text in each.get("Action", each.get("NotAction"))]
        names += [text for text in named if "*" not in text and catalogue().find(text) is None]
        seen = set()
        for name in names:
            at = catalogue().find(name)
            unscoped = at is not None and not catalogue().types(at)
            signature = (unscoped, *(
                _speaks(each, name) for document in self.documents for each in document["Statement"]))  # fmt: skip
            if signature not in seen:
                seen.add(signature)
                yield name, unscoped


def _speaks(statement: Document, action: str) -> bool:
    def fits(pattern: str) -> bool:
        return re.fullmatch(pattern.lower().replace("*", ".*"), action.lower()) is not None

    if "NotAction" in statement:
        return not any(map(fits, statement["NotAction"]))
    return any(map(fits, statement["Action"]))


def _granted(document: Document, action: str, request: _Request) -> Any:
    parts: dict[str, list[Any]] = {"Allow": [], "Deny": []}
    for each in document["Statement"]:
        if _speaks(each, action):
            parts[each["Effect"]].append(z3.And(request.on(each), request.under(each.get("Condition", {}))))
    return z3.And(z3.Or(*parts["Allow"]), z3.Not(z3.Or(*parts["Deny"])))


_NO_COLON = z3.Star(z3.Diff(z3.AllChar(z3.ReSort(z3.StringSort())), z3.Re(":")))
_ANY = z3.Full(z3.ReSort(z3.StringSort()))


class _Request:
    """The variables of one request."""

    def __init__(self, *, unscoped: bool) -> None:
        self.unscoped = unscoped
        self.resource = z3.String("resource")
        self.absent: dict[str, Any] = {}
        self.facts: list[Any] = []

    def well_formed(self) -> Any:
        if self.unscoped:
            return z3.And(self.resource == "*", *self.facts)
        parts = [z3.Re("arn"), *[x for _ in range(4) for x in (z3.Re(":"), _NO_COLON)], z3.Re(":"), _ANY]
        return z3.And(z3.InRe(self.resource, z3.Concat(*parts)), *self.facts)

    def on(self, statement: Document) -> Any:
        if "NotResource" in statement:
            return z3.Not(z3.Or(*map(self._fits, statement["NotResource"])))
        return z3.Or(*map(self._fits, statement["Resource"]))

    def _fits(self, pattern: str) -> Any:
        if pattern == "*":
            return z3.BoolVal(True)
        if self.unscoped:
            return z3.BoolVal(False)
        parts = pattern.split(":", 5)
        parts += ["*"] * (6 - len(parts))
        told: list[Any] = []
        for number, part in enumerate(parts):
            told += [z3.Re(":")] if number else []
            told.append(_glob(part, _ANY if number == 5 else _NO_COLON, colon=number == 5))
        return z3.InRe(self.resource, z3.Concat(*told))

    def under(self, conditions: Document) -> Any:
        return z3.And(*[
            self._clause(operator, key, values)
            for operator, keys in conditions.items()
            for key, values in keys.items()
        ])  # fmt: skip

    def _clause(self, operator: str, key: str, values: list[str]) -> Any:
        absent = self.absent.setdefault(key, z3.Bool(f"absent {key}"))
        if operator == "Null":
            return absent if values == ["true"] else z3.Not(absent)
        if_exists = operator.endswith("IfExists")
        bare = operator.removesuffix("IfExists")
        if ":" in bare:
            return self._of_set(*bare.split(":"), key, values, absent, if_exists=if_exists)
        negated = "Not" in bare
        held = self._compare(bare.replace("Not", ""), key, "", values)
        present = z3.Not(held) if negated else held
        return z3.If(absent, z3.BoolVal(negated or if_exists), present)

    def _of_set(
        self, qualifier: str, operator: str, key: str, values: list[str], absent: Any, *, if_exists: bool
    ) -> Any:
        each = []
        for number in range(SET_SIZE):
            inside = z3.Bool(f"{key} holds {number}")
            held = self._compare(operator.replace("Not", ""), key, str(number), values)
            passes = z3.Not(held) if "Not" in operator else held
            each.append((inside, passes))
        self.facts.append(z3.Implies(z3.Not(absent), z3.Or(*[inside for inside, _ in each])))
        if qualifier == "ForAllValues":
            return z3.Or(absent, z3.And(*[z3.Implies(inside, passes) for inside, passes in each]))
        some = z3.Or(*[z3.And(inside, passes) for inside, passes in each])
        return z3.If(absent, z3.BoolVal(if_exists), some)

    def _compare(self, operator: str, key: str, number: str, values: list[str]) -> Any:
        name = f"{key}{number}"
        if operator.startswith("String"):
            text = z3.String(name)
            if operator == "StringEquals":
                return z3.Or(*[text == value for value in values])
            if operator == "StringLike":
                return z3.Or(*[z3.InRe(text, _glob(value, _ANY, colon=True)) for value in values])
            return z3.Or(*[z3.InRe(text, _folded(value)) for value in values])
        if operator.startswith("Arn"):
            text = z3.String(name)
            return z3.Or(*[z3.InRe(text, _arn(value)) for value in values])
        if operator.startswith("Numeric"):
            return _order(operator.removeprefix("Numeric"), z3.Real(name), z3.RealVal(values[0]))
        if operator.startswith("Date"):
            years = {"2024-01-01T00:00:00Z": 1, "2025-06-01T00:00:00Z": 2, "2026-01-01T00:00:00Z": 3}
            return _order(operator.removeprefix("Date"), z3.Real(name), z3.RealVal(years[values[0]]))
        if operator == "IpAddress":
            address = z3.Int(name)
            nets = [ipaddress.ip_network(value) for value in values]
            self.facts.append(z3.And(address >= 0, address < 1 << 32))
            return z3.Or(*[z3.And(address >= int(n[0]), address <= int(n[-1])) for n in nets])
        return z3.Bool(name) == (values == ["true"])


def _order(sign: str, left: Any, right: Any) -> Any:
    return {
        "LessThan": left < right, "LessThanEquals": left <= right, "GreaterThan": left > right,
        "GreaterThanEquals": left >= right, "Equals": left == right,
    }[sign]  # fmt: skip


def _glob(pattern: str, star: Any, *, colon: bool) -> Any:
    one = z3.AllChar(z3.ReSort(z3.StringSort()))
    if not colon:
        one = z3.Diff(one, z3.Re(":"))
    parts = [star if sign == "*" else one if sign == "?" else z3.Re(sign) for sign in pattern]
    return z3.Concat(*parts) if len(parts) > 1 else parts[0] if parts else z3.Re("")


def _arn(pattern: str) -> Any:
    told: list[Any] = []
    for number, part in enumerate(pattern.split(":", 5)):
        told += [z3.Re(":")] if number else []
        told.append(_glob(part, _ANY if number == 5 else _NO_COLON, colon=number == 5))
    return z3.Concat(*told)


def _folded(text: str) -> Any:
    return z3.Concat(*[z3.Union(z3.Re(sign.lower()), z3.Re(sign.upper())) for sign in text])
