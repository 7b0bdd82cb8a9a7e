"""The functions of the AWS provider that need no account."""

from __future__ import annotations

from scanner.hcl.errors import EvaluationError
from scanner.hcl.functions.signature import Function
from scanner.model.value import Value

_PARTS = ("partition", "service", "region", "account_id", "resource")


def _arn_parse(arn: str) -> Value:
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn":
        raise EvaluationError(f'"{arn}" is no ARN')
    if not parts[1] or not parts[2] or not parts[5]:
        raise EvaluationError(f'"{arn}" lacks its partition, service or resource')
    return dict(zip(_PARTS, parts[1:], strict=True))


def _arn_build(*parts: str) -> str:
    return ":".join(("arn", *parts))


def _trim_iam_role_path(arn: str) -> str:
    found = _arn_parse(arn)
    kind, _, rest = found["resource"].partition("/")
    if found["service"] != "iam" or kind != "role" or found["region"] or not rest:
        raise EvaluationError(f'"{arn}" is no IAM role')
    return _arn_build(found["partition"], "iam", "", found["account_id"], f"role/{rest.rpartition('/')[2]}")


FUNCTIONS: dict[str, Function] = {
    "provider::aws::arn_build": Function(_arn_build, "string, string, string, string, string -> string"),
    "provider::aws::arn_parse": Function(_arn_parse, "string -> any"),
    "provider::aws::trim_iam_role_path": Function(_trim_iam_role_path, "string -> string"),
}
