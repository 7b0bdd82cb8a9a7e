"""What the real terraform plans for a case: every terraform_data's input by address.

python -m tests.sources.terraform.oracle > tests/sources/terraform/planned.json
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.sources.terraform.cases import CASES

UNKNOWN = {"$unknown": True}


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def planned(terraform: str, files: Mapping[str, str]) -> dict[str, Any]:
    """The inputs that terraform plans; an unknown part is UNKNOWN. Raises RuntimeError with its message."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, files)
        _run([terraform, "init", "-input=false", "-backend=false"], folder)
        _run([terraform, "plan", "-input=false", "-lock=false", "-out=plan"], folder)
        shown = json.loads(_run([terraform, "show", "-json", "plan"], folder))
    changes = [each for each in shown.get("resource_changes", []) if each["type"] == "terraform_data"]
    return {
        each["address"]: _whole(each["change"]["after"].get("input"), each["change"]["after_unknown"].get("input"))
        for each in sorted(changes, key=lambda each: each["address"])
    }


def _whole(value: Any, unknown: Any) -> Any:
    """A planned value with its unknown parts put in: terraform leaves them out and lists them apart."""
    if unknown is True:
        return UNKNOWN
    if isinstance(unknown, dict):
        known = value if isinstance(value, dict) else {}
        return {key: _whole(known.get(key), unknown.get(key)) for key in sorted({*known, *unknown})}
    if isinstance(unknown, list) and isinstance(value, list):
        longest = max(len(value), len(unknown))
        padded = [*value, *[None] * (longest - len(value))]
        return [_whole(each, unknown[at] if at < len(unknown) else None) for at, each in enumerate(padded)]
    return value


def _run(command: list[str], folder: Path) -> str:
    environment = {
        **os.environ,
        "CHECKPOINT_DISABLE": "1",
        "TF_IN_AUTOMATION": "1",
        "TF_CLI_CONFIG_FILE": os.devnull,
    }
    environment = {name: value for name, value in environment.items() if not name.startswith("TF_VAR_")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr or done.stdout}")
    return done.stdout


def main() -> None:
    found = {}
    for name, files in CASES.items():
        sys.stderr.write(f"{name}\n")
        found[name] = planned("terraform", files)
    json.dump(found, sys.stdout, indent=1, ensure_ascii=False, sort_keys=True)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
