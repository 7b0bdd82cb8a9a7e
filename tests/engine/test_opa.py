"""The OPA backend: what it refuses without a server, and what a real server answers."""

import shutil
import subprocess
import sys
from dataclasses import replace

import pytest

from scanner.engine.opa import Opa, OpaRefused, Server, address, forbidden
from scanner.engine.regorus import Regorus
from scanner.engine.run import judge
from scanner.model.finding import Severity
from scanner.model.rule import Rule
from tests.engine.graphs import DATA, Scene, rules_of
from tests.engine.servers import free_port, opa_server

VERSIONS = "backup/object-store-unversioned"
REGO = (VERSIONS, "zero-trust/instance-open")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost:8181", ("localhost", 8181, False)),
        ("http://127.0.0.1:9000/", ("127.0.0.1", 9000, False)),
        ("http://[::1]", ("[::1]", 8181, False)),
        ("https://opa.example.org", ("opa.example.org", 443, True)),
    ],
)
def test_addresses(url, expected):
    assert address(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "http://opa.example.org",
        "http://localhost.example.org",
        "opa:8181",
        "file:///etc/passwd",
        "https://user:secret@opa.example.org",
        "https://opa.example.org/prefix",
        "https://opa.example.org:port",
        "http://",
    ],
)
def test_addresses_that_are_refused(url):
    with pytest.raises(OpaRefused) as refused:
        address(url)
    assert "secret" not in str(refused.value)


def test_the_missing_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "opa_client.opa", None)
    with pytest.raises(OpaRefused, match=r"layerproof\[opa\]"):
        Opa(Server("http://localhost:1"))


@pytest.mark.parametrize(
    "source",
    [
        'x if http.send({"url": "u"})',
        'x if http ["send"]({})',
        'x := net.lookup_ip_addr("n")',
        "x := opa.runtime().env",
        'x := 1 with input as opa["runtime"]()',
    ],
)
def test_policies_that_reach_out_are_recognized(source):
    assert forbidden(source)


def test_words_in_strings_and_comments_are_no_calls():
    texts = '# http.send\nx := "opa.runtime()"\ny := `net.lookup_ip_addr`\n'
    assert not forbidden(texts + 'z := net.cidr_contains("a", "b")')


def scene():
    built = Scene()
    built.text("main.tf", 'resource "a" "x" {}\nresource "b" "y" {}\n')
    built.node("object_store", "a.x", {"versioned": False}, header='resource "a"')
    built.node("object_store", "a.z", {"versioned": True}, header='resource "a"')
    web = built.node("instance", "b.y", {"public_address": True}, header='resource "b"')
    group = built.node("security_group", "c.z", {"rules": [{"cidrs": ["0.0.0.0/0"]}]}, header='resource "b"')
    built.graph.relate("uses", web, group)
    return built


def run(server, *rules):
    backend = Opa(server)
    try:
        built = scene()
        return judge(built.graph, rules or rules_of(*REGO), built.files, backend=backend)
    finally:
        backend.close()


def embedded():
    built = scene()
    return judge(built.graph, rules_of(*REGO), built.files, backend=Regorus())


def test_a_server_that_is_not_there_is_one_diagnostic():
    judged = run(Server(f"http://127.0.0.1:{free_port()}", timeout=2))
    assert [fault.code for fault in judged.diagnostics] == ["rule-engine"]
    assert "refused" in judged.diagnostics[0].summary
    assert "0x" not in judged.diagnostics[0].summary
    assert judged.obligations["unknown"] == 3


@pytest.fixture(scope="module")
def server():
    with opa_server() as url:
        yield url


def policies_on(url):
    from opa_client.opa import OpaClient

    host, port, _ = address(url)
    with OpaClient(host=host, port=port) as client:
        return sorted(client.get_policies_list())


@pytest.mark.slow
def test_pushed_policies_give_what_the_embedded_engine_gives_and_are_taken_away(server):
    judged = run(Server(server, push=True))
    assert judged.diagnostics == []
    assert judged.findings == embedded().findings
    assert len(judged.findings) == 2
    assert policies_on(server) == []


@pytest.mark.slow
def test_what_is_pushed_lies_under_our_prefix(server):
    backend = Opa(Server(server, push=True))
    try:
        assert backend.load(rules_of(*REGO)) == []
        assert all(each.startswith("layerproof/run_") for each in policies_on(server))
        assert len(policies_on(server)) == 2
    finally:
        backend.close()


@pytest.mark.slow
def test_without_push_nothing_is_written_and_missing_policies_are_named(server):
    judged = run(Server(server))
    assert {fault.code for fault in judged.diagnostics} == {"rule-load"}
    assert "--opa-push" in judged.diagnostics[0].remedy
    assert judged.obligations == {"pass": 0, "fail": 0, "unknown": 3}
    assert policies_on(server) == []


@pytest.mark.slow
def test_policies_that_the_server_holds_are_asked():
    with opa_server(str(DATA / "policies")) as url:
        before = policies_on(url)
        judged = run(Server(url))
        assert judged.findings == embedded().findings
        assert judged.diagnostics == []
        assert policies_on(url) == before


