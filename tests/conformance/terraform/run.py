"""Many programs through both: `python -m tests.conformance.terraform.run FIRST COUNT`."""

from __future__ import annotations

import sys

from tests.conformance.terraform import ours, real
from tests.conformance.terraform.compare import Tally, compare
from tests.conformance.terraform.programs import program

AT_ONCE = 500


def run(first: int, count: int) -> Tally:
    """The tally of the programs from `first` on."""
    tally = Tally()
    for start in range(first, first + count, AT_ONCE):
        programs = [program(number) for number in range(start, min(start + AT_ONCE, first + count))]
        compare(programs, real.ask(programs), ours.ask(programs), tally)
    return tally


if __name__ == "__main__":
    found = run(int(sys.argv[1]), int(sys.argv[2]))
    sys.stdout.write(f"{found}\n")
    sys.stdout.write(f"rarest: {found.features.most_common()[-25:]}\n")
    sys.exit(bool(found.disagreements))
