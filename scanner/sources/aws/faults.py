"""What a failed call means for the facts: denied, throttled, not enabled, unsupported, or an error."""

from __future__ import annotations

from typing import Any, NamedTuple

OK, DENIED, DENIED_SCP, THROTTLED = "ok", "denied", "denied_scp", "throttled"
NOT_ENABLED, UNSUPPORTED, TRUNCATED, ERROR = "not_enabled", "unsupported", "truncated", "error"
EXPIRED = "expired"

_DENIED = ("AccessDenied", "UnauthorizedOperation", "AuthorizationError", "NotAuthorized", "AuthFailure",
           "Unauthorized", "ForbiddenException", "UnauthorizedAccess")  # fmt: skip
_THROTTLED = ("Throttl", "TooManyRequests", "RequestLimitExceeded", "SlowDown", "BandwidthLimitExceeded",
              "ProvisionedThroughputExceeded", "LimitExceededException", "PriorRequestNotComplete",
              "TransactionInProgress", "EC2ThrottledException")  # fmt: skip
_NOT_ENABLED = ("OptInRequired", "InvalidClientTokenId", "UnrecognizedClient", "SubscriptionRequired",
                "AWSOrganizationsNotInUse", "NotSignedUp")  # fmt: skip
_EXPIRED = ("ExpiredToken", "RequestExpired", "InvalidToken", "ExpiredTokenException")
_NO_CREDENTIALS = ("NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError",
                   "UnauthorizedSSOTokenError", "SSOTokenLoadError", "TokenRetrievalError",
                   "ProfileNotFound")  # fmt: skip
_UNSUPPORTED = ("UnknownOperation", "UnsupportedOperation", "InvalidAction", "NotImplemented")


class Fault(NamedTuple):
    """A call that gave no answer: its status and the service's own words, short."""

    status: str
    reason: str


def code_of(error: Exception) -> str:
    """The error code of a service's answer; "" for faults that are none (a lost connection)."""
    response: Any = getattr(error, "response", None)
    found = response.get("Error", {}).get("Code", "") if isinstance(response, dict) else ""
    return str(found)


def classify(error: Exception) -> Fault:
    """What an exception of botocore means."""
    code = code_of(error)
    told = _message(error, code)
    if code:
        return Fault(_by_code(error, code, told), told)
    name = type(error).__name__
    if name in _NO_CREDENTIALS:
        return Fault(DENIED, told)
    return Fault(UNSUPPORTED if name == "UnknownServiceError" else ERROR, told)


def _by_code(error: Exception, code: str, told: str) -> str:
    if code.startswith(_EXPIRED):
        return EXPIRED
    if code.startswith(_NOT_ENABLED):
        return NOT_ENABLED
    if code.startswith(_THROTTLED):
        return THROTTLED
    if code.startswith(_DENIED) or _http(error) in (401, 403):
        return DENIED_SCP if "explicit deny in a service control policy" in told else DENIED
    if code.startswith(_UNSUPPORTED) or _http(error) == 501:
        return UNSUPPORTED
    return ERROR


def _http(error: Exception) -> int:
    response: Any = getattr(error, "response", {})
    return int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) or 0)


def _message(error: Exception, code: str) -> str:
    response: Any = getattr(error, "response", None)
    text = str(response.get("Error", {}).get("Message", "")) if isinstance(response, dict) else str(error)
    first = " ".join(text.split())[:300]
    return f"{code}: {first}" if code and first else code or first or type(error).__name__
