"""Collectors of logs, OpenTelemetry's here: which flows of logs pass on a share only.

Source: OpenTelemetry Collector documentation, configuration of `service.pipelines` and the processors
`probabilistic_sampler` (which takes logs as well as traces) and `filter`; a pipeline is `logs` or `logs/NAME`.
"""

from __future__ import annotations

import re
from typing import Any

from scanner.mapping.kubernetes.reading import mapping, texts
from scanner.mapping.kubernetes.samplers import SIGNS, sampled_flows
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.table import Part, Row
from scanner.model.value import Cause, Undetermined, Unknown, Value, unwrap

_SAMPLER = re.compile(r"(?:probabilistic_sampler|sampling)(?:/|$)")
_AUDIT = re.compile(r"(?:^|[^a-z])(?:audit|auth|authn|authz|login|signin|security)(?:[^a-z]|$)")
_SIGN = "probabilistic_sampler"
_FORMS = ("[FILTER]", "<filter", "transforms", "scrape_configs")


def _configurations(reader: Reader) -> list[dict[str, Any]]:
    """What the object holds as configuration of a collector: an object, or text among its data."""
    held = unwrap(reader.peek("spec.config"))
    if isinstance(held, dict):
        return [held]
    given = [held] if isinstance(held, str) else [unwrap(each) for each in mapping(reader.get("data")).values()]
    return [_read(each) for each in given if isinstance(each, str) and _SIGN in each and "pipelines" in each]


def _read(text: str) -> dict[str, Any]:
    import yaml  # noqa: PLC0415 - few trees hold a collector

    try:
        found = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise Undetermined(Unknown("its configuration does not parse", Cause.OUTSIDE_SCAN)) from error
    return found if isinstance(found, dict) else {}


def _flows(reader: Reader) -> list[tuple[str, list[str]]]:
    """Flows of logs that are sampled, each with all names in it: its own, its receivers and processors."""
    found: list[tuple[str, list[str]]] = []
    for each in _configurations(reader):
        pipelines = mapping(mapping(each.get("service")).get("pipelines"))
        for name, flow in pipelines.items():
            processors = texts(mapping(flow).get("processors"))
            if name.partition("/")[0] == "logs" and any(map(_SAMPLER.match, processors)):
                found.append((name, [name, *texts(mapping(flow).get("receivers")), *processors]))
    for name, held in mapping(reader.peek("data")).items():
        if isinstance(text := unwrap(held), str) and _SIGN not in text:
            found.extend(sampled_flows(name, text))
    return found


def _sampled(*, audit: bool) -> Extract:
    def extract(reader: Reader) -> Value:
        flows = _flows(reader)
        reader.get("spec.config" if reader.peek("spec.config") is not None else "data")
        return [name for name, words in flows if not audit or any(map(_AUDIT.search, words))]

    return extract


def _samples(text: str) -> bool:
    """Whether a text may be the settings of another collector that samples; `sampled_flows` reads it in full."""
    return any(sign in text for sign in SIGNS) and any(form in text for form in _FORMS)


def _is_collector(reader: Reader) -> bool:
    data = unwrap(reader.peek("data"))
    if isinstance(data, dict):
        return any(isinstance(each, str) and (_SIGN in each or _samples(each)) for each in data.values())
    return reader.resource.type.startswith("opentelemetry.io/")


PIPELINE = Part(
    Row(
        "log_pipeline",
        {"sampled": _sampled(audit=False), "sampled_audit": _sampled(audit=True)},
        identity=(),
        name="metadata.name",
        tags="metadata.labels",
    ),
    "logs",
    when=_is_collector,
)
