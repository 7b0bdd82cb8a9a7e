"""Exports: ASFF against botocore's model of Security Hub and moto, OCSF against its schema, webhooks and mail
against servers of our own."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import socketserver
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy")
boto3 = pytest.importorskip("boto3")

# ruff: noqa: E402 - what needs the extras comes after they were found
from scanner.audit import history, runs, targets, writing
from scanner.audit.exports import ExportError, Sending, asff, mail, ocsf, send, slack, webhook
from scanner.audit.exports.told import of_scan
from scanner.audit.store import open_store
from scanner.sources.aws.guard import Refused
from scanner.sources.aws.session import Access
from tests.audit.made import ACCOUNT, REGION, bucket, finding, judged, read, snapshot, volume

DAYS = [f"2026-03-{day:02}T06:00:00Z" for day in range(1, 29)]
A, B, C = volume("vol-a"), volume("vol-b"), bucket("c")
FA = finding(A, severity="critical")
FB = finding(B, "backup/none")
FC = finding(C, severity="low", verdict="unknown", reason="s3:GetBucketAcl is denied")


@pytest.fixture
def store(tmp_path):
    opened = open_store(str(tmp_path / "h.sqlite"))
    yield opened
    opened.close()


@pytest.fixture
def audit(store, tmp_path):
    """Record one scan of what is named; gives the id of the scan."""

    def record(day, *findings, gone=(), account=ACCOUNT):
        run = runs.begin(store, "aws", {"day": day}, "t", DAYS[day])
        things = [each for each in (A, B) if each not in gone]
        units = [read("ec2", *things, account=account), read("s3", C, account=account)]
        history.record(store, run, snapshot(tmp_path / "s.jsonl", *units), judged(*findings), at=DAYS[day])
        return run.id

    return record


@pytest.fixture
def aws(monkeypatch):
    moto = pytest.importorskip("moto")
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    from moto.core import DEFAULT_ACCOUNT_ID

    with moto.mock_aws():
        yield DEFAULT_ACCOUNT_ID


# ASFF


def hub_shape():
    return boto3.client("securityhub", region_name=REGION, aws_access_key_id="t", aws_secret_access_key="t").meta


def faults_of(documents):
    """What botocore, and the enumerations and lengths of its model, say of documents for BatchImportFindings."""
    from botocore.validate import ParamValidator

    shape = hub_shape().service_model.operation_model("BatchImportFindings").input_shape
    told = ParamValidator().validate({"Findings": documents}, shape).generate_report()
    found = [told] if told else []
    one = shape.members["Findings"].member

    def walk(value, shape, path):
        if shape.type_name == "structure":
            for name, each in value.items():
                walk(each, shape.members[name], f"{path}.{name}")
        elif shape.type_name == "list":
            for each in value:
                walk(each, shape.member, path)
        elif getattr(shape, "enum", None) and value not in shape.enum:
            found.append(f"{path}: {value}")

    for each in documents:
        walk(each, one, "")
    return found


def test_asff_fits_the_model(store, audit):
    audit(0, FA, FB, FC)
    scan = audit(1, FB, FC, gone=[A])
    documents = [asff.document(each, ACCOUNT, REGION) for each in of_scan(store, scan)]
    assert faults_of(documents) == []
    by_id = {each["Id"]: each for each in documents}
    gone, stands, open_ = (by_id[each["fingerprint"]] for each in (FA, FB, FC))
    assert (gone["RecordState"], gone["Compliance"]["Status"]) == ("ARCHIVED", "NOT_AVAILABLE")
    assert (stands["RecordState"], stands["Compliance"]["Status"]) == ("ACTIVE", "FAILED")
    assert (open_["RecordState"], open_["Compliance"]["Status"]) == ("ACTIVE", "NOT_AVAILABLE")
    assert stands["ProductArn"] == f"arn:aws:securityhub:{REGION}:{ACCOUNT}:product/{ACCOUNT}/default"
    assert stands["Severity"]["Label"] == "HIGH"
    assert stands["Resources"] == [{"Type": "AwsEc2Volume", "Id": B.id, "Partition": "aws", "Region": REGION}]
    assert (stands["CreatedAt"], stands["UpdatedAt"]) == (DAYS[0], DAYS[1])
    assert stands["Compliance"]["RelatedRequirements"] == ["nist-800-207 tenet-5", "nist-800-207 tenet-7"]


def test_asff_limits(store, audit):
    scan = audit(0, {**FA, "message": "x" * 5000})
    document = asff.document(of_scan(store, scan)[0], ACCOUNT, REGION)
    assert len(document["Description"]) == 1024
    assert len(document["Title"]) <= 256


@pytest.mark.parametrize(
    ("native", "named"),
    [
        ("AWS::EC2::Volume", "AwsEc2Volume"), ("AWS::S3::Bucket", "AwsS3Bucket"), ("AWS::IAM::Role", "AwsIamRole"),
        ("AWS::RDS::DBInstance", "AwsRdsDbInstance"), ("AWS::EC2::VPC", "AwsEc2Vpc"),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", "AwsElbv2LoadBalancer"), ("AWS::Any::Thing", "Other"),
        ("", "Other"),
    ],
)  # fmt: skip
def test_resource_types(native, named):
    """Names from the Security Hub user guide, "Resources ASFF object"."""
    assert asff.resource_type(native) == named


def test_asff_into_security_hub(aws, store, audit):
    boto3.client("securityhub", region_name=REGION).enable_security_hub()
    own = {"account": aws}
    many = [finding(volume(f"vol-{number}", aws)) for number in range(230)]

    def scan(day, findings):
        run = runs.begin(store, "aws", {"day": day, **own}, "t", DAYS[day])
        units = read("ec2", *(volume(f"vol-{number}", aws) for number in range(230)), account=aws)
        path = Path(store.shown).parent / "s.jsonl"
        history.record(store, run, snapshot(path, units), judged(*findings), at=DAYS[day])
        return Sending(store, run.id)

    sent = []
    wrapped = writing.client

    def client(access, service, region=""):
        made = wrapped(access, service, region)
        made.meta.events.register(
            "provide-client-params", lambda params, model, **_: sent.append((model.name, params))
        )
        return made

    writing.client = client
    try:
        assert [(told, whole) for _, told, whole in send(scan(0, many), [targets.Target("asff")])] == [
            ("230 findings imported", True)
        ]
        assert [(told, whole) for _, told, whole in send(scan(1, many[:-30]), [targets.Target("asff")])] == [
            ("230 findings imported", True)
        ]
    finally:
        writing.client = wrapped
    calls = [len(params["Findings"]) for name, params in sent if name == "BatchImportFindings"]
    assert calls == [100, 100, 30] * 2
    states = [
        each["RecordState"] for name, params in sent[-4:] if "Findings" in params for each in params["Findings"]
    ]
    assert states.count("ARCHIVED") == 30
    ids = [{each["Id"] for name, params in half if "Findings" in params for each in params["Findings"]} for half in
           (sent[: len(sent) // 2], sent[len(sent) // 2 :])]  # fmt: skip
    assert ids[0] == ids[1] and len(ids[0]) == 230  # the second updates the first


def test_clusters_go_to_the_own_account(aws, store, tmp_path):
    """A cluster has no Security Hub; its findings go to that of the credentials."""
    boto3.client("securityhub", region_name=REGION).enable_security_hub()
    run = runs.begin(store, "cluster", {}, "t", DAYS[0])
    found = finding(A, node="k8s:prod#apps/Deployment/shop/web")
    history.record(store, run, snapshot(tmp_path / "s.jsonl", read("ec2", A)), judged(found), at=DAYS[0])
    [(_, told, whole)] = send(Sending(store, run.id), [targets.Target("asff")])
    assert (told, whole) == ("1 finding imported", True)
    [held] = boto3.client("securityhub", region_name=REGION).get_findings()["Findings"]
    assert (held["AwsAccountId"], held["Resources"][0]["Id"]) == (aws, "apps/Deployment/shop/web")


def test_accounts_without_a_role_are_told(aws, store, audit):
    scan = audit(0, FA)
    [(_, told, whole)] = send(Sending(store, scan), [targets.Target("asff")])
    assert aws != ACCOUNT
    assert not whole
    assert f"0 of 1 findings were imported; {ACCOUNT}: there is no role for it" in told


def test_a_role_is_cut_down_to_writing(aws):
    seen = []

    class Sts:
        def assume_role(self, **asked):
            seen.append(asked)
            return {"Credentials": {"AccessKeyId": "a", "SecretAccessKey": "b", "SessionToken": "c"}}

    role = Access(role=f"arn:aws:iam::{ACCOUNT}:role/layerproof-audit", external_id="x")
    writing._assumed(Sts(), role)
    [statement] = json.loads(seen[0]["Policy"])["Statement"]
    assert sorted(statement["Action"]) == ["s3:PutObject", "securityhub:BatchImportFindings"]
    assert seen[0]["ExternalId"] == "x"


def test_nothing_else_is_called(aws):
    s3 = writing.client(Access(), "s3", REGION)
    for call in (
        s3.list_buckets,
        lambda: s3.delete_object(Bucket="b", Key="k"),
        lambda: s3.get_object(Bucket="b", Key="k"),
    ):
        with pytest.raises(Refused):
            call()


def test_collecting_cannot_write():
    from scanner.sources.aws.registry import allowed

    assert not set(allowed()) & {each for each in writing.OPERATIONS if each[0] != "sts"}


# OCSF


def test_ocsf_of_each_state(store, audit):
    audit(0, FA, FB, FC)
    scan = audit(1, FB, FC)
    found = {each["finding_info"]["uid"]: each for each in map(ocsf.event, of_scan(store, scan))}
    passed, stands, unknown = (found[each["fingerprint"]] for each in (FA, FB, FC))
    assert {each["class_uid"] for each in found.values()} == {2003}
    assert (passed["activity_id"], passed["type_uid"], passed["status_id"]) == (3, 200303, 4)
    assert (stands["activity_id"], stands["type_uid"], stands["status_id"]) == (2, 200302, 2)
    assert [each["compliance"]["status_id"] for each in (passed, stands, unknown)] == [1, 3, 0]
    assert stands["severity_id"] == 4
    assert stands["cloud"] == {
        "provider": "AWS", "region": REGION,
        "account": {"uid": ACCOUNT, "type_id": 10, "type": "AWS Account"}}  # fmt: skip
    assert stands["finding_info"]["created_time"] == 1772344800000  # 2026-03-01T06:00:00Z


def schema(folder, path):
    return json.loads((folder / path).read_text())


class Ocsf:
    """A reader of a checkout of github.com/ocsf/ocsf-schema: what its class and objects ask of an event."""

    def __init__(self, folder):
        self.folder = folder
        self.types = schema(folder, "dictionary.json")["attributes"]

    def attributes(self, document):
        found, known = {}, document["attributes"]
        if document.get("extends") and document["extends"] != document.get("name"):
            found.update(self.attributes(self.named(document["extends"])))
        for include in known.get("$include", []) if isinstance(known.get("$include"), list) else []:
            if include == "profiles/cloud.json":
                found.update(schema(self.folder, include)["attributes"])
        for name, each in known.items():
            if not name.startswith("$"):
                both = {**found.get(name, {}), **{key: value for key, value in each.items() if value is not None}}
                both["enum"] = {**found.get(name, {}).get("enum", {}), **each.get("enum", {})}
                found[name] = both
        return found

    def named(self, name):
        for path in ("events/findings", "events", "objects"):
            for each in (f"{name}.json", f"_{name}.json"):
                if (self.folder / path / each).is_file():
                    return schema(self.folder, f"{path}/{each}")
        raise AssertionError(f"{name} is in no schema")

    def faults(self, value, name, path=""):
        asked = self.attributes(self.named(name))
        for each, told in asked.items():
            if told.get("requirement") == "required" and each not in value:
                yield f"{path}.{each} is missing"
        for key, held in value.items():
            if key not in asked:
                yield f"{path}.{key} is unknown"
                continue
            dictionary = self.types[key]
            values = held if dictionary.get("is_array") else [held]
            if dictionary.get("is_array") != (True if isinstance(held, list) else None):
                yield f"{path}.{key} is a list or should be"
            enum = {**dictionary.get("enum", {}), **asked[key].get("enum", {})}
            if key in ("class_uid", "category_uid"):  # the schema's compiler makes these of two numbers
                category = schema(self.folder, "categories.json")["attributes"]["findings"]["uid"]
                number = category * 1000 + self.named(name)["uid"]
                enum = {str(category if key == "category_uid" else number): {}}
            kind = dictionary["type"]
            for one in values:
                if enum and str(one) not in enum:
                    yield f"{path}.{key}: {one}"
                if kind in ("string_t", "timestamp_t", "integer_t") and not isinstance(
                    one, str if kind == "string_t" else int
                ):
                    yield f"{path}.{key}: {one!r} is no {kind}"
                if isinstance(one, dict) and kind != "object":
                    yield from self.faults(one, kind, f"{path}.{key}")


def test_ocsf_fits_the_schema(store, audit):
    """LAYERPROOF_OCSF_SCHEMA names a checkout of github.com/ocsf/ocsf-schema."""
    folder = os.environ.get("LAYERPROOF_OCSF_SCHEMA")
    if not folder:
        pytest.skip("LAYERPROOF_OCSF_SCHEMA names no checkout of the OCSF schema")
    audit(0, FA, FB, FC)
    scan = audit(1, FB, {**FC, "verdict": "fail"})
    asked = Ocsf(Path(folder))
    for each in of_scan(store, scan):
        event = ocsf.event(each)
        assert list(asked.faults(event, "compliance_finding")) == []
    del event["metadata"]["product"], event["finding_info"]["uid"]
    event["severity_id"], event["color"] = 17, "red"
    assert sorted(asked.faults(event, "compliance_finding")) == [
        ".color is unknown", ".finding_info.uid is missing", ".metadata.product is missing",
        ".severity_id: 17"]  # fmt: skip


def test_ocsf_to_files(store, audit, tmp_path):
    scan = Sending(store, audit(0, FA, FB))
    for name in ("o.json", "o.jsonl"):
        [(_, told, whole)] = send(scan, [targets.Target("ocsf", str(tmp_path / name))])
        assert (told, whole) == ("2 findings written", True)
    lines = [json.loads(line) for line in (tmp_path / "o.jsonl").read_text().splitlines()]
    assert lines == json.loads((tmp_path / "o.json").read_text())
    assert (tmp_path / "o.json").stat().st_mode & 0o777 == 0o600
    [(_, told, whole)] = send(scan, [targets.Target("ocsf", str(tmp_path / "no" / "o.json"))])
    assert not whole and "cannot be written" in told


def test_ocsf_to_s3(aws, store, audit):
    s3 = boto3.client("s3", region_name=REGION)
    s3.create_bucket(Bucket="out", CreateBucketConfiguration={"LocationConstraint": REGION})
    scan = audit(0, FA)
    [(_, _, whole)] = send(Sending(store, scan), [targets.Target("ocsf", "s3://out/day/")])
    assert whole
    held = json.loads(s3.get_object(Bucket="out", Key=f"day/{scan}.json")["Body"].read())
    assert [each["finding_info"]["uid"] for each in held] == [FA["fingerprint"]]
    [(_, told, whole)] = send(Sending(store, scan), [targets.Target("ocsf", "s3://missing/x.json")])
    assert not whole and "NoSuchBucket" in told


# webhooks


@contextmanager
def listening(answers=()):
    """A web server on this machine; gives its address and what it was sent. `answers` are its first statuses."""
    taken, left = [], list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = left.pop(0) if left else 200
            if status == 200:
                taken.append((dict(self.headers), body))
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/hook", taken
        finally:
            server.shutdown()
            thread.join()


def test_webhook_tells_only_what_is_new_or_reopened(store, audit, monkeypatch):
    monkeypatch.setenv("LAYERPROOF_WEBHOOK_SECRET", "s3cret")
    with listening() as (where, taken):
        target = targets.parse(f"webhook={where}", {})
        told = []
        for day, findings in enumerate([(FA, FB, FC), (FA, FB, FC), (FB, FC), (FA, FB, FC)]):
            told.extend(each[1:] for each in send(Sending(store, audit(day, *findings)), [target]))
    assert told == [
        ("2 new or reopened", True),
        ("nothing new", True),
        ("nothing new", True),
        ("1 new or reopened", True),
    ]
    first, second = (json.loads(body) for _, body in taken)
    assert (first["new"], first["reopened"], second["new"], second["reopened"]) == (2, 0, 0, 1)
    assert [each["fingerprint"] for each in first["findings"]] == [FA["fingerprint"], FB["fingerprint"]]
    assert second["findings"][0]["reopened"] == 1
    headers, body = taken[0]
    signature = hmac.new(b"s3cret", body, hashlib.sha256).hexdigest()
    assert headers["X-Layerproof-Signature-256"] == f"sha256={signature}"


def test_what_could_not_be_told_is_told_the_next_time(store, audit):
    with listening([403]) as (where, taken):
        target = targets.parse(f"webhook={where}", {})
        assert [each[1:] for each in send(Sending(store, audit(0, FB)), [target])] == [
            ("it answered 403 Forbidden", False)
        ]
        assert [each[1:] for each in send(Sending(store, audit(1, FA, FB)), [target])] == [
            ("2 new or reopened", True)
        ]
    assert len(json.loads(taken[0][1])["findings"]) == 2


def test_webhooks_stumble_and_lead_elsewhere(store, audit, monkeypatch):
    monkeypatch.setattr("scanner.audit.exports.posting.time.sleep", lambda _: None)
    scan = Sending(store, audit(0, FA))
    with listening([503, 429]) as (where, taken):
        assert [whole for *_, whole in send(scan, [targets.parse(f"webhook={where}", {})])] == [True]
        assert len(taken) == 1
    with listening([302]) as (where, taken):
        [(_, told, whole)] = send(scan, [targets.parse(f"webhook={where}?token=secret", {})])
        assert (told, whole, taken) == ("it answered 302 Found", False, [])
    [(target, told, whole)] = send(scan, [targets.parse("webhook=http://127.0.0.1:1/secret", {})])
    assert not whole and "cannot be reached" in told and "secret" not in f"{target}{told}"


def test_slack(store, audit):
    told = {**FA, "message": "<!channel> & `x` \x1b[31m"}
    with listening() as (where, taken):
        [(_, _, whole)] = send(Sending(store, audit(0, told, FB)), [targets.parse(f"slack={where}", {})])
    assert whole
    message = json.loads(taken[0][1])
    assert message["text"] == "layerproof: 2 new, 0 reopened"
    text = message["blocks"][1]["text"]["text"]
    assert "&lt;!channel&gt; &amp; 'x' " in text and "\x1b" not in text
    many = slack.document([*of_scan(store, runs_of(store))] * 30)
    assert len(many["blocks"]) <= 50  # of one message (api.slack.com, "Blocks")
    assert "more" in many["blocks"][-1]["text"]["text"]


def runs_of(store):
    from scanner.audit.tables import SCANS

    return store.read(lambda connection: connection.execute(SCANS.select()).mappings().one()["id"])


# mail


@contextmanager
def post_office(refuses=False):
    """A small SMTP server (RFC 5321: the commands that a client needs); gives its address and the mails."""
    taken = []

    class Handler(socketserver.StreamRequestHandler):
        def say(self, text):
            self.wfile.write(text.encode() + b"\r\n")

        def handle(self):
            self.say("220 here")
            while line := self.rfile.readline().decode().strip():
                word = line[:4].upper()
                if word == "EHLO":
                    self.say("250 here")
                elif word == "RCPT":
                    self.say("550 unknown" if refuses else "250 ok")
                elif word == "DATA":
                    self.say("354 go on")
                    held = []
                    while (part := self.rfile.readline()) not in (b".\r\n", b""):
                        held.append(part)
                    taken.append(b"".join(held).decode())
                    self.say("250 taken")
                elif word == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"smtp://127.0.0.1:{server.server_address[1]}/?to=ops@example.org&from=audit@example.org", taken
        finally:
            server.shutdown()
            thread.join()


def test_mail(store, audit):
    import email

    with post_office() as (where, taken):
        target = targets.parse(f"mail={where}", {})
        for day, findings in enumerate([(FA, FB, FC), (FA, FB, FC)]):
            assert [whole for *_, whole in send(Sending(store, audit(day, *findings)), [target])] == [True]
    [made] = [email.message_from_string(each) for each in taken]
    assert (made["To"], made["From"]) == ("ops@example.org", "audit@example.org")
    assert made["Subject"] == "layerproof: 2 new, 0 reopened findings"
    text = made.get_payload(decode=True).decode()
    assert "critical, new: zero-trust/open (zero-trust/open)" in text
    assert C.id not in text


def test_mail_that_is_not_taken(store, audit):
    with post_office(refuses=True) as (where, taken):
        [(target, told, whole)] = send(Sending(store, audit(0, FA)), [targets.parse(f"mail={where}", {})])
    assert (whole, taken, str(target)) == (False, [], "mail at 127.0.0.1")
    assert "was not taken" in told
    with pytest.raises(ExportError, match="addresses"):
        mail.message([], "to=a%0d%0aBcc:b@example.org")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("pager=x", "there are asff, ocsf"), ("asff=x", "no address"), ("ocsf", "needs an address"),
        ("webhook", "LAYERPROOF_WEBHOOK_URL"), ("webhook=http://example.org/x", "by https://"),
        ("slack=file:///etc/passwd", "https:// address"), ("mail=smtp://h", "mail takes"),
    ],
)  # fmt: skip
def test_what_is_no_target(text, told):
    with pytest.raises(ValueError, match=told):
        targets.parse(text, {})


def test_addresses_from_the_environment():
    found = targets.parse("slack", {"LAYERPROOF_SLACK_URL": "https://hooks.example.org/T/secret"})
    assert found.where.endswith("secret")
    assert str(found) == "slack at hooks.example.org"
    assert webhook.document([], "s") == {
        "layerproof_notice": 1,
        "scan": "s",
        "new": 0,
        "reopened": 0,
        "findings": [],
    }
