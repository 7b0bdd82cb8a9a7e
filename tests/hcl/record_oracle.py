"""Ask the real terraform for the value of every expression and write oracle.json.

`python tests/hcl/record_oracle.py` needs `terraform` 1.11 on PATH; no provider is downloaded. The answers are the
text of jsonencode(EXPRESSION), or {"error": true}; for unknowns.txt what `terraform console -plan` prints.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
CONFIGURATION = """
resource "terraform_data" "u" { input = "x" }
locals {
  u  = terraform_data.u.id
  un = length(terraform_data.u.id)
  ub = terraform_data.u.id == "zz"
  ul = split(",", terraform_data.u.id)
  t  = "a$${x}%%{ if y }!%%{ endif }"
}
"""


def expressions() -> list[str]:
    """The expressions whose value is compared, in their order."""
    lines = [
        line
        for name in ("expressions.txt", "random.txt")
        for line in (HERE / name).read_text("utf-8").splitlines()
    ]
    blocks = (HERE / "multiline.txt").read_text("utf-8").split("\n---\n")
    return [*dict.fromkeys(line for line in lines if line), *(block.rstrip("\n") for block in blocks)]


def unknowns() -> list[str]:
    """The expressions with unknown and sensitive parts."""
    return [line for line in (HERE / "unknowns.txt").read_text("utf-8").splitlines() if line]


def environment(home: Path) -> dict[str, str]:
    """An environment without anything of the user's."""
    return {"PATH": os.environ["PATH"], "HOME": str(home), "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}


def console(directory: Path, line: str, *options: str) -> subprocess.CompletedProcess[str]:
    """What `terraform console` says to one line."""
    return subprocess.run(
        ["terraform", "console", *options],
        input=line + "\n",
        capture_output=True,
        text=True,
        cwd=directory,
        env=environment(directory),
        check=False,
    )


class Recorder:
    """Answers many expressions per run; halves a batch that fails until the culprit is alone."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.answers: dict[str, object] = {}

    def record(self, batch: list[str]) -> None:
        items = ",\n".join(f"try({{v = jsonencode(\n{item}\n)}}, null)" for item in batch)
        (self.directory / "main.tf").write_text(f"locals {{\n  all = [{items}\n  ]\n}}\n", "utf-8")
        said = console(self.directory, "base64encode(jsonencode(local.all))")
        values = []
        if said.returncode == 0 and said.stdout.startswith('"'):
            values = json.loads(base64.b64decode(json.loads(said.stdout)))
        if len(values) == len(batch):  # a text that is not closed may swallow its neighbours
            for item, value in zip(batch, values, strict=True):
                self.answers[item] = {"error": True} if value is None else {"json": value["v"]}
        elif len(batch) == 1:
            self.answers[batch[0]] = {"error": True}
        else:
            half = len(batch) // 2
            self.record(batch[:half])
            self.record(batch[half:])


def record() -> dict[str, dict[str, object]]:
    """Everything, as it stands in oracle.json."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        shutil.copytree(HERE / "files", directory / "files")
        recorder = Recorder(directory)
        todo = expressions()
        for start in range(0, len(todo), 100):
            recorder.record(todo[start : start + 100])
        (directory / "main.tf").write_text(CONFIGURATION, "utf-8")
        subprocess.run(
            ["terraform", "init", "-no-color"],
            cwd=directory,
            env=environment(directory),
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        printed = {item: _printed(directory, item) for item in unknowns()}
    return {"values": {item: recorder.answers[item] for item in todo}, "unknowns": printed}


def _printed(directory: Path, item: str) -> object:
    said = console(directory, item, "-plan")
    return " ".join(said.stdout.split()) if said.returncode == 0 else {"error": True}


def main() -> int:
    text = json.dumps(record(), ensure_ascii=False, indent=1) + "\n"
    (HERE / "oracle.json").write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
