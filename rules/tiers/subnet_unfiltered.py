"""Subnet that no packet filter stands before."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Undetermined, both, known, rule, some, text, unread_beside

# Subnets of Azure's own services, which take no security group of the customer's, or filter by themselves.
SERVICES = ("gatewaysubnet", "azurefirewallsubnet", "azurefirewallmanagementsubnet", "azurebastionsubnet",
            "routeserversubnet")  # fmt: skip


@rule(
    severity=Severity.LOW,
    selects="subnet",
    message="{node} has no network security group",
    controls={
        "reference-model": ["cluster-network/structure"],
        "nist-800-53": ["AC-4", "SC-7", "SC-7(5)"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["TIER-004"],
        "checkov": ["CKV2_AZURE_31"],
    },
)
def check(subnet: Node) -> Iterator[Match]:
    """On Azure nothing filters between the machines of a network unless a security group says so: whoever is in
    one subnet reaches every port of the next.

    ## Remedy
    Associate a network security group with the subnet, and let in what is needed.
    """
    if subnet["provider"] != "azure" or text(subnet["name"]).lower() in SERVICES:
        return
    if some(subnet.into("filters"), lambda _: True):
        return
    if some(subnet.into("in_subnet"), filtered):
        return
    if (why := unread_beside(subnet)) is not None:
        raise Undetermined(why)
    yield Match(subnet)


def filtered(holder: Node) -> bool:
    """Whether an interface in the subnet has a group of its own: filters may stand at each of them."""
    return both(lambda: holder.kind == "network_interface", lambda: some(holder.out("uses"), known))
