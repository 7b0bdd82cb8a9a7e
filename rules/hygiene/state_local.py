"""State that lies beside its code."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, undecided


@rule(
    severity=Severity.MEDIUM,
    selects="root",
    message="{node} names no backend, and keeps its state in {file}",
    controls={
        "reference-model": ["source-of-truth/consistent", "privilege/version-control"],
        "nist-800-53": ["CM-3", "SC-28", "CP-9"],
        "nist-800-207": ["tenet-1"],
        "catalogue": ["PRV-003"],
    },
)
def check(root: Node) -> Iterator[Match]:
    """The state holds every password in clear text, and the next run anywhere else knows nothing of what this one
    made. Without a state beside it the code does not tell where its state is kept: a pipeline may write the block
    for a backend. That is said once for a scan, at the first such root.

    ## Remedy
    Write a backend that is versioned, encrypted and locked, move the state there by `terraform init
    -migrate-state`, take the file out of the repository, and change the passwords in it.
    """
    if root["provider"] != "terraform" or _backend(root):
        return
    kept = root["state_beside"]
    if kept is not None:
        yield Match(root, "state_beside", values={"file": kept})
        return
    if root == next(_silent(root)):
        others = sum(1 for _ in _silent(root)) - 1
        more = f"; nor of {others} more root module{'s' * (others > 1)}" if others else ""
        raise undecided(f"no backend is written, and none of the files here is its state{more}")


def _silent(root: Node) -> Iterator[Node]:
    """The roots that are judged and tell nothing of where their state is kept."""
    for index in (each for each in root.graph.nodes("root") if each not in root.graph.beside):
        each = Node(root.graph, index, root.watch)
        if each["provider"] == "terraform" and each["state_beside"] is None and not _backend(each):
            yield each


def _backend(root: Node) -> bool:
    graph = root.graph
    home = graph.addresses[root.index].root
    return any(graph.addresses[each].root == home for each in graph.nodes("state_backend"))
