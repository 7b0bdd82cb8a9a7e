"""Files that show how something is done, and are not what is deployed: documentation, examples, tests."""

from __future__ import annotations

import re
from functools import lru_cache

_FOLDERS = frozenset(
    [
        "doc",
        "docs",
        "documentation",
        "example",
        "examples",
        "sample",
        "samples",
        "tutorial",
        "tutorials",
        "walkthrough",
        "walkthroughs",
        "recipes",
        "test",
        "tests",
        "testdata",
        "fixtures",
        "e2e",
    ]
)
# Trials of a product, and tests of tools that run them on a cluster (Chainsaw, KUTTL), by how the folder begins
# or ends: `quick-start-minimal`, `e2e-kind`, `.chainsaw-test`, `integration-tests`.
_TRIALS = re.compile(
    r"quick[-_]?starts?([-_].*)?|e2e[-_].*|(.*[-_])?e2e([-_]?tests?)?"
    r"|\.?(chainsaw|kuttl)([-_]?tests?)?|(integration|acceptance|conformance|smoke|load)[-_]?tests?"
)
# A folder in one of these that is called `test` is what the test environment is given.
_STAGES = frozenset(
    [
        "overlays",
        "environments",
        "environment",
        "envs",
        "env",
        "clusters",
        "cluster",
        "stages",
        "accounts",
        "tenants",
    ]
)
_FILES = frozenset(["example", "examples", "sample", "template", "tpl", "dist"])


@lru_cache(maxsize=1024)
def shows(path: str) -> bool:
    """Whether a file is documentation, an example or test data, by its place in the tree or its name."""
    return lies_beside(path) or not _FILES.isdisjoint(re.split(r"[-_.]", path.lower().rpartition("/")[2]))


@lru_cache(maxsize=1024)
def lies_beside(path: str) -> bool:
    """Whether a file lies in a folder of documentation, examples or tests."""
    folders = path.lower().split("/")[:-1]
    return any(
        (each in _FOLDERS and (each != "test" or above not in _STAGES)) or _TRIALS.fullmatch(each)
        for above, each in zip(["", *folders], folders, strict=False)
    )
