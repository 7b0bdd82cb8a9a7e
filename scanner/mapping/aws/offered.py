"""To whom AWS networks offer services of their own."""

from __future__ import annotations

from scanner.mapping.extract import elements, truth
from scanner.mapping.reader import Reader
from scanner.model.logic import some
from scanner.model.logic import text as text_of
from scanner.model.resource import Plane
from scanner.model.value import Cause, Unknown, Value


def offered_to_all(reader: Reader) -> Value:
    """Whether everyone may ask for a connection and nobody has to accept it (PrivateLink Guide, "Manage
    permissions": a star among the principals lets everyone ask; without principals nobody may)."""
    if reader.resource.plane is Plane.LIVE and reader.peek("allowed_principals") is None:
        return Unknown("whom a live service lets ask is not read", Cause.OUTSIDE_SCAN)
    if truth(reader.get("acceptance_required", True)):
        return False
    folded = (each.peek("principal_arn") for each in reader.folded("aws_vpc_endpoint_service_allowed_principal"))
    return some((*elements(reader.get("allowed_principals")), *folded), lambda each: text_of(each) == "*")
