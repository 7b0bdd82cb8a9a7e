"""What the Pod Security Standards forbid of a pod, control by control, with the versions that forbid it.

Source: kubernetes/pod-security-admission, package policy (the checks and their revisions), and the Pod Security
Standards page; fields are judged after the defaults of the API server. Ephemeral, init and ordinary containers
alike. A control's level is in `CONTROLS`; which version counts is the scan's, so that each violation says since
when and until when it is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from scanner.mapping.extract import truth
from scanner.mapping.reader import Extract, Reader
from scanner.model.value import Undetermined, Unknown, Value, unwrap

CAPABILITIES = frozenset((
    "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP",
    "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
))  # fmt: skip
# Sysctls that are separate for each pod, and the version from which they are allowed.
_SYSCTLS = {
    **dict.fromkeys((
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies",
        "net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start",
    ), "1.0"),
    "net.ipv4.ip_local_reserved_ports": "1.27",
    **dict.fromkeys((
        "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
    ), "1.29"),
    **dict.fromkeys(("net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"), "1.32"),
    **dict.fromkeys(("net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_notsent_lowat"), "1.37"),
}  # fmt: skip
_SELINUX = {"": "1.0", "container_t": "1.0", "container_init_t": "1.0", "container_kvm_t": "1.0",
            "container_engine_t": "1.31"}  # fmt: skip
_VOLUMES = frozenset((
    "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected",
    "secret",
))  # fmt: skip
_PROFILES = ("RuntimeDefault", "Localhost")
_APPARMOR = "container.apparmor.security.beta.kubernetes.io/"
_SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod"
_SECCOMP = "container.seccomp.security.alpha.kubernetes.io/"
_HOOKS = ("livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop")

BASELINE, RESTRICTED = "baseline", "restricted"
CONTROLS = {
    "appArmorProfile": BASELINE,
    "capabilities_baseline": BASELINE,
    "hostNamespaces": BASELINE,
    "hostPathVolumes": BASELINE,
    "hostPorts": BASELINE,
    "hostProbesAndHostLifecycle": BASELINE,
    "privileged": BASELINE,
    "procMount": BASELINE,
    "seLinuxOptions": BASELINE,
    "seccompProfile_baseline": BASELINE,
    "sysctls": BASELINE,
    "windowsHostProcess": BASELINE,
    "allowPrivilegeEscalation": RESTRICTED,
    "capabilities_restricted": RESTRICTED,
    "procMount_restricted": RESTRICTED,
    "restrictedVolumes": RESTRICTED,
    "runAsNonRoot": RESTRICTED,
    "runAsUser": RESTRICTED,
    "seccompProfile_restricted": RESTRICTED,
}


class _Pod(NamedTuple):
    """A pod spec with what its checks share: the containers by name, and what the pod decides for them."""

    spec: Reader
    containers: list[tuple[str, Reader]]
    annotations: Reader | None
    windows: bool
    user_namespace: bool


class _Place(NamedTuple):
    """A field, where it is shown, and the container that it belongs to ("" for the pod)."""

    reader: Reader
    path: str
    container: str = ""


class _Violation(NamedTuple):
    """A control that a field breaks (`what`; Unknown where that cannot be told) in versions since .. until."""

    control: str
    place: _Place
    what: str | Unknown
    since: str = "1.0"
    until: str = ""


_Test = Callable[[Value], "str | tuple[str, str] | None"]  # what is wrong, with the version that allows it


def violations(pod: str, meta: str) -> Extract:
    """The extractor of `pod_security` for an object whose pod spec stands at `pod`, its metadata at `meta`."""

    def extract(reader: Reader) -> Value:
        spec = reader.block(pod)
        if spec is None:
            return None
        found: list[Value] = []
        for violation, shown, path in told(spec, reader.block(f"{meta}.annotations")):
            reader.mark(len(found), shown, path)
            found.append(violation)
        return found

    return extract


def told(spec: Reader, annotations: Reader | None) -> Iterator[tuple[dict[str, Value], Reader, str]]:
    """Each violation of a pod spec as the vocabulary has it, with the reader that shows it and the path below."""
    for each in _violations(_read(spec, annotations)):
        violation: dict[str, Value] = {
            "control": each.control,
            "level": CONTROLS[each.control],
            "container": each.place.container or None,
            "what": each.what,
            "since": each.since,
            "until": each.until or None,
        }
        yield violation, each.place.reader, each.place.path


def _read(spec: Reader, annotations: Reader | None) -> _Pod:
    containers = [
        (str(each.get("name", "")), each)
        for role in ("initContainers", "containers", "ephemeralContainers")
        for each in spec.blocks(role)
    ]
    windows = spec.peek("os.name") == "windows" if not isinstance(spec.peek("os.name"), Unknown) else False
    users = spec.peek("hostUsers")
    return _Pod(spec, containers, annotations, windows, users is False)


def _violations(pod: _Pod) -> Iterator[_Violation]:
    for check in _CHECKS:
        yield from check(pod)


def _mapping(value: Value) -> dict[str, Value]:
    """A mapping as it is, anything else as an empty one. Raises Undetermined."""
    value = unwrap(value)
    if isinstance(value, Unknown):
        raise Undetermined(value)
    return value if isinstance(value, dict) else {}


# one field at a time


def _field(control: str, place: _Place, test: _Test, since: str = "1.0", until: str = "") -> Iterator[_Violation]:
    """The violation of one field, where `test` names one; one that nobody can tell where it is unknown."""
    value = place.reader.peek(place.path)
    if isinstance(value, Unknown):
        yield _Violation(control, place, value, since, until)
        return
    try:
        wrong = test(value)
    except Undetermined as undetermined:
        yield _Violation(control, place, undetermined.unknown, since, until)
        return
    if isinstance(wrong, tuple):
        yield _Violation(control, place, wrong[0], since, wrong[1])
    elif wrong is not None:
        yield _Violation(control, place, wrong, since, until)


def _fields(
    pod: _Pod, control: str, path: str, test: _Test, *, of_pod: bool = False, since: str = "1.0", until: str = ""
) -> Iterator[_Violation]:
    """The violations of a field of every container, before them of the pod itself where it has the field."""
    if of_pod:
        yield from _field(control, _Place(pod.spec, path), test, since, until)
    for name, container in pod.containers:
        yield from _field(control, _Place(container, path, name), test, since, until)


def _on(what: str) -> _Test:
    return lambda value: what if truth(value or False) else None


def _profile(value: Value) -> str | None:
    return None if value is None or value in _PROFILES else f"the profile {value}"


def _texts(value: Value) -> list[str]:
    """The elements of a list as text. Raises Undetermined for one that is unknown."""
    found = []
    for each in value if isinstance(value, list) else ():
        inner = unwrap(each)
        if isinstance(inner, Unknown):
            raise Undetermined(inner)
        found.append(str(inner))
    return found


# baseline


def _apparmor(pod: _Pod) -> Iterator[_Violation]:
    yield from _fields(pod, "appArmorProfile", "securityContext.appArmorProfile.type", _profile, of_pod=True)
    yield from _annotated(pod, "appArmorProfile", _APPARMOR, ("", "runtime/default"), "1.0", "")


def _annotated(
    pod: _Pod, control: str, prefix: str, allowed: tuple[str, ...], since: str, until: str
) -> Iterator[_Violation]:
    """Profiles that annotations with a prefix name; `localhost/...` is always allowed."""
    if pod.annotations is None:
        return
    for key, value in _mapping(pod.annotations.value).items():
        if not key.startswith(prefix):
            continue
        place = _Place(pod.annotations, key, key.removeprefix(prefix) if prefix.endswith("/") else "")
        held = unwrap(value)
        if isinstance(held, Unknown):
            yield _Violation(control, place, held, since, until)
        elif str(held) not in allowed and not str(held).startswith("localhost/"):
            yield _Violation(control, place, f"the profile {held}", since, until)


def _capabilities(pod: _Pod) -> Iterator[_Violation]:
    def test(value: Value) -> str | None:
        wrong = [each for each in _texts(value) if each not in CAPABILITIES]
        return f"adds {', '.join(sorted(wrong))}" if wrong else None

    yield from _fields(pod, "capabilities_baseline", "securityContext.capabilities.add", test)


def _host_namespaces(pod: _Pod) -> Iterator[_Violation]:
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        yield from _field("hostNamespaces", _Place(pod.spec, field), _on(field))


def _volumes(pod: _Pod) -> Iterator[_Violation]:
    for volume in pod.spec.blocks("volumes"):
        name = str(volume.peek("name"))
        sources = [key for key in _mapping(volume.value) if key != "name"] or ["emptyDir"]
        if "hostPath" in sources:
            path = volume.peek("hostPath.path")
            what = path if isinstance(path, Unknown) else str(path or "")
            yield _Violation("hostPathVolumes", _Place(volume, "hostPath"), what)
        for source in sources:
            if source not in _VOLUMES:
                yield _Violation("restrictedVolumes", _Place(volume, source), f"volume {name} of type {source}")


def _host_ports(pod: _Pod) -> Iterator[_Violation]:
    """In the machine's network the API server fills in every container port as one of the machine."""
    shared = pod.spec.peek("hostNetwork") is True
    for name, container in pod.containers:
        for port in container.blocks("ports"):
            path = "containerPort" if shared and port.peek("hostPort") is None else "hostPort"
            yield from _field(
                "hostPorts",
                _Place(port, path, name),
                lambda value: f"port {value}" if value not in (None, 0) else None,
            )


