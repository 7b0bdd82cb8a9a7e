"""Inclusion and emptiness against z3, on random pairs of policies (`oracle.py` encodes them on its own).

`LAYERPROOF_Z3_PAIRS=5000 pytest tests/analysis/access/test_against_z3.py` runs the full check; it prints how many
pairs were included, overlapping and disjoint, and how many use NotAction, NotResource or conditions.
"""

from __future__ import annotations

import json
import os
from collections import Counter

import pytest

from scanner.analysis.access.algebra import difference, intersection
from scanner.analysis.access.normal import normal
from scanner.analysis.access.policy import Policy

pytest.importorskip("z3", reason="z3-solver is not installed: pip install z3-solver")

from tests.analysis.access.oracle import Maker, Oracle, rich

PAIRS = int(os.environ.get("LAYERPROOF_Z3_PAIRS", "150"))
MOST = 0.335  # the share of one sort of pairs
SEED = int(os.environ.get("LAYERPROOF_Z3_SEED", "1"))


def test_random_pairs() -> None:
    maker = Maker(SEED)
    counts: Counter[str] = Counter()
    while counts["pairs"] < PAIRS:
        new, reference, _ = maker.pair()
        ours = [Policy.of(normal(each, str)) for each in (new, reference)]
        told = difference(*ours).verdict, intersection(*ours).verdict
        sort = "included" if told[0] == "no" else "overlapping" if told[1] == "yes" else "disjoint"
        if counts[sort] > MOST * counts["pairs"] + 3:
            continue  # enough of these: z3 takes its time
        try:
            more, shared = Oracle(new, reference).verdicts()
        except TimeoutError:
            counts["given up by z3"] += 1
            continue
        assert told == ("yes" if more else "no", "yes" if shared else "no"), json.dumps([new, reference], indent=1)
        if not more and not shared:
            continue  # the first grants nothing at all: says little
        counts["pairs"] += 1
        counts[sort] += 1
        counts["with NotAction, NotResource or conditions"] += rich(new) or rich(reference)
    print(dict(counts))
    if PAIRS >= 1000:
        assert min(counts["included"], counts["overlapping"], counts["disjoint"]) >= 0.3 * PAIRS
        assert counts["with NotAction, NotResource or conditions"] >= 0.5 * PAIRS
