"""Where the rules, policies and fixtures that we ship lie: inside a wheel, or at the checkout's top level."""

from __future__ import annotations

from pathlib import Path

NAMES = ("rules", "policies", "fixtures")


def bundled(name: str) -> Path:
    """The directory of our own `rules`, `policies` or `fixtures`.

    A wheel carries them as `scanner/_bundled/NAME` (pyproject's force-include); an editable install reads the
    checkout. Raises ValueError for any other name, FileNotFoundError where the installation is damaged.
    """
    if name not in NAMES:
        raise ValueError(f"nothing is bundled as {name!r}; there are {', '.join(NAMES)}")
    package = Path(__file__).resolve().parent
    for place in (package / "_bundled" / name, package.parent / name):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"the installation lacks its {name} (looked in {package / '_bundled'})")