def _probes(pod: _Pod) -> Iterator[_Violation]:
    def test(value: Value) -> str | None:
        return f"asks {value}" if value else None

    for hook in _HOOKS:
        for action in ("httpGet", "tcpSocket"):
            yield from _fields(pod, "hostProbesAndHostLifecycle", f"{hook}.{action}.host", test, since="1.34")


def _privileged(pod: _Pod) -> Iterator[_Violation]:
    yield from _fields(pod, "privileged", "securityContext.privileged", _on("privileged"))


def _proc_mount(pod: _Pod) -> Iterator[_Violation]:
    def test(value: Value) -> str | None:
        return None if value in (None, "", "Default") else f"procMount {value}"

    path = "securityContext.procMount"
    yield from _fields(pod, "procMount", path, test, until="1.35" if pod.user_namespace else "")
    yield from _fields(pod, "procMount_restricted", path, test, since="1.35")


def _selinux(pod: _Pod) -> Iterator[_Violation]:
    def type_(value: Value) -> str | tuple[str, str] | None:
        allowed = _SELINUX.get(str(value or ""))
        return None if allowed == "1.0" else (f"type {value}", allowed or "")

    context = "securityContext.seLinuxOptions"
    yield from _fields(pod, "seLinuxOptions", f"{context}.type", type_, of_pod=True)
    for field in ("user", "role"):
        named = _named(field)
        yield from _fields(pod, "seLinuxOptions", f"{context}.{field}", named, of_pod=True)


