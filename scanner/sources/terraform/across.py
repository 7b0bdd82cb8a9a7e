"""The roots of one scan as they see one another: what a unit depends on, whose state a data source reads.

Values of another root name its resources by whole addresses (`tf:net#aws_vpc.v.id`), so that edges cross roots.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from scanner.model.address import Address
from scanner.model.report import Coverage
from scanner.model.value import Cause, Sensitive, Unknown, Value, first_unknown, unwrap
from scanner.sources.terraform.decode import Decoder
from scanner.sources.terraform.evaluation import Evaluation
from scanner.sources.terraform.files import within
from scanner.sources.terraform.inputs import ONLY, Environment, Settings
from scanner.sources.terraform.instance import Frame
from scanner.sources.terraform.module import Loader
from scanner.sources.terraform.phantom import ResourceValue
from scanner.sources.terraform.read import Unit, finish, start
from scanner.sources.terraform.units import TerragruntUnit, Units
from scanner.sources.tree import Tree

# What tells one state of a backend from another, by backend; for `remote` the workspaces block does, too.
_IDENTITY: dict[str, tuple[str, ...]] = {
    "s3": ("bucket", "key"),
    "gcs": ("bucket", "prefix"),
    "azurerm": ("storage_account_name", "container_name", "key"),
    "oss": ("bucket", "prefix", "key"),
    "cos": ("bucket", "prefix", "key"),
    "http": ("address",),
    "consul": ("path",),
    "kubernetes": ("namespace", "secret_suffix"),
    "pg": ("schema_name",),
    "remote": ("organization", "workspaces"),
    "cloud": ("organization", "workspaces"),
}
_Key = tuple[str, str]
_State = tuple[str, ...]


@dataclass(slots=True)
class Roots:
    """All roots of a scan. Each is evaluated when it is read, or when another asks for its outputs."""

    tree: Tree
    loader: Loader
    settings: Settings
    directories: Sequence[str] = ()
    units: Units | None = None
    _started: dict[_Key, tuple[Unit, Evaluation] | None] = field(default_factory=dict)
    _outputs: dict[_Key, Mapping[str, Value]] = field(default_factory=dict)
    _asked: set[_Key] = field(default_factory=set)
    _states: dict[_State, list[_Key]] | None = None

    def read(self, directory: str, environment: Environment = ONLY) -> Unit:
        """What one root holds, in one environment."""
        unit, evaluation = self._root(directory, environment)
        return finish(unit, evaluation, self.settings)

    def read_unit(self, unit: TerragruntUnit) -> Unit:
        """What one Terragrunt unit holds: nothing, where its module is not on disk."""
        found = self._unit(unit)
        if found is None:
            why = unit.source.reason if isinstance(unit.source, Unknown) else ""
            absent = Coverage(unit.directory, "partial", why)
            return Unit(unit.directory, directory=unit.directory, coverage=[absent])
        return finish(*found, self.settings)

    def _root(self, directory: str, environment: Environment) -> tuple[Unit, Evaluation]:
        key = (directory, environment.name)
        found = self._started.get(key)
        if found is None:
            found = start(self.tree, self.loader, directory, self.settings, environment)
            found[1].others = self
            self._started[key] = found
        return found

    def _unit(self, unit: TerragruntUnit) -> tuple[Unit, Evaluation] | None:
        key = (unit.directory, "")
        if key not in self._started and self.units is not None:
            told = Unit(unit.directory, directory=unit.directory)
            evaluation = self.units.evaluation(unit, told.diagnostics)
            self._started[key] = None if evaluation is None else (told, evaluation)
            if evaluation is not None:
                evaluation.others = self
        return self._started.get(key)

    # outputs

    def of_unit(self, directory: str) -> Mapping[str, Value] | Unknown:
        """The outputs of the Terragrunt unit in a directory."""
        unit = self.units.by_directory.get(directory) if self.units is not None else None
        if unit is None:
            return Unknown(f"there is no unit {directory} in this scan", Cause.OUTSIDE_SCAN)
        if isinstance(unit.source, Unknown):
            return unit.source
        key = (directory, "")
        if key in self._asked:
            return Unknown(f"unit {directory} depends on itself", Cause.FAULT)
        self._asked.add(key)
        try:
            found = self._unit(unit)
            return self._outputs_of(key, found[1]) if found is not None else Unknown(unit.directory)
        finally:
            self._asked.discard(key)

    def _outputs_of(self, key: _Key, evaluation: Evaluation) -> Mapping[str, Value]:
        known = self._outputs.get(key)
        if known is None:
            found = evaluation.outputs_of(evaluation.top)
            root = evaluation.top.root
            known = self._outputs[key] = {name: foreign(value, root) for name, value in found.items()}
        return known

    # remote state

    def remote_state(self, reader: str, attributes: Mapping[str, Value]) -> Value:
        """The outputs that `terraform_remote_state` reads, in the root that is `reader`'s directory."""
        config = unwrap(attributes.get("config"))
        state = _state(unwrap(attributes.get("backend")), config if isinstance(config, dict) else {}, reader)
        if isinstance(state, Unknown):
            return state
        keys = self._kept().get(state, [])
        named = unwrap(attributes.get("workspace"))
        if len(keys) > 1 and isinstance(named, str):
            keys = [key for key in keys if named in (key[1], self._workspace(key))]
        shown = " ".join(state)
        if not keys:
            return Unknown(f"no root of this scan keeps its state in {shown}", Cause.OUTSIDE_SCAN)
        if len(keys) > 1:
            names = ", ".join("@".join(filter(None, key)) for key in keys)
            return Unknown(f"several roots keep their state in {shown}: {names}", Cause.OUTSIDE_SCAN)
        return self._read_state(keys[0], unwrap(attributes.get("defaults")))

    def _read_state(self, key: _Key, defaults: Value) -> Value:
        if key in self._asked:
            return Unknown(f"the state of {key[0]} depends on itself", Cause.FAULT)
        self._asked.add(key)
        try:
            found = self._by_key(key)
            if found is None:
                return Unknown(f"the module of {key[0]} is not on disk", Cause.MODULE_ABSENT)
            told = self._outputs_of(key, found[1])
            return {**defaults, **told} if isinstance(defaults, dict) else dict(told)
        finally:
            self._asked.discard(key)

    def _by_key(self, key: _Key) -> tuple[Unit, Evaluation] | None:
        unit = self.units.by_directory.get(key[0]) if self.units is not None else None
        return self._unit(unit) if unit is not None else self._root(key[0], self._environment(key))

    def _environment(self, key: _Key) -> Environment:
        declared = self.settings.environments.get(key[0], (ONLY,))
        return next((each for each in declared if each.name == key[1]), ONLY)

    def _workspace(self, key: _Key) -> str:
        return self._environment(key).workspace or self.settings.workspace

    def _kept(self) -> dict[_State, list[_Key]]:
        """The roots by where they keep their state."""
        if self._states is None:
            self._states = {}
            keys = [(each, "") for each in (self.units.by_directory if self.units is not None else ())]
            for directory in self.directories:
                keys.extend((directory, each.name) for each in self.settings.environments.get(directory, (ONLY,)))
            for key in keys:
                found = self._by_key(key)
                state = _kept_by(found[1], key[0]) if found is not None else None
                if state is not None:
                    self._states.setdefault(state, []).append(key)
        return self._states


