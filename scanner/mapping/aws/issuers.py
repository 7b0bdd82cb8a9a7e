"""Whose word on identity an account believes: SAML, OpenID Connect, certificates."""

from __future__ import annotations

import re

from scanner.mapping.extract import EMPTY, NONE, TRUE, strings
from scanner.mapping.reader import Reader
from scanner.mapping.table import Row, Table
from scanner.model.resource import Plane
from scanner.model.value import Cause, Unknown, Value

_METADATA = Unknown("iam:GetSAMLProvider tells its metadata, and was not read", Cause.OUTSIDE_SCAN)


def _entity_id(reader: Reader) -> Value:
    """The issuer that SAML metadata names; unknown of a provider whose metadata was not read."""
    if reader.resource.plane is Plane.LIVE and reader.peek("saml_metadata_document") is None:
        return _METADATA
    found = re.search(r'entityID="([^"]+)"', str(reader.get("saml_metadata_document", "")))
    return found.group(1) if found else None


TABLE: Table = {
    "aws_iam_openid_connect_provider": Row(
        "identity_provider",
        {"url": "url", "audiences": strings("client_id_list")},
        identity=("arn", "id", "url"),
        name="url",
    ),
    "aws_iam_saml_provider": Row("identity_provider", {"url": _entity_id, "audiences": EMPTY, "for_people": TRUE}),
    "aws_rolesanywhere_trust_anchor": Row("identity_provider", {"url": NONE, "audiences": EMPTY}),
}
