"""Cluster administrator bound."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Value, certain, every, names_administrators, rule, some, text

MASTERS = "system:masters"


@rule(
    severity=Severity.HIGH,
    selects="binding",
    message="{node} makes its subjects administrators of the whole cluster",
    controls={
        "reference-model": ["privilege/least-privilege"],
        "nist-800-53": ["AC-6", "AC-6(1)"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["PRM-005", "PRV-005", "INT-004"],
        "trivy": ["KSV-0111"],
        "kubescape": ["C-0035", "C-0185"],
        "kube-linter": ["cluster-admin-role-binding"],
    },
)
def check(binding: Node) -> Iterator[Match]:
    """The subjects can read every secret and change every object, including the rules that should hold them back.
    A workload bound like this hands the cluster to whoever breaks into it. Where only groups hold it whose
    names say that they are administrators it weighs less: whether all of them need it each day is the question.

    ## Remedy
    Bind a role that lists what the subjects do; keep cluster-admin for a break-glass group.
    """
    if binding["role_kind"] == "Group":  # what lets identities of the cloud in, as members of groups
        if some(binding["subjects"], is_master):
            yield Match(binding, at=("role_name", "subjects"), cut=f"the entry of {MASTERS}")
        return
    if binding["role_name"] != "cluster-admin" or binding["role_kind"] != "ClusterRole":
        return
    name = binding.peek("name")
    if isinstance(name, str) and name == "cluster-admin":
        return  # the binding that comes with every cluster
    if binding["cluster_wide"] and not of_the_applier(binding.peek("subjects")):
        at = ("role_name", "role_kind", "cluster_wide")
        severity = Severity.MEDIUM if certain(lambda: every(binding["subjects"], is_administrators)) else None
        yield Match(binding, at=at, cut="the binding of cluster-admin", severity=severity)


def is_master(subject: Value) -> bool:
    """Whether an entry puts someone into the group that the API server allows everything."""
    return some(subject["groups"], lambda group: group == MASTERS)


def is_administrators(subject: Value) -> bool:
    """Whether a subject is a group whose name says that its members are administrators."""
    return subject["kind"] == "Group" and names_administrators(text(subject["name"]))


def of_the_applier(subjects: Value) -> bool:
    """Whether whoever applies the code is the only subject: EKS makes the creator of a cluster its administrator
    anyway."""
    if not isinstance(subjects, list) or not subjects:
        return False
    return certain(lambda: every(subjects, lambda subject: subject["kind"] == "Applier"))
