"""The configuration that `init` proposes: what a tree holds, in the words of layerproof.toml."""

from __future__ import annotations

import json
import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from scanner import scan
from scanner.cli import common
from scanner.graph.columns import Graph
from scanner.model.counted import counted
from scanner.model.layer import Tier

_FEW = 3
_STANDING = ("network", "subnet", "namespace", "workload", "instance", "instance_group", "load_balancer")
# Words of names to the tier of the reference model that they speak for (layer 1: core commands and controls,
# external is the DMZ, internal the rest); data stores are core already.
_WORDS = {
    Tier.EXTERNAL: ("public", "dmz", "edge", "gateway", "ingress", "bastion-public", "proxy"),
    Tier.CORE: ("database", "databases", "db", "data", "intra", "postgres", "mysql", "mongo", "redis", "kafka",
                "vault", "kube-system", "argocd", "monitoring", "cert-manager", "istio-system", "control"),
    Tier.INTERNAL: ("private", "app", "apps", "internal", "services"),
}  # fmt: skip
_SYSTEMS = {"cilium.io/": "cilium", "crd.projectcalico.org/": "calico", "projectcalico.org/": "calico"}
_HEAD = """\
# Written by `layerproof init`. It says nothing that is not the default: remove the # of what is right for you.
# `layerproof config show` prints what is in force. Keys that run, load or send something count only outside the
# scanned tree, so they are not among these.

# A scan exits with 1 from this severity on: critical, high, medium, low, never.
# fail_on = "high"
# fail_on_unknown = "never"

# What is not scanned, as in .gitignore.
# exclude = ["examples/", "tests/"]
"""
_SCOPE = """\
# Where the scan holds all there is, absence is a fact and no longer unknown:
# backup, guardrails, admission, trust, network.
# [scope]
# complete = ["backup"]
"""
_TAIL = """\
# What is accepted, with a reason and an end:
# [[ignore]]
# rule = "backup/object-store-unversioned"
# address = "*aws_s3_bucket.scratch*"
# reason = "rebuilt every night"
# until = 2027-01-31
"""


def configuration(path: Path) -> str:
    """The text of a commented layerproof.toml for a directory."""
    tree, config, chosen = common.prepare([path], None, None, ())
    given = {
        "var_files": (), "variables": (), "workspace": None, "helm_values": (), "no_render": True, "jobs": None,
    }  # fmt: skip
    target = common.target(tree, config, chosen, given)
    graph = scan.build(target, scan.read(target), config).graph
    names = tree.names()
    # in TOML what follows a table belongs to it, so that single keys come first
    parts = [
        _HEAD,
        _clusters(graph),
        _found(graph),
        _roots(names, graph),
        _charts(names),
        _tiers(graph),
        _SCOPE,
        _TAIL,
    ]
    return "\n".join(each for each in parts if each)


def _found(graph: Graph) -> str:
    """What was found, for the reader."""
    roots = [graph.addresses[each].root for each in graph.nodes("root") if graph.addresses[each].scheme == "tf"]
    told = ", ".join((_counted(graph, "workload"), _counted(graph, "cluster"), counted(len(graph), "node")))
    lines = [f"# Found: {counted(len(roots), 'root module')} of Terraform, {told}."]
    shown = [_quoted(each) for each in roots[:_FEW]]
    if shown:
        more = f" and {len(roots) - _FEW} more" if len(roots) > _FEW else ""
        lines.append(f"# Root modules: {', '.join(shown)}{more}")
    return "\n".join(lines) + "\n"


def _counted(graph: Graph, kind: str) -> str:
    return counted(sum(each not in graph.stand_ins for each in graph.nodes(kind)), kind)


def _roots(names: Sequence[str], graph: Graph) -> str:
    """An environment for each variable file that Terraform does not load by itself, beside or below its root."""
    roots = {graph.addresses[each].root for each in graph.nodes("root") if graph.addresses[each].scheme == "tf"}
    lines = []
    for name in names:
        base = posixpath.basename(name)
        if not base.endswith(".tfvars") or base == "terraform.tfvars" or base.endswith(".auto.tfvars"):
            continue
        root = next((each for each in _above(name) if each in roots), None)
        if root is None:
            continue
        stem = base.removesuffix(".tfvars")
        called = stem if stem != "terraform" else posixpath.basename(posixpath.dirname(name))
        lines += ["# [[roots]]", f"# path = {_quoted(root)}", f"# name = {_quoted(_plain(called))}",
                  f"# var_files = [{_quoted(name)}]"]  # fmt: skip
    return _section("One entry for each time that a root is applied, with its values.", lines)


