"""checkov beside us: a process of its own over a copy of what we read, with nothing of ours to read or run.

It executes Python that a `.checkov.yaml` in the scanned tree names, reads credentials from the environment and
downloads on its own account (facts/ecosystem.md); so it gets a copy without such files, an empty home, a neutral
working directory and a bare environment.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import orjson

from scanner.model.counted import counted
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.report import Files

# A configuration of checkov's own, wherever it lies and however it is written.
_OWN = re.compile(r"\.checkov\.ya?ml|\.checkov\.baseline", re.IGNORECASE)
_OPTIONS = (
    "--output=json", "--quiet", "--compact", "--skip-download", "--framework", "terraform", "kubernetes",
)  # fmt: skip
_REMEDY = "`uv tool install checkov` or `pipx install checkov`, or --checkov FILE"


class Failed(NamedTuple):
    """One failed check: lines are 1-based and inclusive, `path` is relative to the scanned tree."""

    check: str
    title: str
    resource: str
    path: str
    first: int
    last: int
    guideline: str


@dataclass(frozen=True, slots=True)
class CheckovResult:
    """What checkov said; `diagnostics` say why where it said nothing."""

    failed: tuple[Failed, ...] = ()
    version: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()


def run(
    files: Files, executable: str | None = None, *, allow_install: bool = False, timeout: float = 600.0
) -> CheckovResult:
    """Run checkov over the files that the scan has read. `executable` comes from the user, never from the tree;
    `timeout` is in seconds."""
    found = find(executable, allow_install=allow_install)
    if isinstance(found, Diagnostic):
        return CheckovResult(diagnostics=(found,))
    with tempfile.TemporaryDirectory(prefix="layerproof-checkov-") as place:
        root = Path(place)
        for name in ("tree", "home", "cwd"):
            (root / name).mkdir()
        copy(files, root / "tree")
        return _run(found, root, timeout)


def find(executable: str | None, *, allow_install: bool = False) -> str | Diagnostic:
    """The path of a checkov: the one given, on PATH, in uv's cache or among pipx' applications."""
    if executable:
        path = shutil.which(executable)
        return path or _absent(f"{executable} is no program")
    return (
        shutil.which("checkov")
        or _from_uv(offline=True)
        or _from_pipx()
        or (_from_uv(offline=False) if allow_install else None)
        or _absent("checkov is not on PATH, nor known to uvx or pipx")
    )


def copy(files: Files, target: Path) -> None:
    """Write what was read below a directory, without checkov's own files and what has no place in a tree."""
    for name, file in sorted(files.by_path.items()):
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or name.startswith("<") or _OWN.fullmatch(path.name):
            continue
        place = target / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.text)


def _run(program: str, root: Path, timeout: float) -> CheckovResult:
    try:
        done = subprocess.run(
            [program, f"--directory={root / 'tree'}", *_OPTIONS],
            cwd=root / "cwd",
            env=_environment(root / "home"),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _fault("limit-checkov", f"checkov took more than {timeout:g} s")
    except OSError as error:
        return _fault("rule-checkov", f"{program} does not run: {error.strerror or error}")
    if done.returncode not in (0, 1):
        return _fault("rule-checkov", f"checkov ended with {done.returncode}: {_last_line(done.stderr)}")
    try:
        return parse(done.stdout)
    except (ValueError, KeyError, TypeError, AttributeError):
        return _fault("rule-checkov", f"checkov's answer is not what we know: {_last_line(done.stderr)}")


def _environment(home: Path) -> dict[str, str]:
    """What a program needs to start, and nothing that anyone could hold against us."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "TMPDIR", "TEMP", "TMP") if name in os.environ}
    return {**kept, "HOME": str(home), "USERPROFILE": str(home), "PATH": os.defpath, "LANG": "C.UTF-8"}


def parse(text: bytes) -> CheckovResult:
    """The JSON of checkov: an object per framework, alone or in a list; a bare summary where it found no file."""
    answer = orjson.loads(text)
    frameworks: list[Any] = answer if isinstance(answer, list) else [answer]
    failed: list[Failed] = []
    version, broken = "", 0
    for each in frameworks:
        summary = each.get("summary", each)
        version = str(summary.get("checkov_version", version))
        broken += int(summary.get("parsing_errors", 0))
        failed.extend(_failed(each.get("results", {}).get("failed_checks", ())))
    remarks: tuple[Diagnostic, ...] = ()
    if broken:
        said = f"checkov could not parse {counted(broken, 'file')}"
        remarks = (Diagnostic(Level.NOTE, "read-checkov", said),)
    return CheckovResult(tuple(sorted(failed)), version, remarks)


def _failed(checks: Sequence[Any]) -> Iterator[Failed]:
    for each in checks:
        first, last = each.get("file_line_range") or (1, 1)
        yield Failed(
            str(each["check_id"]),
            str(each.get("check_name") or each["check_id"]),
            str(each.get("resource") or ""),
            str(each["file_path"]).replace("\\", "/").lstrip("/"),
            max(1, int(first)),
            max(1, int(last)),
            str(each.get("guideline") or ""),
        )


# where it may be


def _from_uv(*, offline: bool) -> str | None:
    """The one in an environment that uv keeps, or makes where that is allowed."""
    uvx = shutil.which("uvx")
    if uvx is None:
        return None
    command = [uvx, *(["--offline"] if offline else []), "--from", "checkov", "python", "-c"]
    script = "import os, sys; print(os.path.join(os.path.dirname(sys.executable), 'checkov'))"
    return _program(_told([*command, script], timeout=30 if offline else 600))


def _from_pipx() -> str | None:
    """The one among the applications that pipx has installed."""
    pipx = shutil.which("pipx")
    if pipx is None:
        return None
    venvs = _told([pipx, "environment", "--value", "PIPX_LOCAL_VENVS"], timeout=30)
    folder = "Scripts" if sys.platform == "win32" else "bin"
    return _program(os.path.join(venvs, "checkov", folder, "checkov")) if venvs else None  # noqa: PTH118 - a string


def _told(command: Sequence[str], timeout: float) -> str:
    """The last line that a tool of the user's prints, asked in a directory that is not the tree; "" on failure."""
    try:
        done = subprocess.run(
            command,
            cwd=tempfile.gettempdir(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return _last_line(done.stdout) if done.returncode == 0 else ""


def _program(path: str) -> str | None:
    return shutil.which(path) if path else None


def _last_line(text: bytes) -> str:
    lines = text.decode("utf-8", "replace").strip().splitlines()
    return lines[-1].strip() if lines else ""


def _absent(why: str) -> Diagnostic:
    return Diagnostic(Level.ERROR, "rule-checkov", f"--with checkov: {why}", remedy=_REMEDY)


def _fault(code: str, said: str) -> CheckovResult:
    return CheckovResult(diagnostics=(Diagnostic(Level.ERROR, code, said),))
