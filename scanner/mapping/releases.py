"""What a resource brings besides itself, as far as copies of data go: the schedules and storage locations of a
Velero that a Helm release installs, backup objects that Terraform writes as manifests, and the plans of an
organization's backup policy.

Sources: chart vmware-tanzu/velero (values `schedules`, `configuration.backupStorageLocation`,
`configuration.volumeSnapshotLocation`, `backupsEnabled`, `snapshotsEnabled`, and its templates); helm_release
(`values`, then `set`); Flux HelmRelease (`valuesFrom` in order, then `values`); Argo CD Application
(`helm.valueFiles`, `values`, `valuesObject`, `parameters`, each over those before).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from scanner.hcl.partial import PartialText, decoded
from scanner.mapping.reader import place, walk
from scanner.model.location import Span
from scanner.model.resource import Plane, Resource, Scope
from scanner.model.value import Cause, Unknown, Value, unwrap

_CHART = "velero"
# Kinds that say something of copies, by the group of their API.
_GROUPS = frozenset(
    ("velero.io", "k8up.io", "volsync.backube", "longhorn.io", "config.kio.io", "snapscheduler.backube",
     "postgresql.cnpg.io", "barmancloud.cnpg.io", "snapshot.storage.k8s.io")
)  # fmt: skip
_MOST = 100_000  # values that a release is given
_FILES = Unknown("its values are read from files that are not part of this scan", Cause.OUTSIDE_SCAN)


class _Layer(NamedTuple):
    """Values of a release, or why they are not known, and the attribute that holds them."""

    values: Value
    at: str


@dataclass(frozen=True, slots=True)
class _Within:
    """The places of an object that stands inside another resource's attributes."""

    owner: Resource
    base: str
    under: str  # the part of the object that stands there

    def nearest(self, path: str) -> Span | None:
        inner = path.removeprefix(self.under).lstrip(".")
        return place(self.owner, f"{self.base}.{inner}" if inner and path.startswith(self.under) else self.base)

    def get(self, path: str) -> Span | None:
        return self.nearest(path)


def brought(batch: Sequence[Resource]) -> Iterator[Resource]:
    """The objects that resources of one root bring along; what was listed live shows them itself."""
    for resource in batch:
        form = _FORMS.get(resource.type)
        if form is not None and resource.plane is not Plane.LIVE:
            yield from form(resource, batch)


# Velero by its chart


def _by_terraform(resource: Resource, _: Sequence[Resource]) -> Iterator[Resource]:
    held = resource.attributes
    if not _is_velero(held.get("chart")):
        return
    layers = [_Layer(_parsed(each), "values") for each in _items(held.get("values"))]
    for name in ("set", "set_sensitive"):
        given = [each for each in _items(held.get(name)) if isinstance(each, dict)]
        layers.extend(_Layer(_set(each.get("name"), each.get("value")), name) for each in given)
    yield from _velero(resource, _text(held.get("name")), _text(held.get("namespace")) or "default", layers)


def _by_flux(resource: Resource, batch: Sequence[Resource]) -> Iterator[Resource]:
    spec = _mapping(resource.attributes.get("spec"))
    chart = walk(spec, "chart.spec.chart")[0] or walk(spec, "chartRef.name")[0]
    if not _is_velero(chart):
        return
    layers = [_referred(_mapping(each), resource, batch) for each in _items(spec.get("valuesFrom"))]
    layers.append(_Layer(unwrap(spec.get("values")) or {}, "spec.values"))
    own = _text(walk(resource.attributes, "metadata.name")[0])
    region = resource.scope.region
    namespace = _text(spec.get("targetNamespace")) or (region if isinstance(region, str) else "")
    yield from _velero(resource, _text(spec.get("releaseName")) or own, namespace or None, layers)


def _by_argo(resource: Resource, _: Sequence[Resource]) -> Iterator[Resource]:
    spec = _mapping(resource.attributes.get("spec"))
    single = _mapping(spec.get("source"))
    sources = [("spec.source", single)] if single else [
        (f"spec.sources[{at}]", _mapping(each)) for at, each in enumerate(_items(spec.get("sources")))
    ]  # fmt: skip
    for at, source in sources:
        if _is_velero(source.get("chart")):
            helm, inside = _mapping(source.get("helm")), f"{at}.helm"
            layers = [_Layer(_FILES, f"{inside}.valueFiles")] if _items(helm.get("valueFiles")) else []
            layers.append(_Layer(_parsed(helm.get("values")), f"{inside}.values"))
            layers.append(_Layer(unwrap(helm.get("valuesObject")) or {}, f"{inside}.valuesObject"))
            given = map(_mapping, _items(helm.get("parameters")))
            layers.extend(
                _Layer(_set(each.get("name"), each.get("value")), f"{inside}.parameters") for each in given
            )
            own = _text(walk(resource.attributes, "metadata.name")[0])
            namespace = _text(walk(spec, "destination.namespace")[0])
            yield from _velero(resource, _text(helm.get("releaseName")) or own, namespace or None, layers)


