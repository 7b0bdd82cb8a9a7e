"""A moto server of our own process, with what moto lacks or does otherwise than AWS put right.

`python moto_server.py PORT [FAULTS [CALLS]]`: the calls are noted in CALLS, one JSON list (service, operation) per
line. FAULTS is the path of a JSON file, read anew for each request: a list of
{"service", "operation", "path" (its end), "status", "code", "message", "account", "region", "after", "first"}
(null or absent: any; `after`: that many calls of it are answered first; `first`: only so many are refused; with
`cut` the answer breaks off half way instead).

What is put right, each as AWS documents it:

- describe_snapshots: no snapshots but those that were made (moto holds 600 per region that no one made), and
  RestorableByUserIds=all lists the public ones only.
- AWS Backup: selections, recovery points, jobs, settings (moto knows none of them; see backup_service.py).
- GetResources: log groups by the word of their ARNs, and streams.
- DLM's and RBIN's empty lists; operations without which a unit of the registry could never be "ok".
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import backup_service


def _snapshots() -> None:
    from moto.core.responses import ActionResult
    from moto.ec2.models.elastic_block_store import EBSBackend
    from moto.ec2.responses.elastic_block_store import ElasticBlockStore

    every = EBSBackend.describe_snapshots

    def describe(self: Any, snapshot_ids: Any = None, filters: Any = None) -> Any:
        return [each for each in every(self, snapshot_ids, filters) if snapshot_ids or _made(each)]

    answer = ElasticBlockStore.describe_snapshots

    def respond(self: Any) -> Any:
        if "all" not in self._get_param("RestorableByUserIds", []):
            return answer(self)
        found = self.ec2_backend.describe_snapshots(filters=self._filters_from_querystring())
        public = [each for each in found if "all" in each.create_volume_permission_groups]
        return ActionResult({"Snapshots": public})

    EBSBackend.describe_snapshots = describe
    ElasticBlockStore.describe_snapshots = respond


def _tagged() -> None:
    """The Resource Groups Tagging API names types as ARNs do, and knows streams (its reference, GetResources)."""
    from collections.abc import Iterator

    from moto.core import resource_tagging
    from moto.core.resource_tagging import TaggedResource
    from moto.kinesis.models import kinesis_backends
    from moto.logs.models import LogsBackend
    from moto.resourcegroupstaggingapi import models

    every, groups = resource_tagging.iter_taggable_backends, LogsBackend.iter_tagged_resources

    class Streams:
        def __init__(self, backend: Any) -> None:
            self.backend = backend

        def iter_tagged_resources(self) -> Iterator[TaggedResource]:
            for each in self.backend.streams.values():
                yield TaggedResource(arn=each.arn, tags=each.tags, resource_type="kinesis:stream")

    def backends(account: str, region: str) -> Iterator[Any]:
        yield from every(account, region)
        yield Streams(kinesis_backends[account][region])

    def named(self: Any) -> Iterator[TaggedResource]:
        for each in groups(self):
            yield TaggedResource(arn=each.arn, tags=each.tags, resource_type="logs:log-group")

    LogsBackend.iter_tagged_resources = named
    models.iter_taggable_backends = backends


def _made(snapshot: Any) -> bool:
    """Snapshots of moto's own images describe themselves so."""
    return not str(snapshot.description).startswith("Auto-created snapshot for AMI")


def _whose(environ: dict[str, Any]) -> tuple[str, str]:
    """Account and region of a request, as moto finds them."""
    from moto.iam.models import get_account_id_from

    found = re.search(r"Credential=([^/]+)/\d+/([^/]+)/", environ.get("HTTP_AUTHORIZATION", ""))
    if found is None:
        return "123456789012", "us-east-1"
    return str(get_account_id_from(found[1])), found[2]


