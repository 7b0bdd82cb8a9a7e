"""What checkov, trivy and kube-linter report of a tree, resource by resource, and what became of it with us.

    python -m tests.benchmarks.recall [TREE...] [--checkov FILE] [--trivy FILE] [--kube-linter FILE] [--kept DIR]
        [--open] [--every]

Trees default to $LAYERPROOF_TERRAGOAT and $LAYERPROOF_EKS, checkov to $LAYERPROOF_CHECKOV, trivy to
$LAYERPROOF_TRIVY, kube-linter to $LAYERPROOF_KUBE_LINTER (it names files and objects, no lines: run it over what
`workloads.py --out` writes, a file for each object). A peer's check that fired on a block of code is

- covered: a rule of ours that stands for the check (its `controls`, `rules/peers/same.toml`) fails on that block
- unknown: such a rule has no verdict there, and says why
- differs: we judge otherwise there, and `rules/peers/declined.toml` says why (`[[differs]]`)
- declined: `rules/peers/declined.toml` says why no rule of ours tells of it (`[[declined]]`)
- open: none of these. `--open` lists each of them with its place and the verdicts of our rules on it.

The comparison is by place, not by name: a check counts once for each block on which it fired. With --kept what the
peers say is kept in a directory and read from there the next time. Nothing is asserted; the last line counts.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from scanner import scan
from scanner.cli import common
from scanner.engine.declined import differing, reason_of, same
from scanner.model.rule import Rule

STATES = ("covered", "unknown", "differs", "declined", "open")
_READ = ("terraform", "kubernetes", "helm", "yaml", "json")
_PADDED = re.compile(r"(KSV|KCV)-?0*(\d+)")


class Fired(NamedTuple):
    """A check of a peer that failed: where, in lines of a file of the tree (0 to 0: anywhere in the file)."""

    peer: str
    check: str
    path: str
    first: int
    last: int
    resource: str
    title: str


@dataclass(slots=True)
class Judged:
    """A tree as we judge it: verdicts by rule and node, blocks by file, findings by rule and place."""

    blocks: Mapping[str, Sequence[tuple[int, int, int]]]  # path -> (first line, last line, node)
    failed: Mapping[str, set[int]]
    unknown: Mapping[str, set[int]]
    decided: Mapping[str, set[int]]
    places: Mapping[str, set[tuple[str, int]]]


# what the peers say


def spelled(check: str) -> str:
    """An id as newer versions of trivy spell it: KSV-0001, AWS-0028."""
    check = check.removeprefix("AVD-")
    found = _PADDED.fullmatch(check)
    return f"{found[1]}-{int(found[2]):04}" if found else check


def checkov(program: str, tree: Path) -> str:
    with tempfile.TemporaryDirectory() as home:
        command = [program, "-d", str(tree), "--framework", "terraform", "kubernetes", "-o", "json", "--compact",
                   "--quiet", "--skip-download"]  # fmt: skip
        environment = {"PATH": os.environ.get("PATH", ""), "HOME": home, "LOG_LEVEL": "ERROR"}
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environment).stdout


def trivy(program: str, tree: Path) -> str:
    command = [program, "config", "--skip-check-update", "--quiet", "--format", "json", str(tree)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def kube_linter(program: str, tree: Path) -> str:
    # pdb-min-available ends the program on a workload without replicas
    command = [
        program,
        "lint",
        "--add-all-built-in",
        "--exclude",
        "pdb-min-available",
        "--format",
        "json",
        str(tree),
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def from_checkov(told: str, tree: Path) -> Iterator[Fired]:
    data = json.loads(told or "[]")
    for report in data if isinstance(data, list) else [data]:
        for each in report.get("results", {}).get("failed_checks", ()):
            place = Path(each["file_abs_path"])
            path = place.relative_to(tree).as_posix() if place.is_relative_to(tree) else str(place)
            first, last = each["file_line_range"]
            yield Fired("checkov", each["check_id"], path, first, last, each["resource"], each["check_name"])


def from_trivy(told: str, tree: Path) -> Iterator[Fired]:
    for result in json.loads(told or "{}").get("Results") or ():
        if result.get("Type") not in _READ:
            continue  # what we do not read at all: Dockerfiles, CloudFormation
        for each in result.get("Misconfigurations") or ():
            cause = each.get("CauseMetadata") or {}
            rendered = result.get("Type") == "helm"  # lines of what the chart rendered, not of its template
            first, last = (0, 0) if rendered else (cause.get("StartLine", 0), cause.get("EndLine", 0))
            yield Fired("trivy", spelled(each["ID"]), result["Target"], first, last,
                        cause.get("Resource", ""), each["Title"])  # fmt: skip


def from_kube_linter(told: str, tree: Path) -> Iterator[Fired]:
    for each in json.loads(told or "{}").get("Reports") or ():
        about, place = each["Object"]["K8sObject"], Path(each["Object"]["Metadata"]["FilePath"])
        path = place.relative_to(tree).as_posix() if place.is_relative_to(tree) else str(place)
        resource = f"{about['GroupVersionKind']['Kind']}/{about['Name']}"
        yield Fired("kube-linter", each["Check"], path, 0, 0, resource, each["Diagnostic"]["Message"])


PEERS = ("checkov", "trivy", "kube-linter")
_ASKED = {"checkov": checkov, "trivy": trivy, "kube-linter": kube_linter}
READERS = {"checkov": from_checkov, "trivy": from_trivy, "kube-linter": from_kube_linter}


def widened(told: set[Fired]) -> set[Fired]:
    """Lines of a resource as the widest of its firings: some checks point at one line of it."""
    widest: dict[tuple[str, str], tuple[int, int]] = {}
    for each in told:
        if each.resource and each.last:
            first, last = widest.get((each.path, each.resource), (each.first, each.last))
            widest[each.path, each.resource] = (min(first, each.first), max(last, each.last))
    found = set()
    for each in told:
        first, last = widest.get((each.path, each.resource), (each.first, each.last)) if each.last else (0, 0)
        found.add(each._replace(first=first, last=last))
    return found


def asked(name: str, program: str, tree: Path, kept: Path | None) -> str:
    """What a peer says of a tree, from the directory where it was kept."""
    file = kept / f"{tree.name}.{name}.json" if kept else None
    if file is not None and file.exists():
        return file.read_text("utf-8")
    told = _ASKED[name](program, tree)
    if file is not None:
        file.write_text(told, "utf-8")
    return told


# what we say


def judged(tree: Path, rules: Sequence[Rule]) -> Judged:
    files, config, chosen = common.prepare([tree], tree, None, ())
    given: dict[str, Any] = {"var_files": (), "variables": (), "workspace": None, "jobs": 1}
    target = common.target(files, config, chosen, {**given, "helm_values": (), "no_render": False})
    built = scan.build(target, scan.read(target), config)
    report, judgement = scan.judge(built, config, scan.Judging(rules, date.today(), inline_ignores=False))
    graph = built.graph
    blocks: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for index, span in enumerate(graph.spans):
        if graph.addresses[index].name != "root":
            for each in (span, graph.bodies[index]):
                if each is not None:
                    place = files.files.locate(each)
                    blocks[place.path].append((place.line, place.end_line, index))
    places: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for finding in report.findings:
        steps = [finding.location, *(step.location for step in finding.path)]
        if finding.verdict.value == "fail":
            places[finding.rule] |= {(each.path, each.line) for each in steps if each is not None}
    return Judged(blocks, judgement.failed, judgement.unknown, judgement.decided, places)


def state(fired: Fired, ours: Judged, rules: Sequence[str]) -> str:
    """One of STATES for one firing, given the rules that name its check."""
    nodes = {
        node
        for first, last, node in ours.blocks.get(fired.path, ())
        if not fired.last or (first <= fired.last and last >= fired.first)
    }
    held = [
        (path, line)
        for rule in rules
        for path, line in ours.places.get(rule, ())
        if path == fired.path and (not fired.last or fired.first <= line <= fired.last)
    ]
    if held or any(nodes & ours.failed.get(rule, set()) for rule in rules):
        return "covered"
    if any(nodes & ours.unknown.get(rule, set()) for rule in rules):
        return "unknown"
    if differing(fired.check) is not None:
        return "differs"
    return "declined" if reason_of(fired.check) is not None else "open"


def verdicts(fired: Fired, ours: Judged, rules: Sequence[str]) -> str:
    """What our rules said of the nodes of a block, for whoever reads the open ones."""
    nodes = {
        n for first, last, n in ours.blocks.get(fired.path, ()) if first <= fired.last and last >= fired.first
    }
    if not rules:
        return "no rule names the check"
    passed = [rule for rule in rules if nodes & ours.decided.get(rule, set())]
    return f"passes {', '.join(passed)}" if passed else f"not asked by {', '.join(rules)}"


# the table


def main() -> None:
    options = _options()
    rules, _ = common.load_rules()
    named: dict[str, list[str]] = defaultdict(list)
    for rule in rules:
        for peer in PEERS:
            for check in rule.controls.get(peer, ()):
                named[spelled(check)].append(rule.id)
    for check, ids in same().items():
        named[spelled(check)].extend(ids)
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    titles: dict[tuple[str, str], str] = {}
    for name in options.trees:
        tree = Path(name).resolve()
        told: set[Fired] = set()
        for peer in PEERS:
            if program := getattr(options, peer.replace("-", "_")):
                told |= set(READERS[peer](asked(peer, program, tree, options.kept), tree))
        ours = judged(tree, rules)
        for each in sorted(widened(told)):
            became = state(each, ours, named[each.check])
            counts[each.peer, each.check][became] += 1
            titles[each.peer, each.check] = each.title
            if options.open and became == "open":
                told_of = verdicts(each, ours, named[each.check])
                print(f"{tree.name}/{each.path}:{each.first}-{each.last} {each.resource} {each.check}: {told_of}")
    _print(counts, titles, every=options.every)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trees", nargs="*")
    parser.add_argument("--checkov", default=os.environ.get("LAYERPROOF_CHECKOV", ""))
    parser.add_argument("--trivy", default=os.environ.get("LAYERPROOF_TRIVY", ""))
    parser.add_argument("--kube-linter", default=os.environ.get("LAYERPROOF_KUBE_LINTER", ""))
    parser.add_argument("--kept", type=Path, help="directory that keeps what the peers said")
    parser.add_argument("--open", action="store_true", help="list what is open")
    parser.add_argument("--every", action="store_true", help="print checks that are not open, too")
    options = parser.parse_args()
    here = [os.environ[name] for name in ("LAYERPROOF_TERRAGOAT", "LAYERPROOF_EKS") if os.environ.get(name)]
    options.trees = options.trees or here
    if not options.trees:
        parser.error("name a tree, or set LAYERPROOF_TERRAGOAT or LAYERPROOF_EKS")
    return options


def _print(
    counts: Mapping[tuple[str, str], Counter[str]], titles: Mapping[tuple[str, str], str], *, every: bool
) -> None:
    print(f"{'check':<16}{'fired':>7}" + "".join(f"{each:>10}" for each in STATES))
    total: Counter[str] = Counter()
    for key, row in sorted(counts.items(), key=lambda item: (-item[1]["open"], item[0])):
        total.update(row)
        if every or row["open"]:
            told = "".join(f"{row[each]:>10}" for each in STATES)
            print(f"{key[1]:<16}{row.total():>7}{told}  {titles[key][:90]}")
    print(f"{len(counts)} checks{'':<6}{total.total():>7}" + "".join(f"{total[each]:>10}" for each in STATES))
    still = sum(row["open"] > 0 for row in counts.values())
    print(f"open {still} (checks), {total['open']} (times fired)")


if __name__ == "__main__":
    main()