def _velero(owner: Resource, release: str, namespace: str | None, layers: Sequence[_Layer]) -> Iterator[Resource]:
    """The objects of one release, as the templates of the chart write them."""
    unclear = next((each.values for each in layers if isinstance(each.values, Unknown)), None)
    values: dict[str, Value] = {}
    for layer in layers:
        values = _over(values, _mapping(layer.values))
    made = _Made(owner, namespace, layers)
    lead = release if _CHART in release else f"{release}-{_CHART}"
    settings = _mapping(values.get("configuration"))
    if values.get("backupsEnabled", True) is not False:
        yield from _locations(made, settings)
    if values.get("snapshotsEnabled", True) is not False and _items(settings.get("volumeSnapshotLocation")):
        yield made.object("VolumeSnapshotLocation", "default", {}, "configuration.volumeSnapshotLocation")
    schedules = unwrap(values.get("schedules"))
    for name, entry in _mapping(schedules).items():
        if _mapping(entry).get("disabled") is not True:
            spec = _scheduled(entry, settings, agent=values.get("deployNodeAgent") is True)
            yield made.object("Schedule", f"{lead}-{name}", spec, f"schedules.{name}")
    unclear = schedules if isinstance(schedules, Unknown) else unclear
    if unclear is not None:
        yield made.object("Schedule", f"{lead}-?", unclear, "schedules")


def _locations(made: _Made, settings: Mapping[str, Value]) -> Iterator[Resource]:
    for held in map(_mapping, _items(settings.get("backupStorageLocation"))):
        # before release 5 of the chart the location was one map, and the provider stood beside it
        spec: dict[str, Value] = {
            key: held[key] for key in ("provider", "config", "accessMode", "default") if key in held
        }
        spec = {"provider": settings.get("provider"), **spec}
        spec["objectStorage"] = {key: held[key] for key in ("bucket", "prefix") if key in held}
        name = _text(held.get("name")) or "default"
        yield made.object("BackupStorageLocation", name, spec, "configuration.backupStorageLocation")


# Flags of the server, which decide where a schedule says nothing.
_DEFAULTS = {
    "defaultVolumesToFsBackup": "defaultVolumesToFsBackup",
    "defaultSnapshotMoveData": "snapshotMoveData",
    "defaultBackupTTL": "ttl",
    "defaultBackupStorageLocation": "storageLocation",
}


def _scheduled(entry: Value, settings: Mapping[str, Value], *, agent: bool) -> Value:
    if not isinstance(unwrap(entry), dict):
        return unwrap(entry)
    usual = {ours: settings[given] for given, ours in _DEFAULTS.items() if settings.get(given) is not None}
    held = _mapping(entry)
    template = {**usual, **_mapping(held.get("template"))}
    return {**{key: held[key] for key in ("schedule", "paused") if key in held}, "template": template,
            "nodeAgent": agent}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Made:
    """Makes the objects of one release."""

    owner: Resource
    namespace: str | None
    layers: Sequence[_Layer]

    def object(self, kind: str, name: str, spec: Value, at: str) -> Resource:
        """One object of Velero; `at` is where in the values it is written."""
        manifest = {"apiVersion": "velero.io/v1", "kind": kind, "spec": spec}
        manifest["metadata"] = {"name": name, **({"namespace": self.namespace} if self.namespace else {})}
        layer = next((each for each in reversed(self.layers) if _holds(each, at)), None)
        base = "" if layer is None else f"{layer.at}.{at}" if self._structured(layer) else layer.at
        return _object(self.owner, f"velero.io/{kind}", name, manifest, _Within(self.owner, base, "spec"))

    def _structured(self, layer: _Layer) -> bool:
        return isinstance(walk(self.owner.attributes, layer.at)[0], dict)


def _holds(layer: _Layer, at: str) -> bool:
    return isinstance(layer.values, Unknown) or walk(layer.values, at)[0] is not None


def _object(owner: Resource, type_: str, name: str, manifest: dict[str, Value], origins: Any) -> Resource:
    metadata = _mapping(manifest.get("metadata"))
    namespace = unwrap(metadata.get("namespace"))
    address = owner.address._replace(name=f"{owner.address.name}/{type_.rpartition('/')[2]}:{name}")
    account = owner.scope.account if owner.scope.provider == "kubernetes" else None
    scope = Scope("kubernetes", account, namespace if isinstance(namespace, (str, Unknown)) else None)
    span = origins.nearest("spec") or owner.span
    return replace(
        owner, address=address, type=type_, attributes=manifest, scope=scope, span=span, origins=origins,
        references={}, native="", identity=(), explains=None,
    )  # fmt: skip


# values


