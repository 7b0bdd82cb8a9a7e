"""Token of the API where nothing is granted."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from scanner.rule import Match, Node, Severity, rule, some, text, undecided


@rule(
    severity=Severity.INFO,
    selects="workload",
    message="{node} carries a token of {account}, to which nothing is granted",
    controls={
        "reference-model": ["security/per-session", "privilege/least-privilege"],
        "nist-800-53": ["AC-6", "IA-5"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["ZT3-003"],
        "checkov": ["CKV_K8S_38"],
        "trivy": ["KSV-0036"],
        "kubescape": ["C-0034", "C-0190"],
    },
)
def check(workload: Node) -> Iterator[Match]:
    """A workload that may do nothing at the API needs no token; what it carries tells an intruder of the cluster,
    and becomes worth something with the first binding. Judged where the code that declares the account grants
    something to other accounts; else bindings may be elsewhere. The account `default` has a rule of its own.

    ## Remedy
    Set automountServiceAccountToken to false for the workload or its service account.
    """
    name = text(workload["service_account_name"])
    if name == "default" or not workload["token_mounted"]:
        return
    accounts = [each for each in workload.out("assumes") if each.kind == "service_account"]
    if not accounts:
        raise undecided(f"the service account {name} is not part of this scan")
    account = accounts[0]
    if account["role"] is not None or some(account.into("grants_to"), lambda each: each.kind == "binding"):
        return
    if not grants_to_others(account):
        raise undecided(f"what is granted to {name} may be declared elsewhere")
    if name in granted_elsewhere(account.graph) and not isinstance(account.peek("region"), str):
        raise undecided(f"something is granted to {name} of a namespace that may be this one")
    yield Match(workload, ("service_account_name", "token_mounted"), values={"account": name})


def grants_to_others(account: Node) -> bool:
    """Whether the bindings of a namespace are kept with its accounts: one of them stands in the same root."""
    return account.graph.addresses[account.index].root in roots_with_bindings(account.graph)


@lru_cache(maxsize=1)
def roots_with_bindings(graph: Any) -> frozenset[str]:
    """Collected once for a graph."""
    return frozenset(graph.addresses[each].root for each in graph.nodes("binding"))


@lru_cache(maxsize=1)
def granted_elsewhere(graph: Any) -> frozenset[str]:
    """The names of service accounts, of any namespace, among the subjects that are known; once for a graph."""
    bound = (graph.peek(each, "subjects") for each in graph.nodes("binding"))
    subjects = (one for held in bound if isinstance(held, list) for one in held if isinstance(one, dict))
    return frozenset(one["name"] for one in subjects if isinstance(one.get("name"), str))
