"""Pod Security level of an older version."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, minor, rule, scanned_version, text

# Versions in which a level began to ask for more (kubernetes/pod-security-admission, package policy).
ADDED = {"baseline": ("1.34",), "restricted": ("1.8", "1.19", "1.22", "1.23", "1.34", "1.35")}


@rule(
    severity=Severity.LOW,
    selects="namespace",
    message="{node} enforces {level} as of {version} and misses what was added in {added}",
    controls={
        "reference-model": ["application/encapsulation", "security/cycle"],
        "nist-800-53": ["CM-6", "CM-7", "SI-2"],
        "nist-800-207": ["tenet-5", "tenet-6"],
        "catalogue": ["ZT5-006"],
    },
)
def check(namespace: Node) -> Iterator[Match]:
    """The level is held at a version: controls that were added to it later do not count in this namespace, however
    new the cluster is.

    ## Remedy
    Remove the label enforce-version or set it to latest, after warn and audit have shown what would be refused.
    """
    level, pinned = namespace["pod_security"], namespace["pod_security_version"]
    if pinned is None or level not in ADDED:
        return
    now, then = minor(scanned_version(namespace)), minor(text(pinned))
    added = [each for each in ADDED[text(level)] if then < minor(each) <= now]
    if added:
        values = {"level": level, "version": pinned, "added": ", ".join(added)}
        yield Match(namespace, "pod_security_version", values=values)
