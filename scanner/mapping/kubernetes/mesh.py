"""What a service mesh asks of calls (Istio, Linkerd) and how it routes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.mapping.extract import EMPTY, FALSE, NONE
from scanner.mapping.kubernetes import authorization
from scanner.mapping.kubernetes.reading import (
    IN_NAMESPACE,
    beside,
    joined,
    mapping,
    named,
    pairs,
    row,
    selected,
    sequence,
    texts,
    walked,
)
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.table import Fixed, Join, Part, Row, Table
from scanner.model.value import Value

SECURITY = "security.istio.io"
NETWORKING = "networking.istio.io"
LINKERD = "policy.linkerd.io"
_ROOT = "istio-system"  # the mesh's root namespace unless meshConfig names another
_MODES = {"STRICT": "strict", "PERMISSIVE": "permissive", "DISABLE": "disabled"}


def _policy(attributes: dict[str, Any]) -> Row:
    """A mesh policy that says nothing of what is not given."""
    every: dict[str, Any] = {
        "mtls": NONE,
        "action": NONE,
        "open": FALSE,
        "rules": EMPTY,
        "mesh_wide": _mesh_wide,
        "selector": _selector,
    }
    return row("mesh_policy", {**every, **attributes}, {"in_namespace": IN_NAMESPACE})


# Istio


def _selected(reader: Reader) -> dict[str, str]:
    return pairs(reader.get("spec.selector.matchLabels"))


def _selector(reader: Reader) -> Value:
    """The labels that workloads must carry; an empty selector takes every workload of the namespace."""
    return [{"labels": _selected(reader), "expressions": []}]


def _mesh_wide(reader: Reader) -> Value:
    return reader.resource.scope.region == _ROOT and not _selected(reader)


def _mtls(reader: Reader) -> Value:
    """The weakest of what is said of the workload and of its ports. UNSET inherits: says nothing."""
    ports = [str(walked(each, "mode")) for each in mapping(reader.get("spec.portLevelMtls")).values()]
    mode = _MODES.get(str(reader.get("spec.mtls.mode", "UNSET")))
    for weaker in ("DISABLE", "PERMISSIVE"):
        if weaker in ports and mode != "disabled":
            return _MODES[weaker]
    return mode


def _action(reader: Reader) -> Value:
    return str(reader.get("spec.action", "ALLOW")).lower()


def _open(reader: Reader) -> Value:
    """Whether an ALLOW policy has a rule that names neither callers nor conditions. No rule allows nobody."""
    if _action(reader) != "allow":
        return False
    return any(not rule.has("from") and not rule.has("when") for rule in reader.blocks("spec.rules"))


def _client_tls(reader: Reader) -> Value:
    """How callers of a destination speak: the mesh's own TLS, none, or nothing said."""
    mode = str(reader.get("spec.trafficPolicy.tls.mode", ""))
    return {"ISTIO_MUTUAL": "strict", "MUTUAL": "strict", "DISABLE": "disabled"}.get(mode)


def _gateway_encrypted(reader: Reader) -> Value:
    """Every server speaks TLS or only redirects to it."""
    servers = list(reader.blocks("spec.servers"))
    return bool(servers) and all(
        str(server.get("port.protocol", "")).upper() in ("HTTPS", "TLS") or server.get("tls.httpsRedirect") is True
        for server in servers
    )


def _gateway_hosts(reader: Reader) -> Value:
    return [host for server in reader.blocks("spec.servers") for host in texts(server.get("hosts")) if host != "*"]


def _destinations(reader: Reader) -> Iterator[tuple[str, Value]]:
    """The hosts that a VirtualService sends to, by short or full name, each with its port."""
    for section in ("http", "tls", "tcp"):
        for item in sequence(reader.get(f"spec.{section}")):
            routes = [*sequence(walked(item, "route")), {"destination": walked(item, "mirror")}]
            for route in routes:
                host = walked(route, "destination", "host")
                if isinstance(host, str) and host:
                    yield host, walked(route, "destination", "port", "number")


def _virtual_backends(reader: Reader) -> Value:
    found: list[Value] = []
    for host, port in _destinations(reader):
        name, _, rest = host.partition(".")
        found.append({"service": name, "namespace": rest.partition(".")[0] or None, "port": port})
    return found


def _virtual_services(reader: Reader) -> Iterator[Value]:
    for host, _ in _destinations(reader):
        yield service_named(reader, host)


def service_named(reader: Reader, host: str) -> str:
    """The identity of the service behind a host name of the cluster (`api`, `api.shop.svc.cluster.local`)."""
    name, _, rest = host.partition(".")
    namespace = rest.partition(".")[0]
    if not rest:
        return beside(reader.resource, "/Service", name)
    return named(reader.resource, "/Service", name, namespace)


def _gateways(reader: Reader) -> Iterator[Value]:
    for gateway in texts(reader.get("spec.gateways")):
        namespace, slash, name = gateway.rpartition("/")
        if gateway != "mesh":
            type = f"{NETWORKING}/Gateway"
            yield named(reader.resource, type, name, namespace) if slash else beside(reader.resource, type, name)