def _above(name: str) -> Iterator[str]:
    folder = posixpath.dirname(name)
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
    yield "."


def _charts(names: Sequence[str]) -> str:
    """An entry for each values file beside a chart that is not its default."""
    charts = {posixpath.dirname(each) or "." for each in names if posixpath.basename(each) == "Chart.yaml"}
    lines = []
    for name in names:
        folder, base = posixpath.dirname(name) or ".", posixpath.basename(name)
        found = re.fullmatch(r"values[-._](.+)\.ya?ml", base)
        if found and folder in charts:
            lines += ["# [[charts]]", f"# path = {_quoted(folder)}", f"# name = {_quoted(_plain(found[1]))}",
                      f"# values = [{_quoted(name)}]"]  # fmt: skip
    return _section("How Helm charts are rendered.", lines)


def _clusters(graph: Graph) -> str:
    """The version of clusters, and what carries out network policies."""
    lines = []
    versions = {
        version
        for each in graph.nodes("cluster")
        if isinstance(version := graph.peek(each, "version"), str) and re.fullmatch(r"1\.\d+", version)
    }
    if versions:
        oldest = min(versions, key=lambda each: int(each.partition(".")[2]))
        lines.append(f"# kubernetes_version = {_quoted(oldest)}")
    types = {str(graph.peek(each, "type")) for each in graph.nodes("network_policy")}
    plugins = sorted({plugin for lead, plugin in _SYSTEMS.items() if any(each.startswith(lead) for each in types)})
    if plugins:
        lines.append(f"# network_plugin = {_quoted(plugins[0])}")
    return _section(
        "Clusters: the version that manifests are judged for; what carries out network policies.", lines
    )


def _tiers(graph: Graph) -> str:
    """A selector for each word of a tier that names of one kind hold."""
    found: dict[tuple[Tier, str, str], list[str]] = defaultdict(list)
    for kind in _STANDING:
        for index in graph.nodes(kind):
            if index in graph.stand_ins or graph.declared_tiers[index] is not None:
                continue
            address = graph.addresses[index]
            told = _tier(address.name.rpartition("/")[2] if address.scheme == "k8s" else address.name)
            if told is not None:
                found[*told, kind].append(address.name)
    lines = []
    for (tier, word, kind), names in sorted(found.items(), key=lambda each: (each[0][0].value, *each[0][1:])):
        shown = ", ".join(sorted(set(names))[:_FEW])
        more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
        lines += ["# [[tiers]]", f"# tier = {_quoted(tier.value)}", f"# kind = {_quoted(kind)}",
                  f"# address = {_quoted(f'*{word}*')} # {_plain_line(shown)}{more}"]  # fmt: skip
    title = (
        "Tiers by names: core (command and control, data), internal (applications), external (what faces outward)."
    )
    return _section(title, lines)


def _tier(name: str) -> tuple[Tier, str] | None:
    """The tier that a word of a name speaks for, the longest word first."""
    lowered = name.lower()
    words = set(re.split(r"[^a-z0-9]+", lowered))
    for tier, known in _WORDS.items():
        for word in sorted(known, key=len, reverse=True):
            if word in words or ("-" in word and word in lowered):
                return tier, word
    return None


# text


def _section(title: str, lines: Sequence[str]) -> str:
    return "\n".join([f"# {title}", *lines]) + "\n" if lines else ""


def _quoted(text: str) -> str:
    """A string of TOML."""
    return json.dumps(text)  # a basic string of TOML escapes as JSON does


def _plain(text: str) -> str:
    """A name as the configuration takes it."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text)


def _plain_line(text: str) -> str:
    """A text for a comment, on one line."""
    from scanner.report.escape import visible  # noqa: PLC0415 - only where something was found

    return visible(text)
