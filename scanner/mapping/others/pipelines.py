"""What delivery pipelines are given, as Terraform hands it to them.

Each of these services signs tokens by which a run can take a role for an hour instead: GitHub Actions ("OpenID
Connect"), GitLab CI ("ID tokens"), HCP Terraform ("Dynamic provider credentials"), CircleCI, Bitbucket Pipelines
and Spacelift (documentation of each, "OIDC").
"""

from __future__ import annotations

import re

from scanner.mapping.extract import text
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.table import Row, Skip, Table
from scanner.model.value import Unknown, Value

# Names under which programs of the clouds look for a long-lived key: the secret half alone, so that a pair is one.
_KEYS = re.compile(
    r"(?:[A-Z0-9]+_)*"
    r"(?:AWS_SECRET(?:_ACCESS)?_KEY"
    r"|(?:GOOGLE|GCP|GCLOUD|GKE)_(?:[A-Z0-9]+_)*(?:CREDENTIALS|SA_KEY|SERVICE_ACCOUNT_KEY|KEYFILE_JSON)"
    r"|(?:ARM|AZURE)_(?:CLIENT_SECRET|CREDENTIALS))"
    r"(?:_[A-Z0-9]+)*"
)
# Keys that are nodes of their own, which are told where they are made.
_SHOWN = ("aws_iam_access_key.", "google_service_account_key.", "azuread_application_password.",
          "azuread_service_principal_password.")  # fmt: skip


def _cloud_key(name: str, *values: str) -> Extract:
    def extract(reader: Reader) -> Value:
        if any(_shown(reader, path) for path in values):
            return None
        return _KEYS.fullmatch(str(reader.get(name, "")).upper()) is not None

    return extract


def _shown(reader: Reader, path: str) -> bool:
    held = reader.peek(path)
    named = reader.resource.references.get(path, held.references if isinstance(held, Unknown) else ())
    return any(shown in reference for reference in named for shown in _SHOWN)


def _category(extract: Extract) -> Extract:
    """HCP Terraform: variables of the category `terraform` are inputs of the code, not of its providers."""

    def only(reader: Reader) -> Value:
        return extract(reader) if reader.get("category") == "env" else False

    return only


def _row(name: str, *values: str) -> Row:
    return Row(
        "pipeline_variable",
        {"key": text(name), "cloud_key": _cloud_key(name, *values)},
        name=name,
        tags=lambda reader: {},
    )


_SECRET = _row("secret_name", "plaintext_value", "encrypted_value", "value")
_VARIABLE = _row("key", "value")
_NAMED = _row("name", "value")

TABLE: Table = {
    **{f"github_{each}_secret": _SECRET for each in ("actions", "actions_organization", "actions_environment")},
    "github_dependabot_secret": Skip("is given to updates of dependencies, not to a delivery"),
    "github_actions_variable": Skip("a value that everybody may read"),
    **{f"gitlab_{each}_variable": _VARIABLE for each in ("project", "group", "instance")},
    "tfe_variable": Row(
        "pipeline_variable",
        {"key": text("key"), "cloud_key": _category(_cloud_key("key", "value"))},
        name="key",
        tags=lambda reader: {},
    ),
    "bitbucket_repository_variable": _VARIABLE,
    "bitbucket_deployment_variable": _VARIABLE,
    "bitbucket_workspace_variable": _VARIABLE,
    "circleci_environment_variable": _NAMED,
    "circleci_context_environment_variable": _row("variable", "value"),
    "spacelift_environment_variable": _NAMED,
}
