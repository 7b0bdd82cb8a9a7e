"""How long one `ask reach` takes after the scan, on many Terraform resources.

    python tests/benchmarks/reach.py [--resources 5000]

A question is asked of a fresh graph, so that everything that is worked out for it counts. Times are of the
processor: others' load does not count. Issue 7 asks for less than 0.2 s on 5,000 resources.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from scanner.analysis.network.atoms import INTERNET
from scanner.analysis.network.aws import reach_aws
from scanner.config import Config
from scanner.graph.choose import choose
from scanner.scan import Target, build, read
from scanner.sources.tree import Tree


def estate(resources: int) -> dict[str, dict[str, Any]]:
    """Networks of ten subnets with routes, groups that refer to each other, machines and balancers."""
    found: dict[str, dict[str, Any]] = {}

    def add(type_: str, name: str, **arguments: Any) -> str:
        found.setdefault(type_, {})[name] = arguments
        return f"${{{type_}.{name}.id}}"

    number = 0
    transit = add("aws_ec2_transit_gateway", "t")
    while sum(map(len, found.values())) < resources:
        vpc = add("aws_vpc", f"v{number}", cidr_block=f"10.{number % 256}.0.0/16")
        gateway = add("aws_internet_gateway", f"v{number}", vpc_id=vpc)
        routes = [
            {"cidr_block": "0.0.0.0/0", "gateway_id": gateway},
            {"cidr_block": "10.0.0.0/8", "transit_gateway_id": transit},
        ]
        table = add("aws_route_table", f"v{number}", vpc_id=vpc, route=routes)
        subnets = []
        for each in range(10):
            where = {
                "cidr_block": f"10.{number % 256}.{each}.0/24",
                "availability_zone": f"eu-west-1{'abc'[each % 3]}",
            }
            subnets.append(add("aws_subnet", f"v{number}s{each}", vpc_id=vpc, **where))
            add("aws_route_table_association", f"v{number}s{each}", subnet_id=subnets[-1], route_table_id=table)
        add("aws_ec2_transit_gateway_vpc_attachment", f"v{number}", transit_gateway_id=transit, vpc_id=vpc,
            subnet_ids=subnets[:3])  # fmt: skip
        before: list[str] = []
        for each in range(40):
            name = f"v{number}g{each}"
            group = add("aws_security_group", name, vpc_id=vpc)
            before.append(group)
            add("aws_security_group_rule", f"{name}out", security_group_id=group, type="egress", protocol="-1",
                from_port=0, to_port=0, cidr_blocks=["0.0.0.0/0"])  # fmt: skip
            source = before[each // 2]
            add("aws_security_group_rule", f"{name}in", security_group_id=group, type="ingress", protocol="tcp",
                from_port=443, to_port=443, source_security_group_id=source)  # fmt: skip
            add("aws_instance", f"v{number}m{each}", subnet_id=subnets[each % 10], vpc_security_group_ids=[group])
        number += 1
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--resources", type=int, default=5000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        text = json.dumps({"resource": estate(given.resources)})
        Path(folder, "main.tf.json").write_text(text, "utf-8")
        for source, target in (
            ("internet", "aws_instance.v0m1"),
            ("aws_instance.v0m1", "aws_instance.v0m2"),
            ("aws_instance.v0m1", "aws_instance.v1m2"),
            ("internet", "kind:instance"),
        ):
            given_ = Target(Tree(Path(folder)))
            started = time.process_time()
            graph = build(given_, read(given_), Config()).graph
            built = time.process_time()
            ends = [[INTERNET] if each == "internet" else choose(graph, each) for each in (source, target)]
            if len(ends[1]) > 1:
                from scanner.analysis.network.aws import distinct

                ends[1] = distinct(graph, ends[1], receiving=True)
            answers = [reach_aws(graph, ends[0][0], each, 443) for each in ends[1]]
            done = time.process_time()
            verdicts = sorted({each.verdict.value for each in answers})
            print(f"{source} -> {target}: {verdicts} scan {built - started:.2f} s, question {done - built:.3f} s")


if __name__ == "__main__":
    main()
