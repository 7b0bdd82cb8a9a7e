"""Record terraform's answers to some random programs: `python -m tests.conformance.terraform.record_generated`."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

from tests.conformance.terraform import real
from tests.conformance.terraform.generate import SHARED_FILES, Program
from tests.conformance.terraform.programs import program

RECORD = Path(__file__).parent / "generated.json"
NUMBERS = range(600)


def digest(each: Program) -> str:
    """What tells whether a program is still the one whose answer was recorded."""
    text = json.dumps([SHARED_FILES, each.files], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def recorded() -> tuple[str, dict[int, real.Answer], dict[int, str]]:
    """The version of terraform, its answers and the digests of the programs."""
    kept = json.loads(RECORD.read_text("utf-8"))
    answers = {
        int(number): real.Answer(each.get("values", {}), [tuple(error) for error in each.get("errors", [])])
        for number, each in kept["programs"].items()
    }
    return kept["terraform"], answers, {int(number): each["digest"] for number, each in kept["programs"].items()}


def main() -> int:
    programs = [program(number) for number in NUMBERS]
    answers = real.ask(programs)
    kept = {
        str(each.number): {"digest": digest(each), **_shown(answers[each.number])}
        for each in programs
        if "/tmp" not in str(answers[each.number])
    }
    told = {"terraform": real.version(), "programs": kept}
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, indent=0)
    RECORD.write_text(text + "\n", "utf-8")
    return 0


def _shown(answer: real.Answer) -> dict[str, object]:
    if not answer.errors:
        return {"values": answer.values}
    return {"errors": [[summary, detail[:160], called, where] for summary, detail, called, where in answer.errors]}


if __name__ == "__main__":
    sys.exit(main())
