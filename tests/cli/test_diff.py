"""`layerproof diff`: what a change newly permits, on repositories made for it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest

from tests.cli.running import run, write
from tests.manifests import namespace, workload

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="no git on PATH")

SHOP = namespace() + workload("web", 8080) + workload("db", 5432, kind="StatefulSet")
CLOSED = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  policyTypes: [Ingress]
  ingress: []
"""
OPENED = CLOSED.replace(
    "ingress: []",
    """ingress:
    - from: [{podSelector: {matchLabels: {app: web}}}]
      ports: [{port: 5432}]""",
)
PUBLISHED = """\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  type: LoadBalancer
  selector: {app: web}
  ports: [{port: 80, targetPort: 8080}]
"""
ROLE = """\
resource "aws_iam_role" "app" {
  name = "app"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}
resource "aws_iam_role_policy" "app" {
  role = aws_iam_role.app.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["s3:GetObject"], Resource = "arn:aws:s3:::logs/*" },
    ]
  })
}
"""


def git(folder, *arguments):
    own = ["-c", "user.email=a@example.org", "-c", "user.name=a", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *own, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path):
    """Makes a repository whose only commit, `main`, holds some files."""

    def make(files):
        folder = write(tmp_path / "tree", files)
        git(folder, "init", "-q", "-b", "main")
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", "base")
        return folder

    return make


def diff(folder, base="main", *more, rules="hygiene/api-removed"):
    """Everything but findings does not hang on rules; most tests run one only."""
    return run("diff", base, *more, "--in", folder, "--format", "json", "--select", rules)


def messages(ran, section):
    return [each["message"] for each in ran.json[section]]


# nothing


def test_no_change_permits_nothing(repository):
    ran = diff(repository({"shop.yaml": SHOP + "---\n" + CLOSED, "main.tf": ROLE}))

    told = ran.json
    assert ran.code == 0
    assert (told["reachability"], told["permissions"], told["copies"]) == ([], [], [])
    assert told["findings"] == {"new": [], "fixed": [], "unknown": []}


def test_moved_lines_and_files_permit_nothing(repository):
    tree = repository({"shop.yaml": SHOP + "---\n" + CLOSED, "main.tf": ROLE})
    (tree / "main.tf").unlink()
    write(tree, {"iam.tf": "# moved\n\n" + ROLE, "shop.yaml": "# moved\n" + SHOP + "---\n" + CLOSED})

    told = diff(tree).json

    assert (told["reachability"], told["permissions"], told["findings"]["new"]) == ([], [], [])


# reachability


def test_an_opened_network_policy_is_told_with_its_line(repository):
    """Kubernetes documentation, "Network Policies": an isolated pod takes what its policies allow and no more."""
    tree = repository({"shop.yaml": SHOP, "policy.yaml": CLOSED})
    write(tree, {"policy.yaml": OPENED})

    [entry] = diff(tree).json["reachability"]

    assert entry["message"] == "Deployment shop/web reaches StatefulSet shop/db on tcp 5432"
    assert (entry["location"]["path"], entry["side"]) == ("policy.yaml", "head")
    assert 7 <= entry["location"]["line"] <= 9


def test_a_removed_network_policy_is_told_by_where_it_stood(repository):
    tree = repository({"shop.yaml": SHOP, "policy.yaml": CLOSED})
    (tree / "policy.yaml").unlink()

    told = diff(tree).json["reachability"]

    assert any("Deployment shop/web reaches StatefulSet shop/db" in each["message"] for each in told)
    assert {(each["location"]["path"], each["side"]) for each in told} == {("policy.yaml", "base")}


def test_the_internet_comes_first(repository):
    tree = repository({"shop.yaml": SHOP, "policy.yaml": CLOSED})
    write(tree, {"service.yaml": PUBLISHED, "policy.yaml": OPENED})

    first, second = diff(tree).json["reachability"]

    assert (first["what"], first["severity"]) == ("internet", "medium")  # by a balancer, as the matrix permits
    assert first["message"].startswith("the internet reaches Deployment shop/web on tcp 8080")
    assert first["location"]["path"] == "service.yaml"
    assert second["what"] == "flow"


def test_what_is_no_longer_reachable_is_counted(repository):
    tree = repository({"shop.yaml": SHOP, "policy.yaml": OPENED})
    write(tree, {"policy.yaml": CLOSED})

    told = diff(tree).json

    assert told["reachability"] == []
    assert told["summary"]["no_longer_reachable"] == 1