# Answers of services that moto does not know at all (signing name), and of operations it lacks: nothing is there.
_EMPTY: dict[str, dict[str, Any]] = {
    "dlm": {"Policies": []},
    "rbin": {"Rules": []},
    "access-analyzer": {"analyzers": []},
    "rolesanywhere": {"trustAnchors": []},
    "redshift-serverless": {"namespaces": [], "workgroups": [], "snapshots": []},
    "docdb-elastic": {"clusters": [], "snapshots": []},
    "globalaccelerator": {"Accelerators": []},
    "ce": {"AnomalyMonitors": [], "AnomalySubscriptions": []},
}
_XML: dict[tuple[str, str], str] = {
    ("iam", "GenerateServiceLastAccessedDetails"): (
        "<GenerateServiceLastAccessedDetailsResult><JobId>00000000-0000-0000-0000-000000000000</JobId>"
        "</GenerateServiceLastAccessedDetailsResult>"
    ),
    # every principal has used all that it may use
    ("iam", "GetServiceLastAccessedDetails"): (
        "<GetServiceLastAccessedDetailsResult><JobStatus>COMPLETED</JobStatus><IsTruncated>false</IsTruncated>"
        "<JobCreationDate>2026-01-01T00:00:00Z</JobCreationDate>"
        "<JobCompletionDate>2026-01-01T00:00:01Z</JobCompletionDate><ServicesLastAccessed>"
        "<member><ServiceName>Amazon S3</ServiceName><ServiceNamespace>s3</ServiceNamespace>"
        "<LastAuthenticated>2099-01-01T00:00:00Z</LastAuthenticated>"
        "<TotalAuthenticatedEntities>1</TotalAuthenticatedEntities></member>"
        "</ServicesLastAccessed></GetServiceLastAccessedDetailsResult>"
    ),
    ("iam", "ListOrganizationsFeatures"): (
        "<ListOrganizationsFeaturesResult><OrganizationId>o-a1b2c3d4e5</OrganizationId><EnabledFeatures>"
        "<member>RootCredentialsManagement</member></EnabledFeatures></ListOrganizationsFeaturesResult>"
    ),
    ("ec2", "DescribeByoipCidrs"): "<byoipCidrSet/>",
    ("ec2", "DescribeLockedSnapshots"): "<snapshotSet/>",
    ("rds", "DescribeDBClusterAutomatedBackups"): (
        "<DescribeDBClusterAutomatedBackupsResult><DBClusterAutomatedBackups/>"
        "</DescribeDBClusterAutomatedBackupsResult>"
    ),
    ("ec2", "GetSnapshotBlockPublicAccessState"): "<state>unblocked</state>",
    ("ec2", "DescribeVpcBlockPublicAccessOptions"): (
        "<vpcBlockPublicAccessOptions><internetGatewayBlockMode>off</internetGatewayBlockMode>"
        "</vpcBlockPublicAccessOptions>"
    ),
    ("elasticache", "DescribeServerlessCacheSnapshots"): (
        "<DescribeServerlessCacheSnapshotsResult><ServerlessCacheSnapshots/>"
        "</DescribeServerlessCacheSnapshotsResult>"
    ),
    ("elasticache", "DescribeServerlessCaches"): (
        "<DescribeServerlessCachesResult><ServerlessCaches/></DescribeServerlessCachesResult>"
    ),
}
_CONTACT = {
    "ContactInformation": {
        "FullName": "Jo Doe",
        "PhoneNumber": "+1",
        "CountryCode": "IE",
        "City": "Dublin",
        "AddressLine1": "1 Street",
        "PostalCode": "1",
    }
}


_EKS = ("/access-entries", "/addons", "/pod-identity-associations")


def _protected(environ: dict[str, Any], acl: str) -> list[str]:
    """What a web ACL stands before, from moto's own store."""
    from moto.wafv2.models import wafv2_backends

    account, region = _whose(environ)
    held = wafv2_backends[account][region]
    found = [acl_ for acl_ in held.wacls.values() if acl_.arn == acl]
    return [arn for one in found for arn in one.associated_resources]


def _trail(file: Path, environ: dict[str, Any], body: bytes) -> dict[str, Any]:
    """LookupEvents, from a file of {"account", "region", "name", "event"}; newest first, as CloudTrail does."""
    account, region = _whose(environ)
    asked = json.loads(body)
    (by,) = asked["LookupAttributes"]  # "You can specify only one lookup attribute"
    held = json.loads(file.read_text()) if file.exists() else []
    found = [
        each["event"] for each in held
        if (each["account"], each["region"], each["name"]) == (account, region, by["AttributeValue"])
        and by["AttributeKey"] == "ResourceName"
    ]  # fmt: skip
    found.sort(key=lambda each: -each["EventTime"])
    return {"Events": found[: asked.get("MaxResults", 50)]}


