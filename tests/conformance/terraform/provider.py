"""A provider of our own (provider/main.go) whose one resource has nested blocks of every nesting mode.

It is built once, with the Go toolchain on PATH and the module proxy, into the user's cache; where that cannot be,
`reason()` says why, and programs with nested blocks are left out.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from tests.conformance.terraform.shown import whole

TYPE = "shape_blocks"
REQUIRED = {
    "providers.tf": """terraform {
  required_providers {
    shape = { source = "layerproof.test/oracle/shape" }
  }
}
"""
}
_SOURCE = Path(__file__).parent / "provider"
_LONGEST = 600  # seconds for a build with an empty module cache
_LISTS = ("item", "part", "leaf")
_UNKNOWN = {"$unknown": True}


@cache
def _built() -> tuple[Path | None, str]:
    """The command-line configuration that finds the provider, or why there is none."""
    go = shutil.which("go")
    if go is None:
        return None, "no go on PATH"
    text = b"".join(path.read_bytes() for path in sorted(_SOURCE.iterdir()))
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "layerproof-conformance"
    mirror = home / hashlib.sha256(text).hexdigest()[:16]
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    folder = mirror / "layerproof.test/oracle/shape/1.0.0" / f"{platform.system().lower()}_{machine}"
    binary = folder / "terraform-provider-shape_v1.0.0"
    if not binary.exists():
        fault = _build(go, binary)
        if fault:
            return None, fault
    settings = mirror / "terraform.tfrc"
    only = 'include = ["layerproof.test/*/*"]'
    settings.write_text(
        f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n    {only}\n  }}\n}}\n'
    )
    return settings, ""


def _build(go: str, binary: Path) -> str:
    """Build the provider; what went wrong, if anything did."""
    binary.parent.mkdir(parents=True, exist_ok=True)
    partial = binary.with_suffix(f".{os.getpid()}")
    command = [go, "build", "-ldflags=-s -w", "-o", str(partial), "."]
    try:
        done = subprocess.run(command, cwd=_SOURCE, capture_output=True, text=True, timeout=_LONGEST, check=False)
    except subprocess.TimeoutExpired:
        return f"the provider is not built after {_LONGEST} s"
    if done.returncode:
        return f"the provider cannot be built: {done.stderr[-300:]}"
    partial.replace(binary)
    return ""


def settings() -> Path | None:
    """A command-line configuration for terraform with which it finds the provider."""
    return _built()[0]


def reason() -> str:
    """Why there is no provider; "" where there is one."""
    return _built()[1]


def shown(change: dict[str, Any]) -> Any:
    """A planned resource as a scan reads it: nested blocks are lists, what is not written is absent."""
    after, unknown = change.get("after") or {}, change.get("after_unknown") or {}
    marks = change.get("after_sensitive") or {}
    told = whole(after, unknown, marks)
    return plain(told)


def plain(told: dict[str, Any]) -> dict[str, Any]:
    """One shape for the planned resource and for ours."""
    found: dict[str, Any] = {}
    for name, value in told.items():
        if value is None or value == []:
            continue
        match name:
            case "item" | "part" | "leaf" | "tag" | "one" | "named":
                found[name] = _blocks(name, value)
            case _:
                found[name] = value
    return {name: value for name, value in found.items() if value not in ([], {})}


def _blocks(name: str, value: Any) -> Any:
    if isinstance(value, dict) and "$sensitive" in value:
        value = value["$sensitive"]
    if value == _UNKNOWN or (isinstance(value, list) and _UNKNOWN in value):
        return _UNKNOWN
    if name == "named" and isinstance(value, dict):
        value = [{"name": label, **each} for label, each in value.items()]
    listed = value if isinstance(value, list) else [value]
    told = [plain(each) if isinstance(each, dict) else each for each in listed]
    told = list(map(_unmarked, told)) if name == "tag" else told
    return _set(told) if name in ("tag", "named") else told


def _unmarked(value: Any) -> Any:
    """A block of a set without its marks: a plan names no path into a set."""
    if isinstance(value, dict) and "$sensitive" in value:
        return value["$sensitive"]
    if isinstance(value, dict):
        return {name: _unmarked(each) for name, each in value.items()}
    return list(map(_unmarked, value)) if isinstance(value, list) else value


def _set(blocks: list[Any]) -> list[Any]:
    """Blocks in an order of their own, equal ones once: only the schema says which block type is a set."""
    return [json.loads(each) for each in sorted({json.dumps(each, sort_keys=True) for each in blocks})]


def hidden(value: Any) -> bool:
    """Whether a list of nested blocks is unknown in what terraform plans."""
    if isinstance(value, dict):
        return any((name in _LISTS and each == _UNKNOWN) or hidden(each) for name, each in value.items())
    return isinstance(value, list) and any(map(hidden, value))
