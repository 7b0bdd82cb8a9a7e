"""What a scanned repository installs from itself: it follows its own main branch, as GitOps is meant to."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.graph.columns import Graph


def settle(graph: Graph) -> None:
    """Set that a version does not apply to modules whose source is the repository that is scanned: most of the
    directories that its modules name are here, one of them below another."""
    roots = {each.root for each in graph.addresses if each.scheme == "k8s"}
    folders = {
        folder for root in roots for folder in root.split("@")
    }  # BASE@OVERLAY where an overlay renders a base
    held: dict[str, list[tuple[int, str]]] = {}
    for index, repository, path in _sources(graph):
        held.setdefault(repository, []).append((index, path))
    for modules in held.values():
        here = [
            path for _, path in modules if path in folders or any(each.startswith(f"{path}/") for each in folders)
        ]
        if 2 * len(here) > len(modules) and any("/" in path for path in here):
            for index, _ in modules:
                graph.set(index, "pinned", None)


def _sources(graph: Graph) -> Iterator[tuple[int, str, str]]:
    """(node, repository, path) of the modules of manifests that name a directory of a repository."""
    for index in graph.nodes("module"):
        source = graph.peek(index, "source")
        if graph.addresses[index].scheme == "k8s" and isinstance(source, str):
            repository, _, path = source.rpartition("//")
            if path.strip("./") and not repository.endswith(":"):
                yield index, repository.removesuffix(".git"), path.removeprefix("./").strip("/")
