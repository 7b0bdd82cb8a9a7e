"""Ingress that sends to a port its service does not have."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Value, rule, some, text


@rule(
    severity=Severity.MEDIUM,
    selects="ingress",
    message="{node} sends to port {port} of {service}, which has no such port",
    controls={
        "reference-model": ["source-of-truth/consistent"],
        "nist-800-53": ["CM-2", "CM-6"],
        "nist-800-207": ["tenet-5"],
        "catalogue": ["SOT-006"],
        "kube-linter": ["dangling-ingress"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """Its clients get errors, and whoever adds the port later publishes it without having meant to.

    ## Remedy
    Name a port that the service has.
    """
    for service in node.known("forwards_to"):
        if service.kind != "service":
            continue
        for backend in node["backends"]:
            if leads_to(backend, service) and not has(service, backend["port"]):
                yield Match(node, "backends", [service.at("ports", "its ports", "forwards_to")],
                            values={"port": backend["port"], "service": service["name"]})  # fmt: skip
                return
    list(node.out("forwards_to"))  # its services may be declared elsewhere


def leads_to(backend: Value, service: Node) -> bool:
    """Whether a backend names a service and a port of it; one without a namespace lies beside the ingress."""
    if backend["service"] != service["name"] or backend["port"] is None:
        return False
    return backend["namespace"] is None or backend["namespace"] == service["region"]


def has(service: Node, wanted: Value) -> bool:
    """Whether a service has a port, by number or name; one that lists none is not judged."""
    if not service["ports"]:
        return True
    said = text(wanted)
    return some(service["ports"], lambda port: text(port["port"]) == said or port["name"] == said)
