"""Running helm and kustomize on a copy, and nothing else: no network, no plugins, no other program.

Both are given a copy of what the tree holds, an empty home, no search path, proxies that lead nowhere, a minute
and a limit on what they write. What they say on failure is told; what they print is only text to us.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scanner.model.diagnostic import Diagnostic
from scanner.model.location import SourceFile
from scanner.model.resource import Resource

SECONDS = 60
MOST_OUTPUT = 64 * 1024 * 1024
_KLOG = re.compile(r"[EF]\d{4} [\d:.]+ +\d+ \S+:\d+\] (?:\"command failed\" err=\"(?P<told>.*)\"$)?")
_NOWHERE = "http://127.0.0.1:9"  # the discard port: nothing answers there

# Both are Go programs that end after a second: they search for garbage a quarter as often, up to this much memory
# (package runtime, "Environment Variables").
_COLLECTING = {"GOGC": "400", "GOMEMLIMIT": "1GiB"}

RELEASE = "release"  # what a chart is called where nobody says
CHART = "Chart.yaml"
OVERLAYS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
Find = Callable[[str], str | None]  # a program by its name, None where it is not installed


@dataclass(frozen=True, slots=True)
class Values:
    """How a chart is rendered: files of values by their text, the release's name and namespace, the version of
    Kubernetes (the newest known without one); `name` tells one rendering from another."""

    name: str = ""
    files: tuple[SourceFile, ...] = ()
    release: str = RELEASE
    namespace: str = ""
    kubernetes: str = ""


@dataclass(slots=True)
class Rendered:
    """What one chart or overlay deploys. `root` is its directory, `taken` the files of the tree that it is made
    of (they are not read as they stand), `base` the directory whose objects several overlays share; `unbuilt` says
    that kustomize refused."""

    root: str
    chart: bool = False
    resources: list[Resource] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    taken: frozenset[str] = frozenset()
    base: str = ""
    environment: str = ""
    partial: str = ""
    unbuilt: bool = False


class RenderFault(Exception):
    """The program refused; the text is its own first sentence."""


def run(command: Sequence[str], copy: Path) -> bytes:
    """What a program prints, run in the copy. Raises RenderFault."""
    import subprocess  # noqa: PLC0415 - only where something is rendered
    import tempfile  # noqa: PLC0415 - as above

    with tempfile.TemporaryDirectory() as home:
        environment = {
            "HOME": home,
            "PATH": "",
            "TMPDIR": home,
            **_COLLECTING,
            **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"), _NOWHERE),
            **{f"HELM_{name}": f"{home}/{name.lower()}" for name in ("CACHE_HOME", "CONFIG_HOME", "DATA_HOME")},
        }
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            try:
                done = subprocess.run(  # a program that the user has installed, on a copy
                    command, cwd=copy, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                    timeout=SECONDS, check=False,
                )  # fmt: skip
            except subprocess.TimeoutExpired as late:
                raise RenderFault(f"it took more than {SECONDS} seconds") from late
            except OSError as error:
                raise RenderFault(f"{command[0]} cannot be run: {error.strerror}") from error
            if done.returncode:
                err.seek(0)
                raise RenderFault(_sentence(err.read(65536).decode("utf-8", "replace"), copy))
            if out.tell() > MOST_OUTPUT:
                raise RenderFault(f"it prints more than {MOST_OUTPUT // 1024**2} MiB")
            out.seek(0)
            return out.read()


def _sentence(text: str, copy: Path) -> str:
    """The last line that says what is wrong, without the name of the copy."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("Use --debug")]
    told = next((line for line in reversed(lines) if line.lower().startswith("error")), lines[-1] if lines else "")
    told = _KLOG.sub(lambda found: (found["told"] or "").replace('\\"', '"'), told.removeprefix("Error: "))
    return told.replace(f"{copy}/", "").replace(str(copy), ".")[:600] or "it gives no reason"
