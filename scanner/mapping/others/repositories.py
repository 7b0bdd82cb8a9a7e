"""Rules of repositories: what must hold before a change reaches a branch (GitHub, GitLab).

Sources: documentation of the Terraform providers `integrations/github` (github_branch_protection,
github_branch_protection_v3) and of GitHub's protected branches.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.defaults import written_or_default
from scanner.mapping.extract import elements, flag, truth, whole
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.table import Row, Skip, Table
from scanner.model.value import Cause, Unknown, Value


def _checks(*names: str) -> Extract:
    def extract(reader: Reader) -> Value:
        return list(_named(reader, names))

    return extract


def _named(reader: Reader, names: tuple[str, ...]) -> Iterator[str]:
    for block in reader.blocks("required_status_checks"):
        for name in names:
            yield from (str(each) for each in elements(block.get(name)))


def _reviews(reader: Reader) -> Value:
    """One approval where reviews are asked for and no number is given; none where they are not."""
    for block in reader.blocks("required_pull_request_reviews"):
        return whole(block.get("required_approving_review_count", 1))
    return 0


def _row(branch: str, *names: str) -> Row:
    return Row(
        "branch",
        {"checks": _checks(*names), "reviews": _reviews, "binds_administrators": flag("enforce_admins")},
        name=branch,
        tags=lambda reader: {},
    )


_PRIVATE = Unknown(
    "the organization decides whether known holes of private repositories are reported", Cause.OUTSIDE_SCAN
)


def _holes_reported(reader: Reader) -> Value:
    """As written; GitHub reports those of public repositories by itself."""
    if truth(reader.get("archived", False)):
        return None
    asked = reader.get("vulnerability_alerts")
    if asked is not None:
        return truth(asked)
    private = truth(reader.get("private", False))
    return True if _visibility(reader) == "public" and not private else _PRIVATE


def _visibility(reader: Reader) -> Value:
    return written_or_default("github_repository", "visibility")(reader)


def _encrypted(reader: Reader) -> Value:
    """Delivered over TLS whose certificate is checked."""
    settings = reader.block("configuration")
    if settings is None:
        return None
    url = str(settings.get("url", ""))
    return url.startswith("https://") and not truth(settings.get("insecure_ssl", False))


_HOOK = Row("subscription", {"encrypted": _encrypted}, name="repository", tags=lambda reader: {})
TABLE: Table = {
    "github_branch_protection": _row("pattern", "contexts"),
    "github_branch_protection_v3": _row("branch", "contexts", "checks"),
    "github_repository": Row(
        "repository",
        {"holes_reported": _holes_reported},
        identity=("id", "name", "node_id", "full_name"),
        tags=lambda reader: {},
    ),
    "github_repository_webhook": _HOOK,
    "github_organization_webhook": _HOOK,
    "github_branch": Skip("names a branch"),
    "github_branch_default": Skip("names a branch"),
}
