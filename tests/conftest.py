"""What holds for every test: no configuration of the developer's own, no colour, no CI detection."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def neutral(monkeypatch, tmp_path_factory):
    """A test sees the environment that it sets itself."""
    for name in ("NO_COLOR", "FORCE_COLOR", "CI", "GITHUB_ACTIONS", "TF_BUILD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.getbasetemp() / "no-configuration"))
