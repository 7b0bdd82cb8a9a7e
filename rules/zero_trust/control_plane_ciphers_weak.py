"""Program of a cluster that agrees on broken encryption."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, flag, rule

OLD = frozenset(("VersionTLS10", "VersionTLS11", "TLS1.0", "TLS1.1"))
# What Go calls insecure: crypto/tls, InsecureCipherSuites, in Go 1.24 with RSA key exchange and 3DES among them.
BROKEN = frozenset(
    ("TLS_RSA_WITH_RC4_128_SHA", "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA",
     "TLS_RSA_WITH_AES_256_CBC_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA256", "TLS_RSA_WITH_AES_128_GCM_SHA256",
     "TLS_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA", "TLS_ECDHE_RSA_WITH_RC4_128_SHA",
     "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
     "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256")
)  # fmt: skip


@rule(
    severity=Severity.LOW,
    selects="component",
    message="{node} agrees on {what}",
    controls={
        "reference-model": ["security/communication"],
        "nist-800-53": ["SC-8(1)", "SC-13", "SC-23"],
        "nist-800-207": ["tenet-2"],
        "catalogue": ["ZT2-004"],
        "checkov": ["CKV_K8S_105", "CKV_K8S_151"],
        "kubescape": ["C-0143", "C-0180"],
    },
)
def check(component: Node) -> Iterator[Match]:
    """What is encrypted so can be read or changed by whoever records enough of it, or gets the key later.
    Without the flags the programs take TLS 1.2 and the ciphers that Go thinks safe, which is not reported.

    ## Remedy
    Leave --tls-cipher-suites and --tls-min-version out, or name suites with ECDHE and GCM or ChaCha20 only.
    """
    said = flag(component, "tls-min-version")
    if said is not None and said[0] in OLD:
        yield Match(component, said[1], values={"what": said[0].removeprefix("Version")})
        return
    for name in ("tls-cipher-suites", "cipher-suites"):
        said = flag(component, name)
        if said is not None and (weak := sorted(BROKEN.intersection(said[0].split(",")))):
            yield Match(component, said[1], values={"what": ", ".join(weak)})
            return
