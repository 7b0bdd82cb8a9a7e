"""Why unknown, as reports show it: what to do in the reason, the names that lead to the cause in the path."""

from __future__ import annotations

from tests.cli.running import run, scan, write

TREE = {
    ".git/HEAD": "",
    "main.tf": """module "vpc" { source = "terraform-aws-modules/vpc/aws" }
locals { public = module.vpc.public }
resource "aws_db_instance" "d" {
  publicly_accessible = local.public
}
""",
}


def test_an_unknown_finding_leads_to_its_cause(tmp_path):
    ran = scan(write(tmp_path, TREE), "--select", "zero-trust/database-public")
    (found,) = ran.json["findings"]

    assert found["verdict"] == "unknown"
    assert "not on disk: run terraform init" in found["reason"]
    assert [(each["node"], each["location"]["line"]) for each in found["path"]] == [
        ("tf:.#local.public", 2),
        ("tf:.#module.vpc.public", 1),
    ]
    assert found["path"][-1]["note"].startswith("unknown because module")


def test_the_summary_says_what_to_do_once(tmp_path):
    ran = run("scan", write(tmp_path, TREE), "--select", "zero-trust/database-public")

    assert ran.out.count("terraform init") == 2  # the reason's, and the diagnostic's own help


def test_resources_show_the_chain(tmp_path):
    write(tmp_path, TREE)
    (told,) = [each for each in run("resources", tmp_path, "--format", "json").json if "because" in each]

    assert told["because"][0]["path"] == "publicly_accessible"
    assert told["because"][0]["chain"] == ["local.public", "module.vpc.public"]
    assert "because of local.public <- module.vpc.public: run terraform init" in run("resources", tmp_path).out


def test_explain_shows_a_finding_by_its_fingerprint(tmp_path):
    write(tmp_path, TREE)
    (found,) = scan(tmp_path, "--select", "zero-trust/database-public").json["findings"]
    mark = found["fingerprint"]

    told = run("explain", mark[:8], "--in", tmp_path)
    assert told.code == 0
    assert "unknown" in told.out
    assert "local.public" in told.out
    assert "module.vpc.public" in told.out
    assert "run terraform init" in told.out
    assert "zero-trust/database-public" in told.out
    assert run("explain", mark, "--in", tmp_path, "--format", "json").json == found


def test_explain_refuses_a_fingerprint_that_nothing_has(tmp_path):
    told = run("explain", "0123456789abcdef", "--in", write(tmp_path, TREE))
    assert told.code == 2
    assert "0123456789abcdef" in told.err