def _named(field: str) -> _Test:
    return lambda value: f"{field} {value}" if value else None


def _seccomp(pod: _Pod) -> Iterator[_Violation]:
    control, path = "seccompProfile_baseline", "securityContext.seccompProfile.type"
    yield from _fields(pod, control, path, _profile, of_pod=True, since="1.19")
    old = ("runtime/default", "docker/default")
    for prefix in (_SECCOMP_POD, _SECCOMP):
        yield from _annotated(pod, control, prefix, old, "1.0", "1.19")


def _sysctls(pod: _Pod) -> Iterator[_Violation]:
    def test(value: Value) -> str | tuple[str, str] | None:
        allowed = _SYSCTLS.get(str(value))
        return None if allowed == "1.0" else (str(value), allowed or "")

    for sysctl in pod.spec.blocks("securityContext.sysctls"):
        yield from _field("sysctls", _Place(sysctl, "name"), test)


def _host_process(pod: _Pod) -> Iterator[_Violation]:
    path = "securityContext.windowsOptions.hostProcess"
    yield from _fields(pod, "windowsHostProcess", path, _on("hostProcess"), of_pod=True)


# restricted


def _escalation(pod: _Pod) -> Iterator[_Violation]:
    def test(value: Value) -> str | None:
        return None if value is False else "may gain privileges"

    until = "1.25" if pod.windows else ""
    path = "securityContext.allowPrivilegeEscalation"
    yield from _fields(pod, "allowPrivilegeEscalation", path, test, since="1.8", until=until)


