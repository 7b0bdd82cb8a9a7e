"""Hand-built reports: one small and readable, one hostile."""

from __future__ import annotations

from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.finding import Finding, Severity, Step, Verdict
from scanner.model.layer import Layer, Tier
from scanner.model.location import Location, SourceFile, Span
from scanner.model.report import Coverage, Files, Report, Suppressed
from scanner.model.rule import Rule

MAIN = """\
resource "aws_s3_bucket" "logs" {
  bucket = "logs"
}

resource "aws_s3_bucket_versioning" "logs" {
  bucket = aws_s3_bucket.logs.id
  versioning_configuration {
\tstatus = "Disabled"
  }
}

resource "aws_lb" "web" {
  name     = "wéb-日本"
  internal = false
}
"""

UNVERSIONED = Rule(
    id="backup/object-store-unversioned",
    title="Object store without versioning",
    severity=Severity.MEDIUM,
    selects=("object_store",),
    message="{node} keeps no earlier version of its objects",
    description="An overwritten or deleted object cannot be brought back. Who deletes it, deletes it for good.",
    remedy="Enable versioning on the bucket. Keep the versions for 30 days.",
    reads=("versioned",),
    controls={"reference-model": ("storage/persistence",), "nist-800-53": ("CP-9",), "checkov": ("CKV_AWS_21",)},
    package="layerproof.backup.object_store_unversioned",
)
EXPOSED = Rule(
    id="zero-trust/internet-reaches-store",
    title="A store that the internet reaches",
    severity=Severity.CRITICAL,
    selects=("database", "load_balancer"),
    message="{node} is reached from the internet",
    description="Nothing stands between the internet and the data.",
    remedy="Take the balancer off the public subnets.",
    controls={"nist-800-53": ("SC-7",)},
    package="layerproof.zero_trust.internet_reaches_store",
)


def finding(**changes: object) -> Finding:
    """A failed finding of UNVERSIONED at the versioning status, with changes."""
    given: dict[str, object] = {
        "rule": UNVERSIONED.id,
        "principle": "backup",
        "severity": Severity.MEDIUM,
        "verdict": Verdict.FAIL,
        "node": "tf:.#aws_s3_bucket.logs",
        "kind": "object_store",
        "layer": Layer.STORAGE,
        "tier": Tier.CORE,
        "planes": ("declared",),
        "message": "aws_s3_bucket.logs keeps no earlier version of its objects",
        "fingerprint": "5d41402abc4b2a76",
        "location": Location("main.tf", 8, 11, 8, 21),
        "instances": ("tf:.#aws_s3_bucket.logs",),
    }
    return Finding(**(given | changes))  # type: ignore[arg-type]


def exposed(**changes: object) -> Finding:
    """A failed finding of EXPOSED whose path has three stations."""
    path = (
        Step("internet", "anyone", None),
        Step("tf:.#aws_lb.web", "has a public address", Location("main.tf", 12, 1, 12, 24), "forwards_to"),
        Step("tf:.#aws_s3_bucket.logs", "holds the data", Location("main.tf", 1, 1, 1, 32), "forwards_to"),
    )
    given: dict[str, object] = {
        "rule": EXPOSED.id,
        "principle": "zero-trust",
        "severity": Severity.CRITICAL,
        "node": "tf:.#aws_lb.web",
        "kind": "load_balancer",
        "layer": Layer.APPLICATION_NETWORK,
        "tier": Tier.EXTERNAL,
        "message": "aws_lb.web is reached from the internet",
        "fingerprint": "7d793037a0760186",
        "location": Location("main.tf", 14, 14, 14, 19),
        "instances": ("tf:.#aws_lb.web",),
        "path": path,
        "cut": "set internal = true on aws_lb.web",
    }
    return finding(**(given | changes))


