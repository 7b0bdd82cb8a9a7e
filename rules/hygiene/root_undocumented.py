"""Code that does not say what it is for."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule

SHOWN = 10


@rule(
    severity=Severity.INFO,
    selects="root",
    message="{node}: {what}",
    controls={
        "reference-model": ["application/documentation"],
        "nist-800-53": ["CM-2", "SA-5"],
        "nist-800-207": ["tenet-7"],
        "catalogue": ["DOC-001"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """What is not written down is found out anew, at night, by whoever is called. Told once for a scan, at its
    first root module: of modules without a README beside or above them, and of variables and outputs without a
    description.

    ## Remedy
    Say in a README what the module is for, how it is applied and what to do when it fails, and describe each
    variable and output in one line.
    """
    graph = node.graph
    modules = [
        Node(graph, each, node.watch)
        for each in graph.nodes("root")
        if each not in graph.beside and graph.peek(each, "readme") is not None
    ]
    if not modules or node.index != min(each.index for each in modules):
        return
    bare = [each for each in modules if each["readme"] is False]
    mute = [each for each in modules if each["undescribed"]]
    said = []
    if bare:
        said.append(f"{len(bare)} of {len(modules)} root modules have no README")
    if mute:
        names, all_names = (sum(map(count, mute)), sum(each["interface"] for each in modules))
        said.append(f"{names} of {all_names} variables and outputs have no description")
    if said:
        related = [each.at("readme", "has no README") for each in bare[:SHOWN]]
        related += [each.at("undescribed", "has some without a description") for each in mute[:SHOWN]]
        yield Match(node, related=related, values={"what": "; ".join(said)})


def count(module: Node) -> int:
    return len(module["undescribed"])
