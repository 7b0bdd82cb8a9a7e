"""Permissions for everyone who reaches the API."""

from collections.abc import Callable, Iterator

from scanner.rule import Match, Node, Severity, Unknown, Value, certain, every, rule, some

EVERYONE = ("system:anonymous", "system:authenticated", "system:serviceaccounts", "system:unauthenticated")
# Bound to these groups by the API server itself.
OF_EVERY_CLUSTER = ("system:basic-user", "system:discovery", "system:public-info-viewer")
NAMELESS = ("system:anonymous", "system:unauthenticated")
HARMLESS_VERBS = frozenset(("get", "list", "watch", "use", "describe"))  # the last is no verb of the API at all
READS = frozenset(("get", "list", "watch"))
PUBLIC = frozenset(("public", "pub", "pubkey"))
NAMED = frozenset(("configmaps", "services", "services/proxy"))
KEEPERS = frozenset(("*", "secrets", "nodes/proxy", "pods/exec", "pods/attach", "pods/portforward", "pods/log"))
OF_THE_CLUSTER = "kube-system"  # where its parts are configured
OF_ISSUER = "system:service-account-issuer-discovery"  # the public keys that tokens are checked with


@rule(
    severity=Severity.HIGH,
    selects="binding",
    message="{node} grants its role to {who}",
    controls={
        "reference-model": ["privilege/least-privilege"],
        "nist-800-53": ["AC-3", "AC-6", "AC-14"],
        "nist-800-207": ["tenet-6"],
        "catalogue": ["PRV-005"],
        "kubescape": ["C-0262", "C-0265"],
        "trivy": ["KSV-0122", "KSV-01011"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """Requests without credentials belong to system:anonymous, and every service account and person to
    system:authenticated: whoever reaches the API server holds the role. The bindings that every cluster has, to
    discovery and health, are meant so. A role that only shows weighs less, and so does one of a namespace that is
    not in the scan, unless callers without credentials hold it. One that reads ConfigMaps by their names in one
    namespace is worth a look; where the names say that they are public, it is meant so.

    ## Remedy
    Name the service accounts and groups that need the role.
    """
    if node["role_kind"] == "ClusterRole" and node["role_name"] in OF_EVERY_CLUSTER:
        return
    if some(node["subjects"], names_everyone):
        if granted(node, lambda one: reads_named(one) and public(one["names"])):
            return
        severity = Severity.MEDIUM if only_shows(node) or unseen(node) else None
        if not nameless(node) and granted(node, reads_named):
            severity = Severity.INFO
        at = ("subjects", "role_name", "role_kind")
        yield Match(node, at=at, values={"who": who(node["subjects"])}, severity=severity)


def who(subjects: Value) -> str:
    """In words, the widest of the groups of everyone."""
    if certain(lambda: some(subjects, lambda one: one["name"] in NAMELESS)):
        return "whoever reaches the API server"
    if certain(lambda: some(subjects, lambda one: one["name"] == "system:authenticated")):
        return "everyone who has signed in, every service account among them"
    return "every service account"


def unseen(node: Node) -> bool:
    """Whether the role is outside the scan and holds in one namespace, for those who have signed in."""
    return not node.known("binds") and isinstance(node.peek("namespaces"), list) and not nameless(node)


def nameless(node: Node) -> bool:
    """Whether callers without credentials hold the role, or may."""
    return not certain(lambda: every(node["subjects"], lambda one: one["name"] not in NAMELESS))


def only_shows(node: Node) -> bool:
    """Whether the role is known to let look at things only, and at none that hold credentials, or to keep a
    named ConfigMap or call a named service of one namespace, as consoles and controllers let people."""
    if node["role_kind"] == "ClusterRole" and node["role_name"] == OF_ISSUER:
        return True
    return granted(node, shows, apart=False) or granted(node, lambda one: shows(one) or keeps(one))


def granted(node: Node, test: Callable[[Value], bool], *, apart: bool = True) -> bool:
    """Whether all that the role grants is known to be so; `apart`: and it holds only in namespaces other than
    that of the cluster's own parts."""
    roles = node.known("binds")
    if not roles or (apart and not stands_apart(node.peek("namespaces"))):
        return False
    return certain(lambda: every(roles, lambda role: every(role["permissions"], test)))


def stands_apart(namespaces: Value) -> bool:
    """Whether a binding holds in namespaces, none of them that of the cluster's own parts. Without any it holds
    in all of them."""
    held = namespaces if isinstance(namespaces, list) else []
    return bool(held) and all(isinstance(each, Unknown) or each != OF_THE_CLUSTER for each in held)


def keeps(permission: Value) -> bool:
    """Whether all that is granted is to read and change ConfigMaps, or to call services, by their names."""
    return bool(permission["names"]) and every(permission["resources"], lambda each: each in NAMED)


def reads_named(permission: Value) -> bool:
    """Whether all that is granted is to read ConfigMaps by their names."""
    reads = frozenset(permission["verbs"]) <= READS
    return bool(permission["names"]) and reads and frozenset(permission["resources"]) == {"configmaps"}


def shows(permission: Value) -> bool:
    listed = frozenset(permission["resources"])
    if not frozenset(permission["verbs"]) <= HARMLESS_VERBS:
        return False
    return KEEPERS.isdisjoint(listed) or (listed == {"secrets"} and public(permission["names"]))


def public(names: Value) -> bool:
    """Whether all that is listed has names that say that what it holds is for everyone: `public-key`."""
    return bool(names) and every(names, lambda each: not PUBLIC.isdisjoint(each.lower().split("-")))


def names_everyone(subject: Value) -> bool:
    """Whether a subject stands for all callers, or for those without credentials."""
    return subject["kind"] in ("Group", "User") and subject["name"] in EVERYONE
