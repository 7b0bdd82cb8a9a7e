"""Account without contacts for security, billing or operations."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Undetermined, rule, text, unlisted

_ROLES = ("security", "billing", "operations")


@rule(
    severity=Severity.LOW,
    selects="root_user",
    message="the account of {node} names no contact for {missing}",
    controls={
        "reference-model": ["billing/monitoring"],
        "nist-800-53": ["CM-2", "CM-2(2)", "IR-6"],
        "nist-800-207": ["tenet-7"],
        "catalogue": ["BIL-014"],
        "prowler": ["account_security_contact_information_is_registered"],
    },
)
def check(root: Node) -> Iterator[Match]:
    """The provider writes to the contact for security when a key of the account is found in public or a machine of
    it attacks others. Without one the letter goes to the owner's address, among invoices. Contacts for billing and
    operations alone are for information. It is told of accounts that were read live: code may keep contacts
    elsewhere.

    ## Remedy
    Give the account a contact for security, a mailbox that whoever is on duty reads; then the other two.
    """
    account = root["account"]
    contacts = (Node(root.graph, each, root.watch) for each in root.graph.nodes("contact"))
    named = {text(each["role"]) for each in contacts if each["account"] == account}
    missing = [each for each in _ROLES if each not in named]
    if not missing:
        return
    if (why := unlisted(root, "contacts")) is not None:
        raise Undetermined(why)
    weight = Severity.LOW if "security" in missing else Severity.INFO
    yield Match(root, "account", values={"missing": " and ".join(missing)}, severity=weight)