MACHINE = """\
resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
resource "aws_internet_gateway" "g" { vpc_id = aws_vpc.v.id }
resource "aws_subnet" "p" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.0.0/24"
}
resource "aws_route_table" "r" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.g.id
  }
}
resource "aws_route_table_association" "a" {
  subnet_id      = aws_subnet.p.id
  route_table_id = aws_route_table.r.id
}
resource "aws_security_group" "web" {
  vpc_id = aws_vpc.v.id
  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["203.0.113.0/24"]
  }
}
resource "aws_instance" "web" {
  ami                         = "ami-12345678"
  instance_type               = "t3.micro"
  subnet_id                   = aws_subnet.p.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.web.id]
}
"""


@pytest.mark.parametrize(
    ("now", "who"),
    [("0.0.0.0/0", "the internet"), ("203.0.113.0/25", None), ("203.0.112.0/23", "203.0.112.0/24")],
)
def test_a_group_that_admits_more_addresses(repository, now, who):
    """Of what is admitted now, what was not admitted before: by the arithmetic of CIDRs."""
    tree = repository({"main.tf": MACHINE})
    write(tree, {"main.tf": MACHINE.replace("203.0.113.0/24", now)})

    told = diff(tree).json["reachability"]

    assert [each["message"] for each in told] == ([f"{who} reaches aws_instance.web on tcp 443"] if who else [])
    assert [each["location"]["line"] for each in told] == ([24] if who else [])


def test_a_group_that_admits_more_ports(repository):
    tree = repository({"main.tf": MACHINE})
    write(tree, {"main.tf": MACHINE.replace("to_port     = 443", "to_port     = 445")})

    [entry] = diff(tree).json["reachability"]

    assert entry["message"] == "203.0.113.0/24 reaches aws_instance.web on tcp 444-445"


# permissions


def test_new_actions_of_a_role_with_a_request_that_shows_it(repository):
    tree = repository({"main.tf": ROLE})
    write(tree, {"main.tf": ROLE.replace('["s3:GetObject"]', '["s3:GetObject", "s3:DeleteObject"]')})

    [entry] = diff(tree).json["permissions"]

    assert entry["message"] == "aws_iam_role.app may s3:DeleteObject on arn:aws:s3:::logs/*"
    assert entry["actions"] == ["s3:DeleteObject"]
    assert entry["witness"]["action"].lower() == "s3:deleteobject"
    assert entry["witness"]["resource"].startswith("arn:aws:s3:::logs/")
    assert (entry["location"]["path"], entry["location"]["line"]) == ("main.tf", 13)


def test_a_policy_written_otherwise_grants_nothing_new(repository):
    tree = repository({"main.tf": ROLE.replace('["s3:GetObject"]', '["s3:Get*", "s3:List*"]')})
    write(tree, {"main.tf": ROLE.replace('["s3:GetObject"]', '["s3:GetObjectVersion"]')})

    assert diff(tree).json["permissions"] == []


def test_a_removed_deny_grants(repository):
    deny = '{ Effect = "Deny", Action = "s3:GetObject", Resource = "arn:aws:s3:::logs/private/*" },\n'
    deny += '{ Effect = "Allow"'
    tree = repository({"main.tf": ROLE.replace('{ Effect = "Allow", Action = ["s3', deny + ', Action = ["s3')})
    write(tree, {"main.tf": ROLE})

    [entry] = diff(tree).json["permissions"]

    assert entry["witness"]["resource"].startswith("arn:aws:s3:::logs/private/")
    assert entry["side"] == "base"


def test_a_widened_trust(repository):
    tree = repository({"main.tf": ROLE})
    write(
        tree,
        {
            "main.tf": ROLE.replace(
                '{ Service = "ec2.amazonaws.com" }', '{ AWS = "arn:aws:iam::111122223333:root" }'
            )
        },
    )

    ran = diff(tree)
    [entry] = [each for each in ran.json["permissions"] if each["what"] == "trust"]

    assert "arn:aws:iam::111122223333:root" in entry["message"]
    assert (entry["severity"], ran.code) == ("high", 1)


def test_a_new_administrator_is_critical_and_fails(repository):
    tree = repository({"main.tf": ROLE})
    write(
        tree,
        {"main.tf": ROLE.replace('["s3:GetObject"], Resource = "arn:aws:s3:::logs/*"', '"*", Resource = "*"')},
    )

    ran = diff(tree)
    [entry] = ran.json["permissions"]

    assert (entry["what"], entry["severity"], entry["admin"], entry["before"]) == (
        "admin",
        "critical",
        "yes",
        "no",
    )
    assert ran.code == 1


