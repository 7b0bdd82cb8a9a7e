"""What ingresses and routes publish: the paths they send on, and the certificates they show for their hosts."""

from __future__ import annotations

from scanner.mapping.kubernetes.reading import mapping, texts, walked
from scanner.mapping.reader import Reader
from scanner.model.value import Value


def ingress_paths(reader: Reader) -> Value:
    """The paths of an Ingress's rules as they are written; one that is not is every path."""
    found: list[Value] = []
    for rule in reader.blocks("spec.rules"):
        for each in rule.blocks("http.paths"):
            reader.mark(len(found), each, "path")
            found.append(str(each.get("path", "/")))
    return found


def route_paths(reader: Reader) -> Value:
    """The paths that an HTTPRoute leads to something; a rule without matches is for every path. One that names no
    backend forwards nothing: it redirects, answers by a filter, or with an error (Gateway API, HTTPRouteRule)."""
    found: list[Value] = []
    for rule in reader.blocks("spec.rules"):
        for each in rule.blocks("matches") if rule.has("backendRefs") else ():
            if each.has("path"):
                reader.mark(len(found), each, "path.value")
                found.append(str(each.get("path.value", "/")))
    return found


def ingress_certified(reader: Reader) -> Value:
    """The hosts of an Ingress's TLS entries with the secret that holds their certificate."""
    found: list[Value] = []
    for entry in reader.blocks("spec.tls"):
        secret = entry.get("secretName")
        for position, host in enumerate(texts(entry.get("hosts"))):
            if isinstance(secret, str) and secret:
                reader.mark(len(found), entry, f"hosts[{position}]")
                found.append({"host": host, "secret": secret})
    return found


def gateway_certified(reader: Reader) -> Value:
    """The same of a Gateway's listeners that end TLS with one certificate of their own namespace."""
    found: list[Value] = []
    for listener in reader.blocks("spec.listeners"):
        host, references = listener.get("hostname"), list(listener.blocks("tls.certificateRefs"))
        if not isinstance(host, str) or len(references) != 1 or references[0].has("namespace"):
            continue
        name = walked(mapping(references[0].value), "name")
        if references[0].get("kind", "Secret") == "Secret" and isinstance(name, str):
            reader.mark(len(found), listener, "hostname")
            found.append({"host": host, "secret": name})
    return found


def certificate_names(reader: Reader) -> Value:
    """The names that a Certificate of cert-manager asks for."""
    common = reader.get("spec.commonName")
    return [*texts(reader.get("spec.dnsNames")), *([str(common)] if common else [])]
