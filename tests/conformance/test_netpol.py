"""The corpus of np-guard's netpol-analyzer: every line of all its expected connectivity, and no other."""

import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from scanner.cli import cli

CORPUS = Path(__file__).parents[3] / "shared" / "corpora" / "netpol"
CASES = sorted(each.name for each in CORPUS.iterdir()) if CORPUS.is_dir() else []

pytestmark = pytest.mark.skipif(
    not CASES, reason="the corpus ../shared/corpora/netpol beside the checkout is not here"
)


@pytest.mark.parametrize("name", CASES)
def test_lines_are_those_of_the_corpus(name: str) -> None:
    expected = (CORPUS / name / "expected.txt").read_text("utf-8").splitlines()

    assert listed(name) == [line for line in expected if line]


def test_the_corpus_is_whole_and_fast() -> None:
    began = time.process_time()

    assert sum(map(bool, map(listed, CASES))) > 40
    assert len(CASES) == 48
    assert time.process_time() - began < 60


def listed(name: str) -> list[str]:
    """The flows of a case."""
    given = ["ask", "flows", "--format", "txt", "--compat", "np-guard", "--in", str(CORPUS / name / "manifests")]
    return CliRunner().invoke(cli, given, catch_exceptions=False).stdout.splitlines()
