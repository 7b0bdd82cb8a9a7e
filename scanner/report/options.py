"""How a report is to be written: everything a writer may ask, none of it read from the environment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """`width` is in terminal cells; `limit_bytes` bounds Markdown (a job summary holds 1 MiB, a comment 65,536
    characters); `sarif_profile` is `github` (only what code scanning shows) or `full`; `category` is SARIF's
    automationDetails.id and ends in a slash; `fixtures` is where the rules' examples lie.
    """

    tool_version: str = "0"
    color: bool = False
    width: int = 100
    show_unknown: bool = False
    verbose: bool = False
    statistics: bool = False
    sarif_profile: str = "github"
    category: str = "layerproof/"
    limit_bytes: int = 1_000_000
    fixtures: Path | None = None