def _virtual_parents(reader: Reader) -> Value:
    """The gateways that a VirtualService is bound to; `mesh`, which it is without any, is no way from outside."""
    found: list[Value] = []
    for gateway in texts(reader.get("spec.gateways")) or ["mesh"]:
        namespace, _, name = gateway.rpartition("/")
        kind = "mesh" if gateway == "mesh" else "Gateway"
        found.append({"kind": kind, "name": name, "namespace": namespace or None, "section": None, "port": None})
    return found


def _served(reader: Reader) -> Value:
    """The servers of a gateway: for hosts of any namespace unless one stands before them."""
    return [
        {
            "name": server.get("name"),
            "port": server.get("port.number"),
            "protocol": str(server.get("port.protocol", "")).upper(),
            "hostname": None,
            "kinds": ["VirtualService"],
            "from": "All",
            "selector": None,
        }
        for server in reader.blocks("spec.servers")
    ]


_VIRTUAL = row(
    "ingress",
    {
        "encrypted": NONE,
        "hosts": lambda reader: texts(reader.get("spec.hosts")),
        "class": Fixed("istio"),
        "internal": NONE,
        "backends": _virtual_backends,
        "balancer": EMPTY,
        "listeners": EMPTY,
        "parents": _virtual_parents,
    },
    {
        "in_namespace": IN_NAMESPACE,
        "forwards_to": (
            joined("spec.http", ("service",), _virtual_services),
            Join("spec.gateways", ("ingress",), reverse=True, values=_gateways),
        ),
    },
)
_GATEWAY = row(
    "ingress",
    {
        "encrypted": _gateway_encrypted,
        "hosts": _gateway_hosts,
        "class": Fixed("istio"),
        "internal": NONE,
        "backends": EMPTY,
        "balancer": EMPTY,
        "listeners": _served,
        "parents": NONE,
    },
    {"in_namespace": IN_NAMESPACE},
)


# Envoy

_AUTHORIZER = "envoy.filters.http.ext_authz", "envoy.filters.network.ext_authz", "envoy.ext_authz"


def _patches(reader: Reader) -> Iterator[dict[str, Value]]:
    """The values of an EnvoyFilter's patches that put an external authorizer into the path of requests."""
    for patch in reader.blocks("spec.configPatches"):
        value = mapping(patch.get("patch.value"))
        if value.get("name") in _AUTHORIZER:
            yield value


def _authorizes(reader: Reader) -> bool:
    return next(_patches(reader), None) is not None


def _authorizer_fails_open(reader: Reader) -> Value:
    """`failure_mode_allow` is false unless it is written (Envoy documentation, ext_authz)."""
    for each in _patches(reader):
        settings = mapping(each.get("typed_config") or each.get("config"))
        if settings.get("failure_mode_allow") is True or settings.get("failureModeAllow") is True:
            return True
    return False


_ENVOY = row(
    "config",
    {"literal_secrets": EMPTY, "chart_version": NONE},
    {"in_namespace": IN_NAMESPACE},
    parts=(
        Part(
            Row(
                "waf",
                {"default_action": Fixed("block"), "logged": NONE, "fails_open": _authorizer_fails_open},
                identity=(),
                name="metadata.name",
            ),
            "authorizer",
            when=_authorizes,
        ),
    ),
)


# Linkerd


def _server_selector(reader: Reader) -> Value:
    return [selected(reader.get("spec.podSelector"))]


def _server_open(reader: Reader) -> Value:
    return reader.get("spec.accessPolicy", "deny") in ("all-unauthenticated", "cluster-unauthenticated")


def _authorization_open(reader: Reader) -> Value:
    return bool(reader.get("spec.client.unauthenticated", False))


def _no_caller(path: str) -> Extract:
    """Whether nothing is required of callers."""
    return lambda reader: not sequence(reader.get(path))


TABLE: Table = {
    f"{SECURITY}/PeerAuthentication": _policy({"mtls": _mtls}),
    f"{SECURITY}/AuthorizationPolicy": _policy({"action": _action, "open": _open, "rules": authorization.rules}),
    f"{SECURITY}/RequestAuthentication": _policy({}),
    f"{NETWORKING}/DestinationRule": _policy({"mtls": _client_tls, "mesh_wide": FALSE, "selector": EMPTY}),
    f"{NETWORKING}/Gateway": _GATEWAY,
    f"{NETWORKING}/VirtualService": _VIRTUAL,
    f"{NETWORKING}/EnvoyFilter": _ENVOY,
    f"{LINKERD}/Server": _policy({"selector": _server_selector, "open": _server_open, "mesh_wide": FALSE}),
    f"{LINKERD}/ServerAuthorization": _policy(
        {"action": Fixed("allow"), "open": _authorization_open, "mesh_wide": FALSE, "selector": EMPTY}
    ),
    f"{LINKERD}/AuthorizationPolicy": _policy(
        {
            "action": Fixed("allow"),
            "open": _no_caller("spec.requiredAuthenticationRefs"),
            "mesh_wide": FALSE,
            "selector": EMPTY,
        }
    ),
}
