"""What a Kubernetes permission leads to beyond its words: the ways to more power, each with what it reaches.

Source: Kubernetes documentation, "Role Based Access Control Good Practices" (privilege escalation risks), and for
`bind` and `escalate` kubernetes pkg/registry/rbac/escalation_check.go: they are asked of roles and clusterroles,
never of bindings. Creating a binding without `bind` gives only rights that one holds already, and creating a role
without `escalate` likewise: neither is a way. Reading nodes/proxy is enough to run commands (a websocket opens
with GET). Names limit every verb but create and deletecollection, which have none to compare. Whoever makes
secrets and reads one by name has a token of any account of the namespace written into it ("Secrets", service
account token Secrets).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from scanner.analysis.access.rbac import Grant, Permission, Request
from scanner.model.value import Cause, Unknown

CLUSTER, NODES, NAMESPACE = "cluster", "nodes", "namespace"
# What a way is: everything at once, reading secrets, running workloads (as deployers do), or else a takeover.
EVERYTHING, SECRETS, WORKLOADS, TAKEOVER = "everything", "secrets", "workloads", "takeover"
_SORTS = {
    "k8s-everything": EVERYTHING,
    "k8s-secrets": SECRETS,
    **dict.fromkeys(("k8s-workload", "k8s-workload-change", "k8s-exec", "k8s-debug", "k8s-volume"), WORKLOADS),
}
SYSTEM = "kube-system"  # its service accounts belong to the control plane: one of them is the whole cluster

_RBAC = "rbac.authorization.k8s.io"
_WORKLOADS = (
    ("", "pods"), ("", "replicationcontrollers"), ("apps", "daemonsets"), ("apps", "deployments"),
    ("apps", "replicasets"), ("apps", "statefulsets"), ("batch", "cronjobs"), ("batch", "jobs"),
)  # fmt: skip
_HOOKS = "admissionregistration.k8s.io"
_SIGNER = "kubernetes.io/kube-apiserver-client"
_GREAT_ROLES = ("cluster-admin", "admin", "edit")


class Power(NamedTuple):
    """One way to more power: `reach` is cluster, nodes (every machine) or namespace; `note` says it for people.
    `unknown` is why it cannot be told whether the way is open; `action` the request that it begins with;
    `permission` the place, among those of the grant, of the one that allows that request."""

    id: str
    reach: str
    note: str
    unknown: Unknown | None = None
    action: str = ""
    permission: int | None = None

    @property
    def sort(self) -> str:
        """EVERYTHING, SECRETS, WORKLOADS or TAKEOVER."""
        return _SORTS.get(self.id, TAKEOVER)


class _Way(NamedTuple):
    """`asked` all have to be allowed, one alternative of each. `wide` and `narrow` are what it reaches when
    granted in the whole cluster and in one namespace ("" where it means nothing there)."""

    id: str
    note: str
    asked: tuple[tuple[Request, ...], ...]
    wide: str
    narrow: str = ""


def _each(verbs: str, group: str, resources: Iterable[str], name: str = "") -> tuple[Request, ...]:
    return tuple(Request(verb, each, group, None, name) for each in resources for verb in verbs.split())


def _workloads(verbs: str) -> tuple[Request, ...]:
    return tuple(Request(verb, resource, group) for group, resource in _WORKLOADS for verb in verbs.split())


_WAYS = (
    _Way("k8s-everything", "may do everything", ((Request("*", "*", "*"),),), CLUSTER, NAMESPACE),
    _Way("k8s-escalate", "may write into a role rights that it does not hold",
         (_each("escalate", _RBAC, ("clusterroles",)), _each("update patch", _RBAC, ("clusterroles",))), CLUSTER),
    _Way("k8s-escalate", "may write into a role rights that it does not hold",
         (_each("escalate", _RBAC, ("roles",)), _each("update patch", _RBAC, ("roles",))), CLUSTER, NAMESPACE),
    _Way("k8s-bind", "may bind itself to any role",
         (_each("bind", _RBAC, ("clusterroles",)),
          _each("create update patch", _RBAC, ("clusterrolebindings",))), CLUSTER),
    _Way("k8s-bind", "may bind itself to any role",
         (_each("bind", _RBAC, ("clusterroles", "roles")), _each("create update patch", _RBAC, ("rolebindings",))),
         CLUSTER, NAMESPACE),
    _Way("k8s-impersonate", "may act as any user or group",
         (_each("impersonate", "", ("users", "groups")),), CLUSTER),
    _Way("k8s-impersonate-account", "may act as any service account",
         (_each("impersonate", "", ("serviceaccounts",)),), CLUSTER, NAMESPACE),
    _Way("k8s-token", "may make tokens of any service account",
         (_each("create", "", ("serviceaccounts/token",)),), CLUSTER, NAMESPACE),
    _Way("k8s-sign", "may have client certificates of any user signed",
         (_each("create", "certificates.k8s.io", ("certificatesigningrequests",)),
          _each("update patch", "certificates.k8s.io", ("certificatesigningrequests/approval",)),
          (*_each("approve", "certificates.k8s.io", ("signers",), _SIGNER),
           *_each("approve", "certificates.k8s.io", ("signers",), "kubernetes.io/*"))), CLUSTER),
    _Way("k8s-node-proxy", "may run commands in every pod through the kubelet (nodes/proxy)",
         (_each("get create", "", ("nodes/proxy",)),), NODES),
    _Way("k8s-webhook", "may have an admission webhook read or change every object",
         (_each("create update patch", _HOOKS, ("mutatingwebhookconfigurations",)),), CLUSTER),
    _Way("k8s-webhook-reading", "may have an admission webhook read every object that is written",
         (_each("create update patch", _HOOKS, ("validatingwebhookconfigurations",)),), CLUSTER),
    _Way("k8s-secrets", "reads every secret, tokens among them",
         (_each("get list watch", "", ("secrets",)),), CLUSTER, NAMESPACE),
    _Way("k8s-secret-token", "may have tokens of any service account written into a secret that it reads",
         ((), ()), CLUSTER, NAMESPACE),
    _Way("k8s-exec", "may run commands in any pod",
         (_each("create get", "", ("pods/exec", "pods/attach")),), CLUSTER, NAMESPACE),
    _Way("k8s-debug", "may put containers of its own into any pod",
         (_each("update patch", "", ("pods/ephemeralcontainers",)),), CLUSTER, NAMESPACE),
    _Way("k8s-workload", "may start pods as any service account, and as the machine where nothing forbids it",
         (_workloads("create"),), CLUSTER, NAMESPACE),
    _Way("k8s-workload-change", "may change any workload and so run as its service account",
         (_workloads("update patch"),), CLUSTER, NAMESPACE),
    _Way("k8s-volume", "may make volumes of any directory of the machines",
         (_each("create", "", ("persistentvolumes",)),), NODES),
    _Way("k8s-namespace", "may switch off Pod Security and network policies by a namespace's labels",
         (_each("update patch", "", ("namespaces",)),), NODES),
)  # fmt: skip
_NAMED_ACCOUNT = (
    ("k8s-token", "create", "serviceaccounts/token"),
    ("k8s-impersonate-account", "impersonate", "serviceaccounts"),
)
_AWS_AUTH = tuple(Request(verb, "configmaps", "", SYSTEM, "aws-auth") for verb in ("update", "patch"))
_IDENTITIES = "may make any AWS identity an administrator, in the ConfigMap aws-auth"
# Operators write configmaps of every namespace on clusters of every kind; only those of EKS read this one.
_ELSEWHERE = Unknown("whether the cluster is one of EKS, which reads aws-auth, is not known", Cause.OUTSIDE_SCAN)


def powers(grant: Grant) -> list[Power]:
    """The ways that one binding opens, the widest first, each once. Rights over a role that is known to hold
    everything are told as that alone."""
    found: dict[str, Power] = {}
    for way in _WAYS:
        reach = _reach(way, grant.namespace)
        if reach and (power := _power(way, reach, grant)):
            known = found.get(way.id)
            if known is None or (known.unknown is not None and power.unknown is None):
                found[way.id] = power
        if "k8s-everything" in found and found["k8s-everything"].unknown is None:
            return list(found.values())
    if _told_by_changing(found):
        del found["k8s-webhook-reading"]
    if grant.namespace in (None, SYSTEM) and any(_allowed(grant.permissions, each) is True for each in _AWS_AUTH):
        named = any("aws-auth" in each.names for each in grant.permissions)
        found["k8s-aws-auth"] = Power(
            "k8s-aws-auth", CLUSTER, _IDENTITIES, None if named else _ELSEWHERE, "update configmaps"
        )
    order = (CLUSTER, NODES, NAMESPACE)
    return sorted(found.values(), key=lambda power: order.index(power.reach))


def _told_by_changing(found: dict[str, Power]) -> bool:
    """Whether webhooks that change objects are open for certain: they read them too, so that the webhooks that
    only read are no way of their own."""
    changes = found.get("k8s-webhook")
    return changes is not None and changes.unknown is None and "k8s-webhook-reading" in found


def named_accounts(grant: Grant) -> Iterator[tuple[str, str, str]]:
    """The way, the request and the name of each service account whose tokens a rule that names it makes, or in
    whose name it acts."""
    for permission in grant.permissions:
        for name in sorted(permission.names):
            for way, verb, resource in _NAMED_ACCOUNT:
                if permission.allows(Request(verb, resource, "", grant.namespace, name)) is True:
                    yield way, f"{verb} {resource}", name


def _reach(way: _Way, namespace: str | None) -> str:
    if namespace is None:
        return way.wide
    return way.wide if way.narrow and namespace == SYSTEM else way.narrow


def _power(way: _Way, reach: str, grant: Grant) -> Power | None:
    """The way, where each of what it asks has one alternative that is allowed or may be."""
    why: Unknown | None = grant.unknown
    action, place = "", None
    for alternatives in way.asked:
        told = [_allowed(grant.permissions, each) for each in alternatives]
        allowed = next((asked for asked, each in zip(alternatives, told, strict=True) if each is True), None)
        if allowed is not None:
            if not action:
                action, place = f"{allowed.verb} {allowed.resource}", _place(grant.permissions, allowed)
            continue
        why = next((each for each in told if isinstance(each, Unknown)), why)
        if why is None:
            return _named_way(way, reach, grant)
        return Power(way.id, reach, way.note, why, action, place)
    return Power(way.id, reach, way.note, None, action, place)


def _named_way(way: _Way, reach: str, grant: Grant) -> Power | None:
    """A way that names open all the same."""
    test = _NAMED.get(way.id)
    action, note = test(way, grant) if test is not None else ("", "")
    return Power(way.id, reach, note or way.note, None, action) if action else None


def _binds_great_role(way: _Way, grant: Grant) -> tuple[str, str]:
    named = any({"bind", "*"} & each.verbs and each.names & set(_GREAT_ROLES) for each in grant.permissions)
    binds = any(_allowed(grant.permissions, each) is True for each in way.asked[1])
    return ("bind" if named and binds else "", "")


def _escalates_itself(way: _Way, grant: Grant) -> tuple[str, str]:
    """Whether it may write whatever it wants into the role that it grants."""
    kind = way.asked[0][0].resource
    told = [
        _allowed(grant.permissions, Request(verb, kind, _RBAC, None, grant.name)) is True
        for verb in ("escalate", "update", "patch")
    ]
    return ("escalate" if grant.name and told[0] and any(told[1:]) else "", "")


def _fills_secrets(_way: _Way, grant: Grant) -> tuple[str, str]:
    makes = _allowed(grant.permissions, Request("create", "secrets")) is True
    return (
        "create secrets" if makes and any(each.names and _reads(each) for each in grant.permissions) else "",
        "",
    )


def _is_master(_way: _Way, grant: Grant) -> tuple[str, str]:
    masters = Request("impersonate", "groups", "", None, "system:masters")
    note = "may act as a member of the group that is allowed everything"
    return ("impersonate groups" if _allowed(grant.permissions, masters) is True else "", note)


_NAMED: dict[str, Callable[[_Way, Grant], tuple[str, str]]] = {
    "k8s-bind": _binds_great_role,
    "k8s-escalate": _escalates_itself,
    "k8s-impersonate": _is_master,
    "k8s-secret-token": _fills_secrets,
}


def _reads(permission: Permission) -> bool:
    """Whether a rule reads the secrets that it names."""
    open_ = permission._replace(names=frozenset())
    return any(open_.allows(Request(verb, "secrets")) is True for verb in ("get", "list", "watch"))


def _allowed(permissions: Iterable[Permission], request: Request) -> bool | Unknown:
    answer: bool | Unknown = False
    for permission in permissions:
        told = _allows(permission, request)
        if told is True:
            return True
        answer = told if isinstance(told, Unknown) else answer
    return answer


def _place(permissions: Iterable[Permission], request: Request) -> int | None:
    """Where the first that allows a request stands."""
    return next((at for at, each in enumerate(permissions) if _allows(each, request) is True), None)


def _allows(permission: Permission, request: Request) -> bool | Unknown:
    return _everything(permission) if request.verb == "*" else permission.allows(request)


def _everything(permission: Permission) -> bool | Unknown:
    """Whether one rule holds every verb on every resource of every group."""
    if all("*" in part for part in (permission.verbs, permission.groups, permission.resources)):
        return not permission.names
    return permission.unknown if permission.unknown is not None else False
