"""How requests reach pods: services, ingresses and the Gateway API."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from scanner.mapping import balancers
from scanner.mapping.extract import EMPTY, NONE, text
from scanner.mapping.kubernetes import gateways, overlays, published
from scanner.mapping.kubernetes.reading import (
    IN_NAMESPACE,
    annotation,
    beside,
    joined,
    mapping,
    named,
    pairs,
    row,
    sequence,
    texts,
    walked,
)
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.table import Join, Row, Table
from scanner.model.value import Value

GATEWAY = "gateway.networking.k8s.io"
_INGRESS = ("service", "ingress")
NO_GATEWAY = {"listeners": EMPTY, "parents": NONE}

# Annotations by which a cloud's load balancer is told to stay inside: name -> values that say so.
_INTERNAL = {
    "service.beta.kubernetes.io/aws-load-balancer-internal": ("true", "0.0.0.0/0"),
    "service.beta.kubernetes.io/aws-load-balancer-scheme": ("internal",),
    "service.beta.kubernetes.io/azure-load-balancer-internal": ("true",),
    "networking.gke.io/load-balancer-type": ("internal",),
    "cloud.google.com/load-balancer-type": ("internal",),
    "service.beta.kubernetes.io/openstack-internal-load-balancer": ("true",),
    "service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type": ("private",),
}
_AWS_SCHEME = "service.beta.kubernetes.io/aws-load-balancer-scheme"
_AWS_TYPE = "service.beta.kubernetes.io/aws-load-balancer-type"
_AWS_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"
# Certificates that an ingress takes from a cloud instead of a Secret.
_CLOUD_TLS = (
    "alb.ingress.kubernetes.io/certificate-arn",
    "networking.gke.io/managed-certificates",
    "ingress.gcp.kubernetes.io/pre-shared-cert",
    "appgw.ingress.kubernetes.io/appgw-ssl-certificate",
)
# How the route of OpenShift that is made of an ingress ends TLS; other values are ignored (OpenShift 4,
# "Creating a route through an Ingress object").
_TERMINATION = "route.openshift.io/termination"
_TERMINATED = frozenset(("edge", "passthrough", "reencrypt"))


# services


def _exposure(reader: Reader) -> str:
    return str(reader.get("spec.type", "ClusterIP"))


def _internal(reader: Reader) -> Value:
    """Null without a load balancer. The AWS Load Balancer Controller makes internal ones unless told
    otherwise; the other controllers make public ones."""
    if _exposure(reader) != "LoadBalancer":
        return None
    for name, values in _INTERNAL.items():
        said = annotation(reader, name)
        if said is not None and said.lower() in values:
            return True
    if annotation(reader, _AWS_SCHEME) is not None:
        return False
    controller = annotation(reader, _AWS_TYPE) in ("external", "nlb-ip")
    internal = controller or reader.get("spec.loadBalancerClass") == "service.k8s.aws/nlb"
    reader.peek("spec.type")  # where it is to be seen
    return internal


def _source_ranges(reader: Reader) -> Value:
    said = annotation(reader, _AWS_RANGES)
    if said:
        return [each.strip() for each in said.split(",") if each.strip()]
    return texts(reader.get("spec.loadBalancerSourceRanges"))


def _service_ports(reader: Reader) -> Value:
    return [
        {
            "name": port.get("name"),
            "port": port.get("port"),
            "target": port.get("targetPort", port.get("port")),
            "node_port": port.get("nodePort"),
            "protocol": str(port.get("protocol", "TCP")).lower(),
        }
        for port in reader.blocks("spec.ports")
    ]


def _service_selector(reader: Reader) -> Value:
    selector = pairs(reader.get("spec.selector"))
    return [selector] if selector and _exposure(reader) != "ExternalName" else []


_SERVICE = row(
    "service",
    {
        "exposure": _exposure,
        "internal": _internal,
        "source_ranges": _source_ranges,
        "ports": _service_ports,
        "selector": _service_selector,
        "external_addresses": lambda reader: texts(reader.get("spec.externalIPs")),
        "node_local": lambda reader: reader.get("spec.externalTrafficPolicy", "Cluster") == "Local",
        "headless": lambda reader: reader.get("spec.clusterIP", "") == "None",
        "balancer": balancers.of_service,
    },
    {"in_namespace": IN_NAMESPACE},
    parts=(overlays.PROXY,),
)


# ingresses


def _ingress_hosts(reader: Reader) -> Value:
    return [str(host) for rule in reader.blocks("spec.rules") if (host := rule.get("host")) is not None]


def _ingress_encrypted(reader: Reader) -> Value:
    """Whether each host is named by a TLS entry (one without hosts takes the rules' own), or the cloud that
    serves it was given a certificate, or OpenShift makes a route with TLS of it."""
    if any(annotation(reader, name) for name in _CLOUD_TLS):
        return True
    if annotation(reader, _TERMINATION) in _TERMINATED:
        return True
    entries = [mapping(each) for each in sequence(reader.get("spec.tls"))]
    if not entries:
        return False
    covered = {host for each in entries for host in texts(each.get("hosts"))}
    if any(not texts(each.get("hosts")) for each in entries):
        return True
    hosts = _ingress_hosts(reader)
    return all(_is_covered(host, covered) for host in hosts) if hosts else True


def _is_covered(host: str, covered: set[str]) -> bool:
    return host in covered or f"*.{host.partition('.')[2]}" in covered


# Annotations by which an ingress says whom it serves: name -> value -> whether it is internal.
_SERVES = (
    ("alb.ingress.kubernetes.io/scheme", {"internal": True, "internet-facing": False}),
    ("appgw.ingress.kubernetes.io/use-private-ip", {"true": True, "false": False}),
)
_CLASSES = {"gce-internal": True, "gce": False}


def _ingress_internal(reader: Reader) -> Value:
    """As an annotation says. The AWS Load Balancer Controller makes internal ones unless told otherwise."""
    name = _ingress_class(reader)
    for key, values in _SERVES:
        said = annotation(reader, key)
        if said is not None and said.lower() in values:
            return values[said.lower()]
    if name == "alb":
        return True
    return _CLASSES.get(name) if isinstance(name, str) else None


_SNIPPET = re.compile(r"^nginx\.(?:ingress\.kubernetes\.io|org)/[a-z-]*snippets?$")


def _snippets(reader: Reader) -> Value:
    """Annotations of NGINX controllers whose text goes into the controller's configuration as it is."""
    notes = mapping(reader.get("metadata.annotations"))
    found = [name for name, value in notes.items() if _SNIPPET.match(name) and value]
    if found:
        reader.peek(f"metadata.annotations.{found[0]}")
    return found


def _ingress_class(reader: Reader) -> Value:
    return reader.get("spec.ingressClassName") or annotation(reader, "kubernetes.io/ingress.class")


def _backends(reader: Reader) -> Iterator[dict[str, Value]]:
    found = [reader.get("spec.defaultBackend"), reader.get("spec.backend")]
    for rule in sequence(reader.get("spec.rules")):
        found += [walked(path, "backend") for path in sequence(walked(rule, "http", "paths"))]
    for backend in found:
        name = walked(backend, "service", "name") or walked(backend, "serviceName")
        port = walked(backend, "service", "port")
        number = walked(port, "number") or walked(port, "name") or walked(backend, "servicePort")
        if isinstance(name, str) and name:
            yield {"service": name, "namespace": None, "port": number}


def _told(backends: Callable[[Reader], Iterator[dict[str, Value]]]) -> Extract:
    """Each backend once, in order."""

    def extract(reader: Reader) -> Value:
        found: list[Value] = []
        for each in backends(reader):
            if each not in found:
                found.append(each)
        return found

    return extract


def _services(backends: Callable[[Reader], Iterator[dict[str, Value]]]) -> Callable[[Reader], Iterator[Value]]:
    """The identities of the services among backends, for a Join."""

    def names(reader: Reader) -> Iterator[Value]:
        for each in backends(reader):
            yield _near(reader, "/Service", each["service"], each["namespace"])

    return names


_INGRESS_ROW = row(
    "ingress",
    {
        "encrypted": _ingress_encrypted,
        "hosts": _ingress_hosts,
        "class": _ingress_class,
        "internal": _ingress_internal,
        "backends": _told(_backends),
        "snippets": _snippets,
        "balancer": lambda reader: balancers.of_ingress(reader, _ingress_class(reader)),
        "paths": published.ingress_paths,
        "certified": published.ingress_certified,
        **NO_GATEWAY,
    },
    {"in_namespace": IN_NAMESPACE, "forwards_to": joined("spec.rules", ("service",), _services(_backends))},
    parts=(overlays.PROXY,),
)


# Gateway API


def _gateway_hosts(reader: Reader) -> Value:
    hosts = [each.get("hostname") for each in reader.blocks("spec.listeners")]
    return [str(host) for host in hosts if host] if all(hosts) else []


def _gateway_encrypted(reader: Reader) -> Value:
    protocols = [str(each.get("protocol")).upper() for each in reader.blocks("spec.listeners")]
    return bool(protocols) and all(protocol in ("HTTPS", "TLS") for protocol in protocols)


def _routed(reader: Reader) -> Iterator[dict[str, Value]]:
    """The services behind a route's rules; a mirror sends on as well."""
    for rule in sequence(reader.get("spec.rules")):
        filters = sequence(walked(rule, "filters"))
        mirrored = [walked(each, "requestMirror", "backendRef") for each in filters]
        for backend in (*sequence(walked(rule, "backendRefs")), *mirrored):
            held = mapping(backend)
            name = held.get("name")
            if isinstance(name, str) and held.get("kind", "Service") == "Service":
                yield {"service": name, "namespace": held.get("namespace"), "port": held.get("port")}


def _near(reader: Reader, type: str, name: str, namespace: Value) -> str:
    if isinstance(namespace, str) and namespace:
        return named(reader.resource, type, name, namespace)
    return beside(reader.resource, type, name)


def _parents(reader: Reader) -> Iterator[Value]:
    for parent in sequence(reader.get("spec.parentRefs")):
        held = mapping(parent)
        name = held.get("name")
        if isinstance(name, str):
            type = "/Service" if held.get("kind") == "Service" else f"{GATEWAY}/Gateway"
            yield _near(reader, type, name, held.get("namespace"))


def _route() -> Row:
    """A route: the gateway that it hangs on ends TLS, so it says nothing of it."""
    return row(
        "ingress",
        {
            "encrypted": NONE,
            "hosts": lambda reader: texts(reader.get("spec.hostnames")),
            "class": NONE,
            "internal": NONE,
            "backends": _told(_routed),
            "balancer": EMPTY,
            "listeners": EMPTY,
            "paths": published.route_paths,
            "parents": gateways.parents,
        },
        {
            "in_namespace": IN_NAMESPACE,
            "forwards_to": (
                joined("spec.rules", ("service",), _services(_routed)),
                Join("spec.parentRefs", _INGRESS, reverse=True, values=_parents),
            ),
        },
    )


# OpenShift


def _openshift(reader: Reader) -> Iterator[dict[str, Value]]:
    """The port of a Route is the name or number of a target port; without one, each of the service's."""
    port = walked(reader.get("spec.port"), "targetPort")
    for target in (reader.get("spec.to"), *sequence(reader.get("spec.alternateBackends"))):
        name = walked(target, "name")
        if isinstance(name, str):
            yield {"service": name, "namespace": None, "port": port}


_OPENSHIFT = row(
    "ingress",
    {
        "encrypted": lambda reader: reader.has("spec.tls"),
        # without one the router makes a name
        "hosts": lambda reader: texts(reader.get("spec.host")) or ["*.router"],
        "class": NONE,
        "internal": NONE,
        "backends": _told(_openshift),
        "balancer": EMPTY,
        **NO_GATEWAY,
    },
    {"in_namespace": IN_NAMESPACE, "forwards_to": joined("spec.to", ("service",), _services(_openshift))},
)


# AWS Load Balancer Controller


def _bound(reader: Reader) -> Iterator[dict[str, Value]]:
    name = reader.get("spec.serviceRef.name")
    if isinstance(name, str):
        yield {"service": name, "namespace": None, "port": reader.get("spec.serviceRef.port")}


_BINDING = row(
    "ingress",
    {
        "encrypted": NONE,
        "hosts": EMPTY,
        "class": NONE,
        "internal": NONE,
        "backends": _told(_bound),
        "balancer": balancers.of_binding,
        **NO_GATEWAY,
    },
    {"in_namespace": IN_NAMESPACE, "forwards_to": joined("spec.serviceRef", ("service",), _services(_bound))},
)

TABLE: Table = {
    "/Service": _SERVICE,
    "networking.k8s.io/Ingress": _INGRESS_ROW,
    "extensions/Ingress": _INGRESS_ROW,
    "route.openshift.io/Route": _OPENSHIFT,
    f"{GATEWAY}/Gateway": row(
        "ingress",
        {
            "certified": published.gateway_certified,
            "encrypted": _gateway_encrypted,
            "hosts": _gateway_hosts,
            "class": text("spec.gatewayClassName"),
            "internal": gateways.internal,
            "backends": EMPTY,
            "balancer": EMPTY,
            "listeners": gateways.listeners,
            "parents": NONE,
        },
        {"in_namespace": IN_NAMESPACE},
    ),
    f"{GATEWAY}/ReferenceGrant": gateways.GRANT,
    "elbv2.k8s.aws/TargetGroupBinding": _BINDING,
    **{f"{GATEWAY}/{kind}Route": _route() for kind in ("HTTP", "GRPC", "TLS", "TCP", "UDP")},
}
