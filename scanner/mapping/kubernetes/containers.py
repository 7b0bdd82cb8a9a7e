"""Containers of a pod, with what they inherit from the pod and what the API server fills in.

Sources: the Kubernetes API reference (PodSpec, Container, SecurityContext) and its defaults; the checks of the
Pod Security Standards for the fields that decide.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.credential_names import names_object_by
from scanner.mapping.extract import truth
from scanner.mapping.kubernetes.reading import (
    OUTSIDE,
    annotation,
    beside,
    known,
    mapping,
    sequence,
    texts,
    walked,
    whole,
)
from scanner.mapping.reader import Extract, Reader, walk
from scanner.mapping.secrets import literal_secrets, secrets_in_text
from scanner.mapping.starting import LONGEST, fetches_code, verbose_options, verbose_variables
from scanner.mapping.table import Fixed, Join, Part, Row
from scanner.model.resource import Resource
from scanner.model.value import Undetermined, Unknown, Value, unwrap

_SUBSTITUTED = ("${", "$(", "{{", "<")
_DEFAULTED = frozenset(("apps.openshift.io/DeploymentConfig",))
_BATCH = frozenset(("Job", "CronJob"))
_SECCOMP = "seccomp.security.alpha.kubernetes.io/pod"


def parts(pod: str) -> tuple[Part, ...]:
    """The containers of a pod whose spec stands at a path."""
    return (
        Part(_row(pod, "init"), "container", f"{pod}.initContainers", "contains"),
        Part(_row(pod, "main"), "container", f"{pod}.containers", "contains"),
        Part(_row(pod, "ephemeral"), "container", f"{pod}.ephemeralContainers", "contains"),
    )


def _row(pod: str, role: str) -> Row:
    return Row(
        "container",
        {
            "image": _image,
            "pinned": _pinned,
            "tagged": _tagged,
            "privileged": _privileged,
            "escalation_allowed": _escalation(pod),
            "runs_as_root": _root(pod),
            "read_only": lambda reader: truth(reader.get("securityContext.readOnlyRootFilesystem", False)),
            "added_capabilities": lambda reader: texts(reader.get("securityContext.capabilities.add")),
            "dropped_capabilities": lambda reader: texts(reader.get("securityContext.capabilities.drop")),
            "seccomp": _seccomp(pod),
            "memory_limited": _memory_limited(pod),
            "requests_set": _requested(pod, "cpu", "memory"),
            "processor_requested": _requested(pod, "cpu"),
            "live_checked": _probed("livenessProbe", role),
            "ready_checked": _probed("readinessProbe", role),
            "literal_secrets": _literal_secrets(pod),
            "verbose": _verbose,
            "fetches_code": _fetches,
            "secret_variables": _secret_variables,
            "host_ports": _host_ports(pod),
            "ports": _ports,
            "init": Fixed(role == "init"),
        },
        {"mounts": Join("env", ("secret", "config"), values=_mounted)},
        identity=(),
    )


# the image


def _image(reader: Reader) -> Value:
    image = reader.get("image")
    if isinstance(image, str) and any(mark in image for mark in _SUBSTITUTED):
        return Unknown(f"the image {image} is filled in when it is deployed", OUTSIDE)
    return image


def _written_image(reader: Reader) -> str | Unknown:
    image = _image(reader)
    return image if isinstance(image, Unknown) else str(image or "")


def _pinned(reader: Reader) -> Value:
    image = _written_image(reader)
    return image if isinstance(image, Unknown) else "@sha256:" in image or "@sha512:" in image


def _tagged(reader: Reader) -> Value:
    """A digest says more than a tag, so it counts as one."""
    image = _written_image(reader)
    if isinstance(image, Unknown):
        return image
    tag = image.partition("@")[0].rpartition("/")[2].partition(":")[2]
    return "@" in image or tag not in ("", "latest")


# security context: the container's own word, else the pod's


def _context(reader: Reader, pod: str, field: str) -> Value:
    """The field of the container, else of the pod; what decided is read last, so that it is shown."""
    outer = whole(reader).get(f"{pod}.securityContext.{field}")
    own = reader.get(f"securityContext.{field}")
    if own is None and outer is not None:
        return whole(reader).get(f"{pod}.securityContext.{field}")
    return own


def _windows(reader: Reader, pod: str) -> bool:
    return bool(whole(reader).get(f"{pod}.os.name") == "windows")


def _privileged(reader: Reader) -> Value:
    return truth(reader.get("securityContext.privileged", False))


def _escalation(pod: str) -> Extract:
    """Allowed unless forbidden; a privileged container and one with SYS_ADMIN always may."""

    def extract(reader: Reader) -> Value:
        if _windows(reader, pod):
            return None
        added = texts(reader.get("securityContext.capabilities.add"))
        if "SYS_ADMIN" in added or "CAP_SYS_ADMIN" in added:
            return True
        if truth(reader.get("securityContext.privileged", False)):
            return True
        allowed = reader.get("securityContext.allowPrivilegeEscalation")
        return _left_open(reader) if allowed is None else truth(allowed)

    return extract


def _root(pod: str) -> Extract:
    def extract(reader: Reader) -> Value:
        if _windows(reader, pod):
            return None
        never = _context(reader, pod, "runAsNonRoot")
        user = _context(reader, pod, "runAsUser")
        _show(reader, pod, "runAsNonRoot" if user is None else "runAsUser")
        if user is not None:
            return str(user) == "0"
        return _left_open(reader) if never is None else not truth(never)

    return extract


def _left_open(reader: Reader) -> Value:
    """What holds where a pod says nothing: the weaker; but OpenShift's security context constraints fill it in (a
    user of the namespace's range, no escalation: restricted-v2, OpenShift documentation, "Managing security
    context constraints"), unless the service account is let off.
    """
    if reader.resource.type in _DEFAULTED:
        return Unknown("OpenShift's security context constraints fill it in", OUTSIDE)
    return True


def _show(reader: Reader, pod: str, field: str) -> None:
    """Read last what decided: the pod's word where it alone speaks, else the container's own place."""
    own = reader.get(f"securityContext.{field}")
    if own is not None or whole(reader).get(f"{pod}.securityContext.{field}") is None:
        reader.get(f"securityContext.{field}")


def _seccomp(pod: str) -> Extract:
    def extract(reader: Reader) -> Value:
        if _windows(reader, pod):
            return None
        old = annotation(whole(reader), _SECCOMP)
        profile = _context(reader, pod, "seccompProfile.type")
        return profile if profile is not None else old

    return extract


# resources and probes


def _memory_limited(pod: str) -> Extract:
    def extract(reader: Reader) -> Value:
        if whole(reader).has(f"{pod}.resources.limits.memory"):
            return True
        return reader.has("resources.limits.memory")

    return extract


def _requested(pod: str, *amounts: str) -> Extract:
    """A limit without a request is a request of the same amount."""

    def extract(reader: Reader) -> Value:
        for amount in amounts:
            shared = whole(reader).has(f"{pod}.resources.requests.{amount}")
            limited = reader.has(f"resources.limits.{amount}")
            if not (reader.has(f"resources.requests.{amount}") or limited or shared):
                return False
        return True

    return extract


def _probed(probe: str, role: str) -> Extract:
    """Null where no probe is possible: init and ephemeral containers, and what runs to its end."""

    def extract(reader: Reader) -> Value:
        kind = reader.resource.type.rpartition("/")[2]
        runs_on = role == "init" and reader.get("restartPolicy") == "Always"
        if kind in _BATCH or (role != "main" and not runs_on):
            return None
        return reader.has(probe)

    return extract


# secrets and ports


def _variables(reader: Reader, path: str = "env") -> Iterator[tuple[int, dict[str, Value]]]:
    """The entries of a list by position, without a reader for each: a container may have hundreds. Raises
    Undetermined at the end where one is unknown."""
    value = reader.get(path)
    pending: Unknown | None = None
    for position, item in enumerate(value if isinstance(value, list) else ()):
        held = unwrap(item)
        if type(held) is dict:
            yield position, held
        elif isinstance(held, Unknown):
            pending = held if pending is None else pending
    if pending is not None:
        raise Undetermined(pending)


def _literal_secrets(pod: str) -> Extract:
    """Variables with a literal value, then what the command line says in clear text."""

    def extract(reader: Reader) -> Value:
        places: dict[str, int] = {}
        written_in = reader.resource.span.path

        def pairs() -> Iterator[tuple[str, Value]]:
            mounted = _mounted_secrets(reader.resource, pod)
            for position, held in _variables(reader):
                value = held.get("value")
                if value is None or (isinstance(value, str) and value in mounted):
                    continue
                name = str(known(held.get("name")))
                if not names_object_by(name, value):
                    places.setdefault(name, position)
                    yield name, value

        found = literal_secrets(pairs(), written_in)
        shown = "" if not found else f"env[{places[_worst(found)]}].value"
        for path in ("command", "args"):
            said = texts(reader.get(path))
            told = secrets_in_text(" ".join(said), path=written_in) if said else []
            shown = shown or (_element(reader, path, told[0]) if told else "")
            found += [name or path for name in told]
        if shown:
            reader.get(shown)  # read last, so that it is what is shown
        return list(dict.fromkeys(found))

    return extract


def _worst(names: list[str]) -> str:
    """The one to show: an access key is the name that a secret key is given with (MinIO's are chosen freely)."""
    return next((each for each in names if "access_key" not in each.lower() or "secret" in each.lower()), names[0])


def _element(reader: Reader, path: str, name: str) -> str:
    """The path of the first element of a command line that says a credential; the line's where several do."""
    line = reader.peek(path)
    for position, each in enumerate(line if isinstance(line, list) else ()):
        said = unwrap(each)
        if isinstance(said, str) and name in secrets_in_text(said, path=reader.resource.span.path):
            return f"{path}[{position}]"
    return path


def _mounted_secrets(resource: Resource, pod: str) -> frozenset[str]:
    """The names of the Secrets that a pod mounts: a variable that says one names it."""
    listed, _ = walk(resource.attributes, f"{pod}.volumes")
    names = (walk(unwrap(each), "secret.secretName")[0] for each in (listed if isinstance(listed, list) else ()))
    return frozenset(each for each in names if isinstance(each, str))


def _verbose(reader: Reader) -> Value:
    """Variables and options that ask for debug or trace logs; the last that is read is shown."""
    found: list[str] = []
    for position, held in _variables(reader):
        value = held.get("value")
        if type(value) is not str or len(value) > LONGEST:
            continue  # nearly every variable
        if any(verbose_variables([(str(known(held.get("name"))), value)])):
            found.append(str(held.get("name")))
            reader.mark(len(found) - 1, reader, f"env[{position}].value")
    for path in ("command", "args"):
        for option in verbose_options(" ".join(texts(reader.get(path)))):
            reader.mark(len(found), reader, path)
            found.append(option)
    return found


def _fetches(reader: Reader) -> Value:
    line = "\n".join([*texts(reader.get("command")), *texts(reader.get("args"))])
    if not fetches_code(line):
        return False
    reader.get("args" if fetches_code("\n".join(texts(reader.get("args")))) else "command")
    return True


def _secret_variables(reader: Reader) -> Value:
    found: list[str] = []
    first = -1
    for position, held in _variables(reader):
        if held.get("valueFrom") is not None and walked(held, "valueFrom", "secretKeyRef", "name") is not None:
            first = position if first < 0 else first
            found.append(f"{known(held.get('name'))}")
    for _, held in _variables(reader, "envFrom"):
        name = walked(held, "secretRef", "name")
        if name is not None:
            found.append(str(name))
    if first >= 0:
        reader.get(f"env[{first}].valueFrom.secretKeyRef.name")  # read last, so that it is what is shown
    return found


def _host_ports(pod: str) -> Extract:
    """Under hostNetwork every container port is a port of the machine (the API server fills it in)."""

    def extract(reader: Reader) -> Value:
        shared = truth(whole(reader).get(f"{pod}.hostNetwork", False))
        found: list[str] = []
        for port in reader.blocks("ports"):
            number = port.get("hostPort") or (port.get("containerPort") if shared else None)
            if number:
                found.append(str(number))
        return found

    return extract


def _ports(reader: Reader) -> Value:
    """What it says it listens on; saying so opens nothing, but policies and services find ports by their names."""
    return [
        {
            "name": port.get("name"),
            "port": port.get("containerPort"),
            "protocol": str(port.get("protocol", "TCP")).lower(),
            "host_port": port.get("hostPort"),
            "host_address": port.get("hostIP"),
        }
        for port in reader.blocks("ports")
    ]


def _mounted(reader: Reader) -> Iterator[Value]:
    """The secrets and configuration that the container's environment names."""
    resource = reader.resource
    for item in sequence(reader.get("env")):
        if isinstance(item, dict) and item.get("valueFrom") is None:
            continue
        for field, type in (("secretKeyRef", "/Secret"), ("configMapKeyRef", "/ConfigMap")):
            yield from _reference(resource, walked(item, "valueFrom", field), type)
    for item in sequence(reader.get("envFrom")):
        for field, type in (("secretRef", "/Secret"), ("configMapRef", "/ConfigMap")):
            yield from _reference(resource, walked(item, field), type)


def _reference(resource: Resource, reference: Value, type: str) -> Iterator[Value]:
    held = mapping(reference)
    name = unwrap(held.get("name"))
    if isinstance(name, str) and name:
        yield beside(resource, type, name)
