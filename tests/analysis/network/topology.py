"""Reading topologies: their headers, their text, and the ends that they ask about."""

from __future__ import annotations

from pathlib import Path

from scanner.analysis.network.atoms import INTERNET, Ranges, cidr
from scanner.graph.choose import choose
from scanner.graph.columns import Graph

HERE = Path(__file__).parent / "topologies"
FILES = sorted(HERE.glob("*.tf"))


def header(path: Path) -> dict[str, str]:
    lines = path.read_text("utf-8").split("\n\n")[0].splitlines()
    return dict(line.removeprefix("# ").split(": ", 1) for line in lines if line.startswith("# "))


def text_of(path: Path, *, twin: bool = False) -> str:
    """What a topology declares, with the files it stands on."""
    told = header(path)
    base = "\n".join((HERE / "base" / f"{name}.tf").read_text("utf-8") for name in told.get("base", "").split())
    text = path.read_text("utf-8").split("\n\n", 1)[-1]
    if twin:
        old, new = told["twin"].replace("\\n", "\n").split(" => ")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        text = text.replace(old, new)
    return f"{base}\n{text}"


def verdict_of(path: Path, *, twin: bool = False) -> str:
    told = header(path)
    return told["twin verdict"] if twin else told["verdict"].partition(",")[0]


def end(graph: Graph, text: str) -> int | Ranges:
    if text == "internet":
        return INTERNET
    try:
        return cidr(text)
    except ValueError:
        (found,) = choose(graph, text)
        return found
