"""DataDog's pathfinding-labs: one Terraform module for each scenario, with who starts and what is reached.

`LAYERPROOF_PATHFINDING_LABS` names a checkout of github.com/DataDog/pathfinding-labs (Apache-2.0). Each scenario
is scanned by itself, with the ids of its accounts filled in; whoever starts it must be found to become an
administrator (those of `UNDECIDED`, perhaps). Left out are scenarios that start outside the module, and those of
`BESIDE`, each for its reason.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from scanner.analysis.access.escalation import Escalations
from tests.analysis.access.reading import graph_of

LABS = os.environ.get("LAYERPROOF_PATHFINDING_LABS", "")
ACCOUNTS = {"dev": "222222222222", "ops": "333333333333", "operations": "333333333333"}
BESIDE = {
    "sysdig-8-minutes-to-admin": "it starts with credentials that lie in a bucket",
    "ec2-005-ec2-createlaunchtemplateversion+ec2-modifylaunchtemplate": "no written version names the role",
    "lambda-005-lambda-updatefunctioncode+lambda-addpermission": "the Region of the provider is not written",
}
CONDITIONAL = ("codebuild-003-codebuild-startbuildbatch",)  # whether the project allows batches is not written
# which account each provider means, only the module's caller says
UNDECIDED = ("root-trust-role-assumption",)

pytestmark = pytest.mark.skipif(not LABS, reason="LAYERPROOF_PATHFINDING_LABS names no checkout of the labs")


def scenarios() -> list[tuple[Path, str]]:
    found = []
    for path in sorted(Path(LABS).rglob("scenario.yaml")) if LABS else ():
        told: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
        start = (told.get("attack_path", {}).get("principals") or [""])[0]
        name = start.rpartition("/")[2]
        own = "pl-pathfinding-starting-user" not in name and ":user/" in start
        if told.get("target") == "to-admin" and own and path.parent.name not in BESIDE:
            found.append((path.parent, name))
    return found


@pytest.mark.parametrize(("module", "name"), [pytest.param(*each, id=each[0].name) for each in scenarios()])
def test_whoever_starts_becomes_an_administrator(tmp_path: Path, module: Path, name: str) -> None:
    folder = tmp_path / "module"
    shutil.copytree(module, folder)
    asked = re.findall(r'variable "(\w*account_id)"', "".join(each.read_text() for each in folder.glob("*.tf")))
    given = "".join(f'{each} = "{ACCOUNTS.get(each.split("_")[0], "111111111111")}"\n' for each in asked)
    (folder / "terraform.tfvars").write_text(given, "utf-8")
    graph = graph_of(folder)
    [start] = [each for each in graph.nodes("user") if graph.peek(each, "name") == name]
    admin = Escalations(graph, ("trust",)).admin(start)
    other = "conditional" if module.name in CONDITIONAL else "yes"
    assert admin == ("unknown" if module.name in UNDECIDED else other)


def test_effective_permissions_are_told_apart() -> None:
    """The scenario names 39 principals by whether they are administrators, whatever their policies look like."""
    [module] = Path(LABS).rglob("test-effective-permissions-evaluation")
    graph = graph_of(module)
    found = Escalations(graph, ("trust",))
    told = {
        str(graph.peek(each, "name")).lower().replace("-", ""): found.admin(each) for each in found.principals()
    }
    named = {name: admin for name, admin in told.items() if "isadmin" in name or "notadmin" in name}
    assert len(named) == 39
    assert {name for name, admin in named.items() if admin != ("yes" if "isadmin" in name else "no")} == set()