def own(name, body):
    package = f"layerproof.hygiene.{name}"
    return Rule(
        f"hygiene/{name}", name, Severity.LOW, ("object_store",), "{node}", reads=("versioned",),
        package=package, source=f"package {package}\n\nimport rego.v1\n\n{body}\n",
    )  # fmt: skip


@pytest.mark.slow
def test_opa_says_itself_what_is_wrong_and_the_others_answer(server):
    rules = [
        own("unsafe", "deny contains x if { y > 1 }"),
        own("divides", 'deny contains {"node": s.id} if { some s in input.kinds.object_store; to_number(s.id) }'),
        own("caller", 'deny contains {"node": "x"} if { http.send({"method": "get", "url": "http://x"}) }'),
        *rules_of(VERSIONS),
    ]
    judged = run(Server(server, push=True), *rules)
    told = {fault.summary.partition(":")[0]: (fault.code, fault.summary) for fault in judged.diagnostics}
    assert {rule: code for rule, (code, _) in told.items()} == {
        "hygiene/unsafe": "rule-load",
        "hygiene/divides": "rule-crash",
        "hygiene/caller": "rule-load",
    }
    assert "var x is unsafe (line 5)" in told["hygiene/unsafe"][1]
    assert "to_number" in told["hygiene/divides"][1]
    assert judged.by_rule[VERSIONS] == {"pass": 1, "fail": 1, "unknown": 0}
    assert policies_on(server) == []


AUTHORIZATION = """package system.authz

import rego.v1

default allow := false

allow if input.identity == "right"
"""


@pytest.mark.slow
def test_a_token_opens_a_server_that_asks_for_one(tmp_path):
    (tmp_path / "authz.rego").write_text(AUTHORIZATION)
    files = (str(tmp_path / "authz.rego"), str(DATA / "policies"))
    with opa_server("--authentication=token", "--authorization=basic", *files) as url:
        assert run(Server(url, token="right")).findings == embedded().findings
        judged = run(Server(url, token="wrong"))
        assert [fault.code for fault in judged.diagnostics] == ["rule-engine"]
        assert "request rejected by administrative policy" in judged.diagnostics[0].summary
        judged = run(Server(url, token="wrong", push=True))
        assert [fault.code for fault in judged.diagnostics] == ["rule-engine"]


def test_a_token_is_not_shown():
    assert "right" not in repr(Server("http://localhost", token="right"))


def test_a_rule_without_deny_is_no_pass():
    built = scene()
    judged = judge(built.graph, [replace(own("empty", "allow := 1"))], built.files)
    assert [fault.summary for fault in judged.diagnostics] == ["hygiene/empty: it has no set `deny`"]
    assert judged.obligations == {"pass": 0, "fail": 0, "unknown": 2}


def certificates(folder):
    """A CA, and a server's and a client's certificate that it signed, as PEM files."""

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True, timeout=60)

    new = ("req", "-newkey", "rsa:2048", "-nodes", "-keyout")
    openssl(*new, "ca.key", "-x509", "-out", "ca.pem", "-subj", "/CN=ca", "-days", "2")
    for name, subject in (("server", "/CN=127.0.0.1"), ("client", "/CN=us")):
        openssl(*new, f"{name}.key", "-out", f"{name}.csr", "-subj", subject)
        (folder / f"{name}.ext").write_text("subjectAltName=IP:127.0.0.1\n")
        signing = ("x509", "-req", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2")
        openssl(*signing, "-in", f"{name}.csr", "-out", f"{name}.pem", "-extfile", f"{name}.ext")
    return {each.name: str(each) for each in folder.iterdir()}


@pytest.mark.slow
def test_a_server_that_asks_for_a_client_certificate(tmp_path):
    if not shutil.which("openssl"):
        pytest.skip("no openssl to make certificates with")
    made = certificates(tmp_path)
    files = ("--tls-cert-file", made["server.pem"], "--tls-private-key-file", made["server.key"])
    client = ("--authentication=tls", "--tls-ca-cert-file", made["ca.pem"])
    with opa_server(*files, *client, str(DATA / "policies"), secure=True) as url:
        known = Server(url, ca=made["ca.pem"], certificate=made["client.pem"], key=made["client.key"])
        assert run(known).findings == embedded().findings
        assert [fault.code for fault in run(Server(url, ca=made["ca.pem"])).diagnostics] == ["rule-engine"]
        (fault,) = run(Server(url)).diagnostics
        assert "CERTIFICATE_VERIFY_FAILED" in fault.summary


def test_files_of_certificates_that_do_not_fit():
    with pytest.raises(OpaRefused, match="https"):
        Opa(Server("http://localhost:1", ca="ca.pem"))
    (fault,) = run(Server(f"https://localhost:{free_port()}", ca="/no/such/ca.pem")).diagnostics
    assert fault.code == "rule-engine"
    assert "/no/such/ca.pem" in fault.summary