def test_a_policy_that_is_attached_is_told_by_the_attachment(repository):
    policy = 'resource "aws_iam_policy" "p" {\n  policy = jsonencode({ Version = "2012-10-17", Statement = [\n'
    policy += '    { Effect = "Allow", Action = "sqs:SendMessage", Resource = "arn:aws:sqs:*:*:q" }\n'
    policy += "  ] })\n}\n"
    tree = repository({"main.tf": ROLE + policy})
    attached = 'resource "aws_iam_role_policy_attachment" "a" {\n  role       = aws_iam_role.app.name\n'
    write(tree, {"attach.tf": attached + "  policy_arn = aws_iam_policy.p.arn\n}\n"})

    [entry] = diff(tree).json["permissions"]

    assert entry["actions"] == ["sqs:SendMessage"]
    assert entry["location"]["path"] == "attach.tf"


def test_a_share_that_lends_to_one_account_more(repository):
    share = 'resource "aws_ram_resource_share" "s" { name = "s" }\n'
    for name, account in (("a", "111122223333"), ("b", "444455556666")):
        share += f'resource "aws_ram_principal_association" "{name}" {{\n  principal          = "{account}"\n'
        share += "  resource_share_arn = aws_ram_resource_share.s.arn\n}\n"
    tree = repository({"main.tf": share.partition('resource "aws_ram_principal_association" "b"')[0]})
    write(tree, {"main.tf": share})

    [entry] = diff(tree).json["permissions"]

    assert entry["message"] == "aws_ram_resource_share.s lends what it holds to 444455556666"
    assert entry["location"]["line"] >= 6


def test_new_rights_in_a_cluster(repository):
    """Kubernetes documentation, "Using RBAC Authorization": rules are additive."""
    role = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: shop}
rules:
  - apiGroups: [""]
    resources: [configmaps]
    verbs: [get]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: web, namespace: shop}]
"""
    tree = repository({"role.yaml": role})
    write(tree, {"role.yaml": role.replace("verbs: [get]", "verbs: [get, delete]")})

    [entry] = diff(tree).json["permissions"]

    assert entry["message"] == "ServiceAccount shop/web may delete configmaps, in namespace shop"
    assert entry["location"]["path"] == "role.yaml"


# copies


def test_copies_lost(repository):
    bucket = """\
resource "aws_s3_bucket" "data" { bucket = "data" }
resource "aws_s3_bucket_versioning" "data" {
  bucket = aws_s3_bucket.data.id
  versioning_configuration { status = "Enabled" }
}
"""
    database = """\