def _kept_by(evaluation: Evaluation, directory: str) -> _State | None:
    """Where a root keeps its state: its backend block, or a file beside it."""
    for declared in evaluation.top.module.settings:
        for block in declared.block.body.blocks:
            if block.type in ("backend", "cloud"):
                name = block.labels[0] if block.labels else "cloud"
                frame = Frame(evaluation, evaluation.top, {})
                config = Decoder(declared.path, []).decode(block.body, frame)
                state = _state(name, config, directory)
                return None if isinstance(state, Unknown) else state
    return _state("local", {}, directory)  # type: ignore[return-value]  # nothing of it can be unknown


def _state(backend: Value, config: Mapping[str, Value], directory: str) -> _State | Unknown:
    """What identifies a state: the backend's name and what its configuration says of the place."""
    if not isinstance(backend, str):
        return backend if isinstance(backend, Unknown) else Unknown("no backend is named", Cause.OUTSIDE_SCAN)
    if backend == "local":
        path = unwrap(config.get("path", "terraform.tfstate"))
        name = within(path, directory) if isinstance(path, str) else None
        if name is None:
            why = "lies outside the scanned tree" if isinstance(path, str) else "is not known"
            return path if isinstance(path, Unknown) else Unknown(f"the state's path {why}", Cause.OUTSIDE_SCAN)
        return (backend, posixpath.normpath(name))
    names = _IDENTITY.get(backend)
    if names is None:
        return Unknown(f"what a backend {backend} keeps where is not known here", Cause.OUTSIDE_SCAN)
    told = []
    for name in names:
        value = config.get(name)
        unknown = first_unknown(value)
        if unknown is not None:
            return unknown
        told.append(_flat(value))
    return ("cloud" if backend == "remote" else backend, *filter(None, told))


def _flat(value: Value) -> str:
    """A place as text; a `workspaces` block and a `workspaces` map are the same."""
    value = unwrap(value)
    if isinstance(value, list):
        value = unwrap(value[0]) if value else None
    if isinstance(value, dict):
        return ",".join(f"{key}={unwrap(each)}" for key, each in sorted(value.items()) if each is not None)
    return "" if value is None else str(value).strip("/")


def foreign(value: Value, root: str) -> Value:
    """A value of another root, whose references say so."""
    if isinstance(value, Unknown):
        named = tuple(_abroad(each, root) for each in value.references)
        return Unknown(value.reason, value.cause, named, value.type, value.prefix, suffix=value.suffix)
    if isinstance(value, Sensitive):
        return Sensitive(foreign(value.value, root))
    if isinstance(value, ResourceValue):
        inner = {name: foreign(each, root) for name, each in value.items()}
        return ResourceValue(_abroad(value.address, root), inner, value.cause)
    if isinstance(value, dict):
        return {name: foreign(each, root) for name, each in value.items()}
    if isinstance(value, list):
        return [foreign(each, root) for each in value]
    return value


def _abroad(reference: str, root: str) -> str:
    return reference if reference.startswith("tf:") else str(Address("tf", root, reference))
