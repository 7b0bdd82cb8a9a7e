"""`--framework` end to end: tables in every format, the rules of a framework, attestations beside them."""

from __future__ import annotations

import pytest

from tests.cli.running import PUBLIC, run, scan, write

ATTESTED = """
[[attestation]]
statement = "BIL-007"
by = "Ann Author"
date = 2026-01-01
until = 2026-12-31
note = "reviewed in the vault"
"""


def requirement(ran, name, number=0):
    table = ran.json["compliance"][number]
    return next(each for each in table["requirements"] if each["id"] == name)


def test_a_table_per_framework_with_each_requirement(tmp_path):
    write(tmp_path, {"main.tf": PUBLIC})
    ran = scan(tmp_path, "--framework", "cis-aws", "--framework", "pci-dss")
    assert [each["framework"] for each in ran.json["compliance"]] == ["cis-aws", "pci-dss"]
    # CIS AWS Foundations 7.0.0: 3.2.3 asks that databases are not public, 3.2.1 that they are encrypted; section 5
    # of alarms is about nothing in this file.
    public = requirement(ran, "3.2.3")
    assert (public["state"], public["fail"], public["partial"]) == ("fail", 1, False)
    assert public["rules"] == ["zero-trust/database-public"]
    assert requirement(ran, "3.2.1")["state"] == "pass"
    # 3.3.1 asks the same of file systems, of which there is none.
    assert requirement(ran, "3.3.1")["state"] == "not_assessed"
    assert requirement(ran, "4.7")["state"] == "not_assessed"
    assert requirement(ran, "2.1.1")["state"] == "not_covered"
    counts = ran.json["compliance"][0]["counts"]
    assert list(counts) == ["fail", "unknown", "pass", "not_assessed", "not_covered"]
    assert sum(counts.values()) == len(ran.json["compliance"][0]["requirements"]) == 70
    # PCI DSS is mapped in part throughout: what passes is not the whole requirement.
    assert requirement(ran, "3.5.1", 1)["state"] == "unknown"
    assert "compliance" not in scan(tmp_path).json


def test_only_rules_of_the_framework_run(tmp_path):
    write(tmp_path, {"main.tf": PUBLIC})
    ran = scan(tmp_path, "--framework", "cis-eks")
    assert "zero-trust/database-public" not in ran.rules
    assert "zero-trust/database-public" in scan(tmp_path, "--framework", "cis-aws").rules


def test_the_table_stands_in_every_format(tmp_path):
    write(tmp_path, {"main.tf": PUBLIC})
    asked = ("scan", tmp_path, "--framework", "cis-aws")
    assert "compliance: CIS Amazon Web Services Foundations Benchmark 7.0.0: 70 requirements" in run(*asked).out
    assert "### Compliance: CIS Amazon" in run(*asked, "--format", "markdown").out
    assert 'name="compliance.cis-aws.3.2.3" value="fail: 0 pass, 1 fail' in run(*asked, "--format", "junit").out
    log = run(*asked, "--format", "sarif").json
    assert log["runs"][0]["properties"]["compliance"][0]["framework"] == "cis-aws"
    told = log["runs"][0]["tool"]["driver"]["rules"]
    rule = next(each for each in told if each["id"] == "zero-trust/database-public")
    assert "cis-aws/3.2.3" in rule["properties"]["tags"]
    assert "<h2>Compliance</h2>" in run(*asked, "--format", "html").out
    assert isinstance(run(*asked, "--format", "gitlab").json, list)


@pytest.mark.parametrize("command", [("scan", "."), ("rules", "list")])
def test_an_unknown_framework_is_a_usage_error_with_the_known_ones(command):
    ran = run(*command, "--framework", "cis-nothing")
    assert ran.code == 2
    assert "cis-nothing" in ran.err
    for name in ("cis-aws", "nist-800-53", "pci-dss"):
        assert name in ran.err


def test_rules_are_listed_by_framework_with_their_ids():
    listed = run("rules", "list", "--framework", "cis-aws", "--format", "json").json
    found = {each["id"]: each["controls"]["cis-aws"] for each in listed}
    assert found["zero-trust/metadata-token-optional"] == ["6.7"]
    assert "backup/backup-plan-unscheduled" not in found
    text = run("rules", "list", "--framework", "nist-800-207").out
    assert "[nist-800-207 tenet-" in text


def test_explain_knows_every_framework():
    assert "cis-aws: 6.7" in run("explain", "zero-trust/metadata-token-optional").out
    assert "zero-trust/metadata-token-optional" in run("explain", "6.7").out


def test_statements_that_a_person_attests(tmp_path):
    write(tmp_path, {"main.tf": PUBLIC})
    asked = ("--framework", "catalogue", "--posture", "--today", "2026-06-15")
    ran = scan(tmp_path, *asked)
    assert requirement(ran, "BIL-007")["state"] == "unknown"
    missing = next(each for each in ran.json["posture"]["attestations"] if each["statement"] == "BIL-007")
    assert (missing["verdict"], missing["code"]) == ("unknown", "ATTESTATION_MISSING")

    write(tmp_path, {"layerproof.toml": ATTESTED})
    ran = scan(tmp_path, *asked)
    assert requirement(ran, "BIL-007")["state"] == "pass"
    given = next(each for each in ran.json["posture"]["attestations"] if each["statement"] == "BIL-007")
    assert (given["verdict"], given["by"], given["until"]) == ("pass", "Ann Author", "2026-12-31")
    assert "Ann Author" in run("scan", tmp_path, *asked).out

    late = scan(tmp_path, "--framework", "catalogue", "--posture", "--today", "2027-01-01")
    assert requirement(late, "BIL-007")["state"] == "unknown"
    assert "config-attestation" in late.codes


def test_an_attestation_raises_no_score(tmp_path):
    write(tmp_path, {"main.tf": PUBLIC})
    asked = ("--posture", "--today", "2026-06-15")
    before = scan(tmp_path, *asked).json["posture"]
    write(tmp_path, {"layerproof.toml": ATTESTED})
    after = scan(tmp_path, *asked).json["posture"]
    assert (before["tenets"], before["layers"]) == (after["tenets"], after["layers"])