def _capabilities_dropped(pod: _Pod) -> Iterator[_Violation]:
    def dropped(value: Value) -> str | None:
        if "ALL" in (said := _texts(value)):
            return None
        # containerd and CRI-O take it in any case (`InStringSlice` of both), admission does not
        return "drops ALL in another case" if "ALL" in map(str.upper, said) else "does not drop ALL"

    def added(value: Value) -> str | None:
        wrong = [each for each in _texts(value) if each != "NET_BIND_SERVICE"]
        return f"adds {', '.join(sorted(wrong))}" if wrong else None

    until = "1.25" if pod.windows else ""
    for field, test in (("drop", dropped), ("add", added)):
        path = f"securityContext.capabilities.{field}"
        yield from _fields(pod, "capabilities_restricted", path, test, since="1.22", until=until)


def _non_root(pod: _Pod) -> Iterator[_Violation]:
    """The pod must not say no, and each container must say yes, by itself or through the pod."""
    path = "securityContext.runAsNonRoot"
    until = "1.35" if pod.user_namespace else ""
    denied: _Test = lambda value: "runAsNonRoot false" if value is False else None  # noqa: E731 - one of two tests
    yield from _field("runAsNonRoot", _Place(pod.spec, path), denied, until=until)
    inherited = pod.spec.peek(path)
    unsaid: _Test = lambda value: (  # noqa: E731 - as above
        "runAsNonRoot is not set" if value is None and inherited is None else denied(value)
    )
    if isinstance(inherited, Unknown):
        unsaid = denied
    yield from _fields(pod, "runAsNonRoot", path, unsaid, until=until)


def _user(pod: _Pod) -> Iterator[_Violation]:
    def test(value: Value) -> str | None:
        return "user 0" if value == 0 and value is not False else None

    until = "1.35" if pod.user_namespace else ""
    path = "securityContext.runAsUser"
    yield from _fields(pod, "runAsUser", path, test, of_pod=True, since="1.23", until=until)


def _seccomp_set(pod: _Pod) -> Iterator[_Violation]:
    control, path = "seccompProfile_restricted", "securityContext.seccompProfile.type"
    until = "1.25" if pod.windows else ""
    yield from _field(control, _Place(pod.spec, path), _profile, "1.19", until)
    inherited = pod.spec.peek(path)

    def test(value: Value) -> str | None:
        return "no profile" if value is None and inherited is None else _profile(value)

    known: _Test = _profile if isinstance(inherited, Unknown) else test
    yield from _fields(pod, control, path, known, since="1.19", until=until)


_CHECKS = (
    _apparmor, _capabilities, _host_namespaces, _volumes, _host_ports, _probes, _privileged, _proc_mount,
    _selinux, _seccomp, _sysctls, _host_process, _escalation, _capabilities_dropped, _non_root, _user,
    _seccomp_set,
)  # fmt: skip
