"""Collectors other than OpenTelemetry's: which of their flows of logs pass on a share only.

Sources: Fluent Bit manual, filters `throttle` and `sampling` with their `Match`; Vector documentation, transforms
`sample` and `throttle` with their `inputs`; Fluentd plugins of type `sampling` and `sampling_filter`, `throttle`;
Promtail and Loki documentation, stage `sampling` of a scrape job.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from scanner.mapping.kubernetes.reading import mapping, sequence, texts

Flow = tuple[str, list[str]]  # what a flow is called, and all the names in it

SIGNS = ("throttle", "sampling", "sample")
_SECTION = re.compile(r"^\s*\[(\w+)\]\s*$((?:\n(?!\s*\[).*)*)", re.MULTILINE)
_ENTRY = re.compile(r"^\s*(\w+)\s+(.+?)\s*$", re.MULTILINE)
_FLUENTD = re.compile(r"<filter\s+([^>]+)>\s*(?:.*\n)*?\s*@type\s+(sampling\w*|throttle)\b", re.MULTILINE)
_DROPPING = frozenset(("throttle", "sampling"))
_TRANSFORMS = frozenset(("sample", "throttle"))


def sampled_flows(name: str, text: str) -> Iterator[Flow]:
    """The flows of one file of settings, by what its text looks like; `name` is the file's."""
    if not any(sign in text for sign in SIGNS):
        return
    if "[FILTER]" in text.upper():
        yield from _fluent_bit(text)
    elif "<filter" in text:
        for found in _FLUENTD.finditer(text):
            yield f"{found[2]} of {found[1].strip()}", [found[1]]
    else:
        held = _read(name, text)
        yield from _vector(held)
        yield from _promtail(held)


def _fluent_bit(text: str) -> Iterator[Flow]:
    for section in _SECTION.finditer(text):
        told = {key.lower(): value for key, value in _ENTRY.findall(section[2])}
        if section[1].upper() == "FILTER" and told.get("name", "").lower() in _DROPPING:
            match = told.get("match", told.get("match_regex", "*"))
            yield f"{told['name']} of {match}", [match]


def _vector(held: dict[str, Any]) -> Iterator[Flow]:
    for name, each in mapping(held.get("transforms")).items():
        if mapping(each).get("type") in _TRANSFORMS:
            yield str(name), [str(name), *texts(mapping(each).get("inputs"))]


def _promtail(held: dict[str, Any]) -> Iterator[Flow]:
    for job in sequence(held.get("scrape_configs")):
        stages = sequence(mapping(job).get("pipeline_stages"))
        if any("sampling" in mapping(stage) for stage in stages):
            name = str(mapping(job).get("job_name", ""))
            yield f"sampling of {name}", [name]


def _read(name: str, text: str) -> dict[str, Any]:
    """The settings as YAML or TOML; nothing where the text is neither."""
    import yaml  # noqa: PLC0415 - few trees hold a collector

    try:
        found = tomllib.loads(text) if name.endswith(".toml") else yaml.load(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, tomllib.TOMLDecodeError):
        return {}
    return found if isinstance(found, dict) else {}