def unknown(position: int, reason: str = 'variable "region" has no default', **changes: object) -> Finding:
    node = f"tf:.#aws_s3_bucket.b{position}"
    given: dict[str, object] = {
        "verdict": Verdict.UNKNOWN,
        "reason": reason,
        "node": node,
        "instances": (node,),
        "fingerprint": f"{position:016x}",
        "message": f"aws_s3_bucket.b{position} keeps no earlier version of its objects",
        "location": Location("main.tf", 1, 1, 1, 32),
    }
    return finding(**(given | changes))


def report(**changes: object) -> Report:
    """One critical, one medium, three unknown, one suppressed, an error and a warning."""
    files = Files()
    files.add(SourceFile("main.tf", MAIN.encode()))
    files.add(SourceFile("broken.tf", b'resource "aws_vpc" {\n'))
    given: dict[str, object] = {
        "rules": (UNVERSIONED, EXPOSED),
        "findings": (
            unknown(1),
            finding(),
            exposed(),
            unknown(2),
            unknown(3, "module.vpc is not on disk"),
        ),
        "suppressed": (Suppressed(finding(node="tf:.#aws_s3_bucket.old"), "is deleted this month", "2027-01-31"),),
        "diagnostics": (
            Diagnostic(Level.WARNING, "module-absent", "module vpc is not on disk", None, "run terraform init"),
            Diagnostic(Level.ERROR, "parse-hcl", "expected a label", Span("broken.tf", 9, 18), "close the block"),
        ),
        "coverage": (
            Coverage(".", "partial", "broken.tf does not parse"),
            Coverage("type:aws_quicksight_user", "unmapped", count=2),
            Coverage("type:aws_foo", "unmapped", count=7),
        ),
        "obligations": {"pass": 12, "fail": 2, "unknown": 3},
        "files": files,
        "statistics": {"unknown": {"no default": 2, "module absent": 1}},
    }
    return Report(**(given | changes))  # type: ignore[arg-type]


NASTY = (
    "\x1b[31mred\x1b[0m",
    "::error::boo",
    "##[error]boo",
    "@everyone",
    "<script>alert(1)</script>",
    "\u202egnp.exe",
    "a|b|c",
    "x" * 5000,
    "[click](https://evil.example)",
    "`tick` *bold* #12",
    "new\nline\r\nhere",
    "nul\x00 del\x7f csi\x9b",
    "surrogate \udce9",
    "",
    "]]>",
    "日本語\u0301 e\u0301",
)


def hostile() -> Report:
    """Every text of the report is one of NASTY in turn, paths included."""
    files = Files()
    findings = []
    diagnostics = []
    coverage = []
    for position, name in enumerate(NASTY):
        path = f"dir {position}/{name}.tf"
        files.add(SourceFile(path, b'\tx = "' + name.encode("utf-8", "surrogatepass") + b'"\n' * 3))
        place = Location(path, 1, 2, 1, 3 + len(name))
        steps = (Step(name, name, place, name), Step(name, name, None), Step(name, name, place))[: position % 4]
        texts = {"node": f"tf:{name}#{name}", "message": name, "kind": name, "reason": name, "cut": name}
        findings.append(
            finding(
                **texts,
                location=place,
                path=steps,
                instances=(name, name + "2"),
                assumptions=(name,),
                fingerprint=f"{position:x}",
                verdict=Verdict.UNKNOWN if position % 3 == 0 else Verdict.FAIL,
                rule=f"other/{name}" if position % 2 else UNVERSIONED.id,
                principle=name if position % 2 else "backup",
            )
        )
        diagnostics.append(Diagnostic(Level.ERROR, "parse-hcl", name, Span(path, 1, 4), name))
        coverage.append(Coverage(f"type:{name}", "unmapped", name, count=position))
    return report(
        findings=tuple(findings),
        suppressed=(Suppressed(findings[1], "\x1b]0;title\x07 reason", in_source=False),),
        diagnostics=tuple(diagnostics),
        coverage=tuple(coverage),
        files=files,
        notes=NASTY,
    )
