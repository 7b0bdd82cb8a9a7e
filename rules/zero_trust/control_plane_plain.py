"""Control plane that speaks without TLS."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, flag, rule, text

URLS = frozenset(("etcd-servers", "listen-client-urls", "listen-peer-urls", "advertise-client-urls"))
PLAIN = {
    "kube-apiserver": ("insecure-port", "insecure-bind-address", "kubelet-https", "etcd-servers"),
    "etcd": ("listen-client-urls", "listen-peer-urls", "advertise-client-urls"),
}
# Values under which a flag opens nothing.
HARMLESS = {"insecure-port": ("0",), "insecure-bind-address": ("127.0.0.1", "::1"), "kubelet-https": ("true",)}


@rule(
    severity=Severity.HIGH,
    selects="component",
    message="{node} speaks without TLS: {what}",
    controls={
        "reference-model": ["security/communication"],
        "nist-800-53": ["SC-8", "SC-8(1)"],
        "nist-800-207": ["tenet-2"],
        "catalogue": ["ZT2-004"],
        "checkov": ["CKV_K8S_86", "CKV_K8S_88"],
        "kubescape": ["C-0127"],
    },
)
def check(component: Node) -> Iterator[Match]:
    """Tokens and secrets of the whole cluster pass here; whoever is on the network between reads them, and who
    answers in the place of etcd or a kubelet owns the cluster. Addresses of the machine itself do not count.

    ## Remedy
    Give https:// URLs and certificates, and remove insecure ports and addresses.
    """
    program = component["program"]
    for name in PLAIN.get(text(program), ()):
        said = flag(component, name)
        if said is None:
            continue
        if name in URLS:
            wrong = [url for url in said[0].split(",") if url.startswith("http://") and not is_local(url)]
        else:
            wrong = [] if said[0] in HARMLESS[name] else [f"--{name}={said[0]}"]
        if wrong:
            yield Match(component, said[1], values={"what": ", ".join(wrong)})
            return


def is_local(url: str) -> bool:
    """Whether a URL is of the machine itself."""
    host = url.removeprefix("http://").rpartition(":")[0] or url.removeprefix("http://")
    return host.strip("[]") in ("localhost", "::1") or host.startswith("127.")
