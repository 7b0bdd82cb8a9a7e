"""How long the algebra takes: the AWS-managed policies normalized, and questions between random pairs of them.

    python tests/benchmarks/access.py [--questions N] [--seed N]

Targets of issue 6: about 1,582 policies under 1 s, 10,000 inclusion questions under 10 s, on one core. Times are
of the processor: other work on the machine does not count.
"""

from __future__ import annotations

import argparse
import random
import time

from scanner.analysis.access.algebra import difference
from scanner.analysis.access.catalogue import catalogue
from scanner.analysis.access.managed import managed
from scanner.analysis.access.normal import normal
from scanner.analysis.access.policy import Policy


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    start = time.process_time()
    documents = managed().documents
    loaded = time.process_time()
    catalogue()
    ready = time.process_time()
    policies = [Policy.of(normal(each, str)) for each in documents.values()]
    done = time.process_time()
    print(f"read {len(documents)} managed policies: {loaded - start:.2f} s; the catalogue: {ready - loaded:.2f} s")
    print(f"normalized: {done - ready:.2f} s")
    _ask(policies, given.questions, random.Random(given.seed))


def _ask(policies: list[Policy], questions: int, choose: random.Random) -> None:
    counts: dict[str, int] = {}
    longest = 0.0
    start = time.process_time()
    for _ in range(questions):
        one, other = choose.choice(policies), choose.choice(policies)
        begun = time.process_time()
        verdict = difference(one, other).verdict
        longest = max(longest, time.process_time() - begun)
        counts[verdict] = counts.get(verdict, 0) + 1
    total = time.process_time() - start
    told = ", ".join(f"{number} {verdict}" for verdict, number in sorted(counts.items()))
    print(f"{questions} inclusion questions: {total:.2f} s, the longest {longest * 1000:.0f} ms ({told})")


if __name__ == "__main__":
    main()
