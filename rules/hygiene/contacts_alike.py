"""Contacts of an account that are one mailbox."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.INFO,
    selects="contact",
    message="{node} is the mailbox of another contact of the account too",
    controls={
        "reference-model": ["billing/monitoring"],
        "nist-800-53": ["IR-6", "IR-7"],
        "nist-800-207": ["tenet-7"],
        "catalogue": ["BIL-014"],
        "prowler": ["account_maintain_different_contact_details_to_security_billing_and_operations"],
    },
)
def check(contact: Node) -> Iterator[Match]:
    """Who pays, who runs and who defends are different people: a warning about a stolen key waits among invoices,
    and one lost mailbox loses all three.

    ## Remedy
    Give billing, operations and security a shared mailbox each.
    """
    graph = contact.graph
    for index in graph.nodes("contact"):
        if index >= contact.index:
            return
        other = Node(graph, index, contact.watch)
        beside = graph.addresses[index].root == graph.addresses[contact.index].root
        if beside and other.peek("account") == contact.peek("account") and _alike(contact, other):
            yield Match(contact, "email", [other.at("email", "the same mailbox")])
            return


def _alike(one: Node, other: Node) -> bool:
    return str(one["email"]).lower() == str(other["email"]).lower() and one["role"] != other["role"]
