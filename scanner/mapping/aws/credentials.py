"""Keys of users, and the user that an account itself is."""

from __future__ import annotations

from scanner.mapping.extract import FALSE, equals, text
from scanner.mapping.reader import Reader
from scanner.mapping.table import Join, Row, Skip, Table
from scanner.model.value import Undetermined, Unknown, Value


def _names_root(reader: Reader) -> Value:
    """Whether an access key belongs to the account itself: its user is called "root"."""
    user = reader.peek("user")
    if isinstance(user, Unknown):
        # A user of the configuration, and root cannot be declared; or a name that surely begins otherwise.
        if any("aws_iam_user." in each for each in reader.resource.references.get("user", user.references)):
            return False
        if user.prefix and not "root".startswith(user.prefix):
            return False
        raise Undetermined(user)
    return user == "root"


_ACCESS_KEY = Row(
    "access_key",
    {
        "active": equals("status", "Active", default="Active"),
        "root": _names_root,
        "created": "create_date",
        "used": "last_used_date",
    },
    {"grants_to": Join("user", ("user",))},
    identity=("id",),
    name=text("user"),
)

TABLE: Table = {
    "aws_iam_access_key": _ACCESS_KEY,
    # what an account says of itself when it is read; Terraform has no such resource
    "aws_iam_root_user": Row("root_user", {"second_factor": "mfa_active", "virtual_factor": "virtual_mfa"}),
    "aws_iam_user_ssh_key": Skip("a public key for CodeCommit"),
    "aws_iam_service_specific_credential": Row(
        "access_key",
        {"active": equals("status", "Active", default="Active"), "root": FALSE},
        {"grants_to": Join("user_name", ("user",))},
        name=text("user_name"),
    ),
    "aws_iam_signing_certificate": Skip("a certificate for SOAP calls, which few services still take"),
}