resource "aws_db_instance" "d" {
  identifier              = "d"
  backup_retention_period = 7
}
"""
    tree = repository({"main.tf": bucket + database})
    write(tree, {"main.tf": bucket + database.replace("= 7", "= 0")})

    [entry] = diff(tree).json["copies"]

    assert entry["node"].endswith("aws_db_instance.d")
    assert entry["copies"]["head"] < entry["copies"]["base"] or entry["letters"]
    assert entry["location"]["path"] == "main.tf"


# findings, ignores, configuration


def test_findings_that_are_new_and_fixed(repository):
    public = 'resource "aws_db_instance" "d" {\n  publicly_accessible = true\n}\n'
    tree = repository({"main.tf": public})
    write(tree, {"main.tf": public.replace("true", "false"), "more.tf": public.replace('"d"', '"e"')})

    told = diff(tree, rules="*").json["findings"]

    assert {each["node"].partition("#")[2] for each in told["new"]} == {"aws_db_instance.e"}
    assert {each["node"].partition("#")[2] for each in told["fixed"]} == {"aws_db_instance.d"}


def test_a_renamed_block_keeps_its_findings(repository):
    public = 'resource "aws_db_instance" "d" {\n  identifier = "orders"\n  publicly_accessible = true\n}\n'
    tree = repository({"main.tf": public})
    write(tree, {"main.tf": public.replace('"d"', '"orders"')})

    told = diff(tree, rules="*").json

    assert (told["findings"]["new"], told["findings"]["fixed"]) == ([], [])


def test_an_object_that_is_given_its_namespace_is_the_same(repository):
    bare = SHOP.replace(", namespace: shop", "")
    tree = repository({"shop.yaml": bare})
    write(tree, {"shop.yaml": SHOP})

    told = diff(tree, rules="least-privilege/*").json

    assert (told["reachability"], told["findings"]["new"], told["findings"]["fixed"]) == ([], [], [])


def test_one_line_of_a_module_is_one_entry(repository):
    calls = 'module "a" {\n  source = "./m"\n  name   = "a"\n}\n'
    module = 'variable "name" {}\n' + ROLE.replace('name = "app"', "name = var.name")
    tree = repository({"main.tf": calls + calls.replace('"a"', '"b"'), "m/main.tf": module})
    write(tree, {"m/main.tf": module.replace('["s3:GetObject"]', '["s3:GetObject", "s3:PutObject"]')})

    [entry] = diff(tree).json["permissions"]

    assert entry["message"] == "module.a.aws_iam_role.app and 1 more may s3:PutObject on arn:aws:s3:::logs/*"
    assert len(entry["instances"]) == 2
    assert entry["location"]["path"] == "m/main.tf"


def test_modules_that_git_does_not_hold_serve_both_sides(repository):
    """`terraform init` writes .terraform/modules/modules.json, which people do not commit."""
    call = 'module "role" {\n  source  = "example/role/aws"\n  version = "1.0.0"\n  extra   = EXTRA\n}\n'
    role = ROLE.replace('["s3:GetObject"]', 'concat(["s3:GetObject"], var.extra)')
    source = "registry.terraform.io/example/role/aws"
    own = {"Key": "role", "Source": source, "Version": "1.0.0", "Dir": ".terraform/modules/role"}
    listed = json.dumps({"Modules": [{"Key": "", "Source": "", "Dir": "."}, own]})
    tree = repository({"main.tf": call.replace("EXTRA", "[]"), ".gitignore": ".terraform/\n"})
    write(tree, {
        ".terraform/modules/modules.json": listed,
        ".terraform/modules/role/main.tf": 'variable "extra" {}\n' + role,
        "main.tf": call.replace("EXTRA", '["s3:PutObject"]'),
    })  # fmt: skip

    told = diff(tree).json

    assert [each["actions"] for each in told["permissions"]] == [["s3:PutObject"]]
    assert any(".terraform" in each for each in told["notes"])


def test_a_configuration_of_the_tree_is_never_trusted_on_either_side(repository):
    """DESIGN section 4, Trust: keys that load or run do not count inside the scanned tree."""
    tree = repository({"main.tf": ROLE, "layerproof.toml": 'rules = ["evil"]\n', "evil/backup/x.py": "boom"})

    ran = run("diff", "main", "--in", tree, "--config", tree / "layerproof.toml")

    assert ran.code == 2
    assert "does not count inside the scanned tree" in ran.err


def test_added_ignores_and_configuration_are_listed(repository):
    tree = repository({"main.tf": ROLE})
    write(tree, {
        "main.tf": "# layerproof:ignore[least-privilege/role-unused] reason=\"soon\" until=2027-01-31\n" + ROLE,
        "layerproof.toml": 'exclude = ["legacy/"]\nfail_on = "critical"\n',
    })  # fmt: skip

    told = diff(tree).json

    assert [(each["rule"], each["reason"], each["until"]) for each in told["ignores"]] == [
        ("least-privilege/role-unused", "soon", "2027-01-31")
    ]
    assert {each["key"] for each in told["configuration"]} == {"exclude", "fail_on"}


def test_the_threshold_is_that_of_the_base(repository):
    tree = repository({"main.tf": ROLE})
    write(tree, {
        "main.tf": ROLE.replace('{ Service = "ec2.amazonaws.com" }', '{ AWS = "arn:aws:iam::111122223333:root" }'),
        "layerproof.toml": 'fail_on = "never"\n',
    })  # fmt: skip

    assert diff(tree).code == 1


# how sides are named


def test_commits_of_the_other_side_do_not_count(repository):
    tree = repository({"main.tf": ROLE})
    git(tree, "checkout", "-qb", "work")
    write(tree, {"README.md": "x"})
    git(tree, "add", "-A")
    git(tree, "commit", "-qm", "ours")
    git(tree, "checkout", "-q", "main")
    write(tree, {"main.tf": ROLE.replace('["s3:GetObject"]', '["s3:*"]')})
    git(tree, "commit", "-qam", "theirs")

    told = diff(tree, "main", "work").json

    assert told["permissions"] == []
    assert any("parted" in each for each in told["notes"])


def test_two_commits(repository):
    tree = repository({"main.tf": ROLE})
    write(tree, {"main.tf": ROLE.replace('["s3:GetObject"]', '["s3:*"]')})
    git(tree, "commit", "-qam", "more")
    write(tree, {"main.tf": "broken {{{"})

    ran = diff(tree, "HEAD~1", "HEAD")

    assert len(ran.json["permissions"]) == 1


def test_two_paths(tmp_path):
    one = write(tmp_path / "one", {"main.tf": ROLE})
    two = write(tmp_path / "two", {"main.tf": ROLE.replace('["s3:GetObject"]', '["s3:*"]')})

    ran = run("diff", one, two, "--format", "json")

    assert len(ran.json["permissions"]) == 1
    assert ran.json["base"]["commit"] is None


@pytest.mark.parametrize(
    ("allowed", "code"), [((), 3), (("--allow-incomplete",), 0), (("--allow-incomplete=empty",), 0)]
)
def test_nothing_on_either_side_may_be_allowed(tmp_path, allowed, code):
    one, two = (write(tmp_path / name, {"notes.txt": "none"}) for name in ("one", "two"))

    assert run("diff", one, two, *allowed).code == code


@pytest.mark.parametrize("name", ["--upload-pack=x", "-x", "nowhere"])
def test_what_is_no_commit_is_refused(repository, name):
    tree = repository({"main.tf": ROLE})

    assert run("diff", "--in", tree, "--", name).code == 2


def test_a_path_that_the_base_did_not_have(repository):
    tree = repository({"main.tf": ROLE})
    write(tree, {"new/main.tf": ROLE.replace('["s3:GetObject"]', '["s3:*"]')})

    ran = run("diff", "main", "--in", tree / "new", "--format", "json")

    assert [each["what"] for each in ran.json["permissions"]] == ["principal"]


# trust


def test_nothing_of_the_repository_runs_and_the_work_tree_stays(repository, tmp_path):
    """git-config(1): filters, fsmonitor, textconv, external diff and hooks all name programs."""
    mark = tmp_path / "ran"
    tree = repository({"main.tf": ROLE, ".gitattributes": "*.tf filter=evil diff=evil export-ignore\n"})
    program = f"touch {mark}; cat"
    for key in (
        "filter.evil.smudge",
        "filter.evil.clean",
        "diff.evil.textconv",
        "diff.external",
        "core.fsmonitor",
    ):
        git(tree, "config", key, program)
    write(tree, {".git/hooks/post-checkout": f"#!/bin/sh\ntouch {mark}\n"})
    (tree / ".git/hooks/post-checkout").chmod(0o755)
    write(tree, {"main.tf": ROLE.replace('["s3:GetObject"]', '["s3:*"]')})
    before = {path: path.read_bytes() for path in tree.rglob("*") if path.is_file()}

    ran = diff(tree)

    assert len(ran.json["permissions"]) == 1
    assert not mark.exists()
    assert {path: path.read_bytes() for path in tree.rglob("*") if path.is_file()} == before


def test_a_link_of_the_base_that_leads_out_is_not_followed(repository, tmp_path):
    outside = write(tmp_path / "outside", {"main.tf": ROLE})
    tree = repository({"main.tf": ROLE})
    (tree / "out").symlink_to(outside)
    git(tree, "add", "-A")
    git(tree, "commit", "-qm", "link")

    told = diff(tree, "HEAD", "HEAD").json

    assert "read-outside" in {each["code"] for each in told["diagnostics"]}


# forms


def test_text_is_short_and_names_the_place(repository):
    tree = repository({"main.tf": ROLE})
    write(tree, {"main.tf": ROLE.replace('["s3:GetObject"]', '["s3:GetObject", "s3:DeleteObject"]')})

    ran = run("diff", "main", "--in", tree)

    assert "Newly permitted (1)" in ran.out
    assert "main.tf:13" in ran.out
    assert ran.last == "exit 0: 1 newly permitted, lost or found, none that fails (--fail-on high)"


def test_markdown_escapes_names(repository):
    tree = repository({"main.tf": ROLE})
    named = ROLE.replace("arn:aws:s3:::logs/*", "arn:aws:s3:::<b>@someone/*")
    write(tree, {"main.tf": named})

    out = run("diff", "main", "--in", tree, "--format", "markdown").out

    assert re.sub("`[^`]*`", "", out).count("<") == 0  # what is left stands in code spans, which mark nothing
    assert "### layerproof" in out


def test_the_same_bytes_each_time(repository):
    tree = repository({"shop.yaml": SHOP, "policy.yaml": CLOSED, "main.tf": ROLE})
    write(
        tree,
        {
            "policy.yaml": OPENED,
            "service.yaml": PUBLISHED,
            "main.tf": ROLE.replace('["s3:GetObject"]', '["s3:*"]'),
        },
    )

    assert diff(tree).out == diff(tree).out