class Application:
    """moto's WSGI application with what stands before it: faults that are wanted, and what it lacks."""

    def __init__(self, inner: Any, faults: Path | None, calls: Path | None) -> None:
        self._inner = inner
        self._calls = calls
        self._faults = faults
        self._seen: dict[str, int] = {}
        self._told = ""

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        body = self._body(environ)
        service, operation = _asked(environ, body)
        if self._calls is not None and service:
            with self._calls.open("a") as noted:
                noted.write(json.dumps([service, operation]) + "\n")
        fault = self._fault(service, operation, environ)
        if fault is not None and fault.get("cut"):
            return _cut(self._inner, environ, start)
        if fault is not None:
            return _refuse(start, service, fault)
        answer: dict[str, Any] | None = None
        if service == "backup" or environ["PATH_INFO"] == "/layerproof/backup":
            answer = backup_service.answer(*_whose(environ), environ["REQUEST_METHOD"], environ["PATH_INFO"], body)
        elif operation == "LookupEvents" and self._faults is not None:
            answer = _trail(self._faults.with_name("trail.json"), environ, body)
        elif service in _EMPTY and environ["REQUEST_METHOD"] in ("GET", "POST"):
            answer = _EMPTY[service]
        elif service == "account" and environ["PATH_INFO"] == "/getContactInformation":
            answer = _CONTACT
        elif service == "elasticfilesystem" and environ["PATH_INFO"].endswith("/replication-configurations"):
            answer = {"$refused": {"status": 404, "code": "ReplicationNotFound", "message": "no replication"}}
        elif service == "lambda" and environ["PATH_INFO"].endswith("/urls"):
            answer = {"FunctionUrlConfigs": []}
        elif service == "eks" and environ["PATH_INFO"].endswith(_EKS):
            answer = {"accessEntries": [], "addons": [], "associations": []}
        elif operation == "ListResourcesForWebACL":
            answer = {"ResourceArns": _protected(environ, json.loads(body)["WebACLArn"])}
        elif (service, operation) in _XML:
            start("200 OK", [("Content-Type", "text/xml")])
            return [f"<{operation}Response>{_XML[service, operation]}</{operation}Response>".encode()]
        if answer is not None and "$refused" in answer:
            return _refuse(start, service, answer["$refused"])
        if answer is not None:
            start("200 OK", [("Content-Type", "application/json")])
            return [json.dumps(answer).encode()]
        return self._inner(environ, start)

    def _body(self, environ: dict[str, Any]) -> bytes:
        import io

        size = int(environ.get("CONTENT_LENGTH") or 0)
        body: bytes = environ["wsgi.input"].read(size) if size else b""
        environ["wsgi.input"] = io.BytesIO(body)
        return body

    def _fault(self, service: str, operation: str, environ: dict[str, Any]) -> dict[str, Any] | None:
        if self._faults is None or not self._faults.exists():
            return None
        told = self._faults.read_text() or "[]"
        if told != self._told:  # other faults: what was counted of the earlier ones says nothing of these
            self._told = told
            self._seen.clear()
        for number, fault in enumerate(json.loads(told)):
            account, region = _whose(environ) if fault.get("account") or fault.get("region") else ("", "")
            wanted = {"service": service, "operation": operation, "account": account, "region": region}
            if any(fault.get(name) and fault[name] != value for name, value in wanted.items()):
                continue
            if not environ["PATH_INFO"].rstrip("/").endswith(fault.get("path", "")):
                continue
            key = f"{number}:{service}:{operation}:{account}:{region}"
            self._seen[key] = self._seen.get(key, 0) + 1
            if fault.get("after", 0) < self._seen[key] <= fault.get("first", 1 << 30):
                return dict(fault)
        return None


def _asked(environ: dict[str, Any], body: bytes) -> tuple[str, str]:
    """Service (its signing name) and operation of a request, where the protocol says it."""
    scope = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/", environ.get("HTTP_AUTHORIZATION", ""))
    service = scope[1] if scope else ""
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    if target:
        return service, target.rpartition(".")[2]
    action = re.search(rb"(?:^|&)Action=(\w+)", body)
    if action:
        return service, action[1].decode()
    query = environ.get("QUERY_STRING", "")
    return service, f"{environ['REQUEST_METHOD']} {query.partition('=')[0].partition('&')[0]}".strip()


def _cut(inner: Any, environ: dict[str, Any], start: Any) -> list[bytes]:
    """The first half of the answer, as if that were all of it."""
    text = b"".join(inner(environ, lambda *_: None))
    start("200 OK", [("Content-Type", "text/xml" if text.startswith(b"<") else "application/x-amz-json-1.1")])
    return [text[: len(text) // 2]]


def _refuse(start: Any, service: str, fault: dict[str, Any]) -> list[bytes]:
    status, code = fault.get("status", 403), fault.get("code", "AccessDenied")
    message = fault.get("message", "not allowed")
    if service in ("ec2", "iam", "sts", "rds", "s3", "sns", "elasticloadbalancing", "cloudformation"):
        error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        forms = {"ec2": f"<Response><Errors>{error}</Errors></Response>", "s3": error}
        text = forms.get(service, f"<ErrorResponse>{error}</ErrorResponse>")
        start(f"{status} Refused", [("Content-Type", "text/xml")])
        return [text.encode()]
    start(f"{status} Refused", [("Content-Type", "application/json"), ("x-amzn-ErrorType", code)])
    return [json.dumps({"__type": code, "message": message}).encode()]


def main(port: int, faults: Path | None, calls: Path | None) -> None:
    import os

    os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")  # AWS has them
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import run_simple

    _snapshots()
    _tagged()
    application = Application(DomainDispatcherApplication(create_backend_app), faults, calls)
    run_simple("127.0.0.1", port, application, threaded=True)


if __name__ == "__main__":
    files = [Path(each) for each in sys.argv[2:4]]
    main(int(sys.argv[1]), *[*files, None, None][:2])
