"""The same topology gives the same verdict as code, as a plan, as a state and as a live account (issue 7, item 2).

The recordings are made by `tests.analysis.network.planes`: by terraform 1.11 with its AWS provider 6 (plan and
state), and by a collection from a moto server that terraform applied them to.
"""

from __future__ import annotations

import gzip
import json

import pytest

from scanner.analysis.network.aws import reach_aws
from scanner.config import Config
from scanner.graph.choose import choose
from scanner.scan import Target, build, read
from scanner.sources.tree import Tree
from tests.analysis.network.planes import kept
from tests.analysis.network.topology import HERE, end, header, verdict_of
from tests.cli.running import run

PLANES = ("plan", "state", "live")
FILES = {"plan": "plan.json", "state": "terraform.tfstate", "live": "live.jsonl.gz"}
# Where moto is not as AWS, by topology: the planes that it falsifies, and how.
MOTO = {
    "default_group_adopted": ({"live"}, "its default groups have no rule that admits their own members"),
    "default_group_members": ({"live"}, "as above"),
    "default_subnet": ({"state", "live"}, "its default network has no internet gateway, and as below"),
    "elastic_address": ({"state"}, "as below"),
    "private_address_only": ({"state"}, "it gives an interface a public address that nobody asked for"),
    "private_link": ({"state", "live"}, "it forgets whether groups guard what comes through PrivateLink"),
    "private_link_hides_client": ({"state", "live"}, "as above"),
    "transit_central_egress": (
        {"state", "live"},
        "its static routes of transit gateways are blackholes in a state",
    ),
    "transit_static": ({"state"}, "as above"),
    "transit_unassociated": ({"live"}, "it associates attachments although that is switched off"),
}
KEPT = list(kept())
RECORDED = [each for each in KEPT if not each.get("wrong")]
# What moto could not make was planned all the same.
CASES = [
    (each, plane)
    for each in KEPT
    for plane in PLANES
    if plane in each and plane not in MOTO.get(each["name"], (frozenset(),))[0]
]


def graph_of(folder, recorded, plane):
    if plane == "live":
        head, *rest = recorded["live"]
        first = {"layerproof_snapshot": head["layerproof_snapshot"], **head}  # by which a snapshot is known
        lines = "".join(json.dumps(each) + "\n" for each in (first, *rest))
        (folder / FILES[plane]).write_bytes(gzip.compress(lines.encode()))
    else:
        (folder / FILES[plane]).write_text(json.dumps(recorded[plane]), "utf-8")
    target = Target(Tree(folder))
    return build(target, read(target), Config()).graph


def meant(graph, recorded, plane, text):
    """An end of the question; what lives is known by its id, which the state tells."""
    if plane != "live" or "." not in text or "/" in text:
        return end(graph, text)
    type_, name = text.split(".")
    (values,) = [
        instance["attributes"]
        for each in recorded["state"]["resources"]
        if each["mode"] == "managed" and (each["type"], each["name"]) == (type_, name)
        for instance in each["instances"]
    ]
    found = choose(graph, values["arn"]) or choose(graph, values["id"])
    assert len(found) == 1, (text, values["id"])
    return found[0]


@pytest.mark.parametrize(
    ("recorded", "plane"), CASES, ids=[f"{each['name']}-{'twin-' * each['twin']}{plane}" for each, plane in CASES]
)
def test_every_plane_has_the_verdict(tmp_path, recorded, plane):
    path = HERE / f"{recorded['name']}.tf"
    graph = graph_of(tmp_path, recorded, plane)
    source, target, *rest = header(path)["ask"].split()
    ends = [meant(graph, recorded, plane, each) for each in (source, target)]

    answer = reach_aws(graph, *ends, int(rest[0]) if rest else None, *rest[1:])
    assert answer.verdict.value == verdict_of(path, twin=recorded["twin"]), answer


def test_what_lives_is_asked_about_by_its_id(tmp_path):
    """`layerproof ask reach internet i-... --in SNAPSHOT`."""
    recorded = next(each for each in RECORDED if each["name"] == "private_ranges_only" and not each["twin"])
    graph_of(tmp_path, recorded, "live")
    (name,) = [
        instance["attributes"]["id"]
        for each in recorded["state"]["resources"]
        if (each["type"], each["name"]) == ("aws_instance", "x")
        for instance in each["instances"]
    ]
    done = run("ask", "reach", "internet", name, "--port", "443", "--in", str(tmp_path / FILES["live"]),
               "--root", str(tmp_path), "--format", "json")  # fmt: skip

    assert done.code == 0, done.out
    told = json.loads(done.out)
    assert told["verdict"] == "unreachable"
    kinds = [each["node"].rpartition("/")[0].rpartition(":")[2] for each in told["blocked_by"]]
    assert kinds == ["security-group"]


def test_enough_topologies_are_recorded_in_every_plane():
    """Issue 7: from code, plan, state and live data alike."""
    assert len({each["name"] for each in RECORDED} - MOTO.keys()) >= 90
    assert len([each for each in RECORDED if each["twin"]]) >= 20
    assert len({each["name"] for each in KEPT if "plan" in each}) >= 120