def _over(lower: Mapping[str, Value], upper: Mapping[str, Value]) -> dict[str, Value]:
    """As Helm lays values over others: maps are merged, all else is replaced, null takes away."""
    found = dict(lower)
    for key, given in upper.items():
        value = unwrap(given)
        before = unwrap(found.get(key))
        if value is None:
            found.pop(key, None)
        elif isinstance(value, dict) and isinstance(before, dict):
            found[key] = _over(before, value)
        else:
            found[key] = value
    return found


def _parsed(value: Value) -> Value:
    """Values as YAML text, perhaps known in part; an empty mapping where the text is none."""
    import yaml  # noqa: PLC0415 - only where a chart of Velero is installed

    def load(text: str) -> Value:
        found = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe one
        if _size(found, {}) > _MOST:
            raise ValueError("aliases of aliases")
        return found

    value = unwrap(value)
    try:
        if isinstance(value, PartialText):
            return value.read(load) or {}
        if isinstance(value, str):
            return load(value) or {}
    except (yaml.YAMLError, ValueError, RecursionError):
        return Unknown("its values are no YAML", Cause.OUTSIDE_SCAN)
    held = decoded(value)
    return held if isinstance(held, (dict, Unknown)) else {}


def _size(value: Value, known: dict[int, int]) -> int:
    """How many values there are, with what an alias stands for counted wherever it stands."""
    if not isinstance(value, (dict, list)):
        return 1
    if id(value) not in known:
        inner = value.values() if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_size(each, known) for each in inner)
    return known[id(value)]


def _referred(given: Mapping[str, Value], owner: Resource, batch: Iterable[Resource]) -> _Layer:
    """The values that a Flux release takes from a ConfigMap beside it."""
    at = "spec.valuesFrom"
    name, key = _text(given.get("name")), _text(given.get("valuesKey")) or "values.yaml"
    if given.get("kind") == "ConfigMap" and not given.get("targetPath"):
        for each in batch:
            same = each.type == "/ConfigMap" and each.scope.region == owner.scope.region
            if same and walk(each.attributes, "metadata.name")[0] == name:
                return _Layer(_parsed(_mapping(each.attributes.get("data")).get(key)), at)
    if given.get("optional") is True:
        return _Layer({}, at)
    told = f"the {given.get('kind')} {name}, which holds values of it, is not part of this scan"
    return _Layer(Unknown(told, Cause.OUTSIDE_SCAN), at)


def _set(name: Value, value: Value) -> Value:
    """One value by its path, `schedules.daily.schedule` (a list's elements are not reached by this)."""
    if not isinstance(name, str):
        return name if isinstance(name, Unknown) else {}
    steps = [each.replace("\0", ".") for each in name.replace("\\.", "\0").split(".")]
    found: Value = _typed(unwrap(value))
    for step in reversed(steps):
        bare, bracket, _ = step.partition("[")
        found = {bare: [found] if bracket else found}
    return found


def _typed(value: Value) -> Value:
    return {"true": True, "false": False, "null": None}.get(value, value) if isinstance(value, str) else value


def _is_velero(chart: Value) -> bool:
    chart = unwrap(chart)
    return isinstance(chart, str) and chart.rstrip("/").rpartition("/")[2] == _CHART


def _mapping(value: Value) -> dict[str, Any]:
    value = unwrap(value)
    return value if isinstance(value, dict) else {}


def _items(value: Value) -> list[Value]:
    value = unwrap(value)
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: Value) -> str:
    value = unwrap(value)
    return value if isinstance(value, str) else ""


# manifests in Terraform


def _manifest(resource: Resource, _: Sequence[Resource]) -> Iterator[Resource]:
    written = "manifest" if resource.type == "kubernetes_manifest" else "yaml_body"
    held = resource.attributes.get(written)
    manifest = _mapping(held if written == "manifest" else _parsed(held))
    group, kind = _text(manifest.get("apiVersion")).rpartition("/")[0], _text(manifest.get("kind"))
    if group in _GROUPS and kind:
        base = written if written == "yaml_body" else "manifest.spec"
        name = _text(walk(manifest, "metadata.name")[0])
        origins = _Within(resource, base, "spec")
        yield _object(resource, f"{group}/{kind}", name, manifest, origins)


# backup policies


def _backup_policy(resource: Resource, batch: Sequence[Resource]) -> Iterator[Resource]:
    if resource.attributes.get("type") == "BACKUP_POLICY":
        from scanner.mapping.aws.inherited import plans_of  # noqa: PLC0415 - few organizations have one in code

        yield from plans_of(resource, batch)


_FORMS: Mapping[str, Callable[[Resource, Sequence[Resource]], Iterator[Resource]]] = {
    "helm_release": _by_terraform,
    "helm.toolkit.fluxcd.io/HelmRelease": _by_flux,
    "argoproj.io/Application": _by_argo,
    "aws_organizations_policy": _backup_policy,
    "kubernetes_manifest": _manifest,
    "kubectl_manifest": _manifest,
}
