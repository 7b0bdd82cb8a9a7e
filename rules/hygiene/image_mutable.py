"""Image that can change under its name."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Undetermined, Unknown, Value, both, rule, some


@rule(
    severity=Severity.MEDIUM,
    selects=("container", "container_service"),
    message="{node} runs an image without a fixed version",
    controls={
        "reference-model": ["source-of-truth/consistent"],
        "nist-800-53": ["CM-2", "SI-7", "SR-4"],
        "nist-800-207": ["tenet-5"],
        "catalogue": ["SOT-003"],
        "checkov": ["CKV_K8S_14"],
        "trivy": ["KSV-0013"],
        "kubescape": ["C-0075"],
        "kube-linter": ["latest-tag"],
        "polaris": ["tagNotSpecified"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """What runs tomorrow is not what was tested, two replicas may differ, and there is no version to go back
    to.

    ## Remedy
    Name a version, better the digest.
    """
    if node.kind == "container_service":
        if some(node["images"] or (), is_mutable):
            yield Match(node, at="images")
    elif both(lambda: node["pinned"] is False, lambda: node["tagged"] is False):
        yield Match(node, at=("image", "pinned", "tagged"))


def is_mutable(image: Value) -> bool:
    """Whether a reference names neither a digest nor a tag other than latest."""
    if isinstance(image, Unknown):
        image = ending(image)
    last = image.rsplit("/", 1)[-1]
    if "@" in last:
        return False
    return last.partition(":")[2] in ("", "latest")


def ending(image: Unknown) -> str:
    """The known end of a reference, where it holds the tag or digest; the registry before it does not matter."""
    if image.suffix and ":" in image.suffix:
        return image.suffix
    raise Undetermined(image)
