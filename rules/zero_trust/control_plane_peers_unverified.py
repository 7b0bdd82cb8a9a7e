"""Control plane that does not ask who calls."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, flag, rule


@rule(
    severity=Severity.HIGH,
    selects="component",
    message="{node} does not check the certificates of {whom}",
    controls={
        "reference-model": ["security/communication"],
        "nist-800-53": ["IA-3", "IA-9", "SC-8"],
        "nist-800-207": ["tenet-2", "tenet-6"],
        "catalogue": ["ZT2-004"],
        "checkov": ["CKV_K8S_117", "CKV_K8S_119", "CKV_K8S_99"],
        "kubescape": ["C-0154", "C-0157"],
    },
)
def check(component: Node) -> Iterator[Match]:
    """etcd has no other guard than certificates: who may speak to it reads and writes everything. An API server
    without an authority for kubelet certificates hands exec sessions and logs to whoever answers at a machine
    address.

    ## Remedy
    For etcd set --client-cert-auth and --peer-client-cert-auth with --trusted-ca-file and --peer-trusted-ca-
    file and remove --auto-tls; for the API server --kubelet-certificate-authority.
    """
    found = list(unverified(component))
    if found:
        where = next((place for _, place in found if place), "flags")
        severity = Severity.LOW if component["program"] == "kube-apiserver" else None
        yield Match(component, where, values={"whom": " and ".join(whom for whom, _ in found)}, severity=severity)


def unverified(component: Node) -> Iterator[tuple[str, str]]:
    """Whose certificates are not checked, each with the place of the flag that says so ("" where none does)."""
    if component["program"] == "kube-apiserver" and flag(component, "kubelet-certificate-authority") is None:
        yield "kubelets", ""
    if component["program"] != "etcd":
        return
    clients = flag(component, "client-cert-auth")
    if not reached(component, "listen-client-urls"):
        pass  # the default is the machine, or the pod, itself
    elif clients is None or clients[0] != "true":
        yield "clients", clients[1] if clients else ""
    peers = flag(component, "peer-client-cert-auth")
    if reached(component, "listen-peer-urls") and (peers is None or peers[0] != "true"):
        yield "peers", peers[1] if peers else ""


def reached(component: Node, name: str) -> bool:
    """Whether the addresses under a flag are others than those of the machine itself, which are the default."""
    said = flag(component, name)
    return said is not None and not all(is_local(url) for url in said[0].split(","))


def is_local(url: str) -> bool:
    host = url.partition("://")[2].rpartition(":")[0].strip("[]")
    return host in ("localhost", "::1") or host.startswith("127.")
