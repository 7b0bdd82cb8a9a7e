"""What a run of Terraform does besides making resources: null_resource and terraform_data with their triggers.

Sources: documentation of `null_resource` (triggers) and `terraform_data` (triggers_replace): a change of them
replaces the resource and runs its provisioners again; of timestamp() and uuid(): they differ with every run.
"""

from __future__ import annotations

from scanner.mapping.reader import Extract, Reader
from scanner.mapping.table import Row, Table
from scanner.model.value import Cause, Undetermined, Unknown, Value, unknowns

_EVERY_RUN = "differs with every run"  # how evaluation words what such functions give


def _always(path: str) -> Extract:
    def extract(reader: Reader) -> Value:
        pending: Unknown | None = None
        for each in unknowns(reader.peek(path)):
            if _EVERY_RUN in each.reason:
                return True
            if each.cause is not Cause.PROVIDER_COMPUTED:  # an id changes with its resource alone
                pending = each if pending is None else pending
        if pending is not None:
            raise Undetermined(pending)
        return False

    return extract


def _changes(reader: Reader) -> Value:
    reader.peek(reader.resource.unsettled)  # its place
    return True


# The change of a resource that every plan shows, for an argument that is new in each of them.
UNSETTLED = Row("step", {"always": _changes}, identity=(), name=lambda reader: "changes", tags=lambda reader: {})

TABLE: Table = {
    "null_resource": Row("step", {"always": _always("triggers")}, tags=lambda reader: {}),
    "terraform_data": Row("step", {"always": _always("triggers_replace")}, tags=lambda reader: {}),
}
