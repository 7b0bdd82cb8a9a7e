"""How much findings on AWS weigh, and where they are shown, by what else the scan knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import scan, write

NETWORK = """
resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
resource "aws_internet_gateway" "i" { vpc_id = aws_vpc.v.id }
resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.1.0/24"
}
resource "aws_subnet" "b" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.2.0/24"
}
resource "aws_route_table" "r" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.i.id
  }
}
resource "aws_route_table_association" "a" {
  subnet_id      = aws_subnet.a.id
  route_table_id = aws_route_table.r.id
}
resource "aws_route_table_association" "b" {
  subnet_id      = aws_subnet.b.id
  route_table_id = aws_route_table.r.id
}
resource "aws_db_subnet_group" "g" { subnet_ids = [aws_subnet.a.id, aws_subnet.b.id] }
resource "aws_security_group" "d" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol    = "tcp"
    from_port   = 5432
    to_port     = 5432
    cidr_blocks = ["FROM"]
  }
}
resource "aws_db_instance" "d" {
  engine                 = "postgres"
  instance_class         = "db.t4g.small"
  publicly_accessible    = true
  storage_encrypted      = true
  db_subnet_group_name   = aws_db_subnet_group.g.name
  vpc_security_group_ids = [aws_security_group.d.id]
}
"""


def told(tmp_path: Path, text: str, *rules: str) -> dict[str, tuple[str, str, int]]:
    """Severity, message and line of what these rules say, by rule."""
    write(tmp_path, {"main.tf": text})
    ran = scan(tmp_path, *(part for each in rules for part in ("--select", each)), "--fail-on", "never")
    return {
        each["rule"]: (each["severity"], each["message"], each["location"]["line"])
        for each in ran.json["findings"]
        if each["verdict"] == "fail"
    }


@pytest.mark.parametrize(
    ("source", "reached", "public"),
    [("0.0.0.0/0", "critical", "high"), ("203.0.113.7/32", "medium", "medium")],
)
def test_a_store_open_to_named_addresses_weighs_less(
    tmp_path: Path, source: str, reached: str, public: str
) -> None:
    """AWS Prescriptive Guidance on databases: an allowed address is no stranger, though the endpoint is public."""
    found = told(
        tmp_path, NETWORK.replace("FROM", source), "tiers/internet-reaches-core", "zero-trust/database-public"
    )
    severity, message, _ = found["tiers/internet-reaches-core"]
    assert severity == reached
    assert ("certain addresses" in message) is (reached == "medium")
    assert "alike" not in message
    assert found["zero-trust/database-public"][0] == public


ATTACHED = """
resource "aws_iam_role" "build" {
  name               = "build"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "codebuild.amazonaws.com" }
    }]
  })
}
resource "aws_iam_role_policy_attachment" "reads" {
  role       = aws_iam_role.build.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess" # here
}
resource "aws_iam_role_policy_attachment" "starts" {
  role       = aws_iam_role.build.name
  policy_arn = "arn:aws:iam::aws:policy/AWSCodeBuildDeveloperAccess"
}
"""


def test_a_managed_policy_is_shown_where_it_is_attached(tmp_path: Path) -> None:
    """AWS managed policies: AmazonSSMReadOnlyAccess allows ssm:Get*, AWSCodeBuildDeveloperAccess does not."""
    found = told(tmp_path, ATTACHED, "least-privilege/credentials-exposed")
    line = next(at for at, text in enumerate(ATTACHED.splitlines(), 1) if "# here" in text)
    severity, message, shown = found["least-privilege/credentials-exposed"]
    assert shown == line
    # Systems Manager User Guide, "SecureString parameters": only a key of one's own keeps readers out
    assert (severity, "stored parameter" in message) == ("medium", True)


BUILD = """
resource "aws_codebuild_project" "images" {
  name         = "images"
  service_role = "arn:aws:iam::123456789012:role/build"
  artifacts { type = "NO_ARTIFACTS" }
  environment {
    compute_type    = "BUILD_GENERAL1_SMALL"
    image           = "aws/codebuild/standard:7.0"
    type            = "LINUX_CONTAINER"
    privileged_mode = true
  }
  source { type = "CODEPIPELINE" }
}
"""
TASK = """
resource "aws_ecs_task_definition" "agent" {
  family                = "agent"
  container_definitions = jsonencode([{ name = "agent", image = "agent:1", memory = 64, privileged = true }])
}
"""


@pytest.mark.parametrize(("text", "severity"), [(BUILD, "low"), (TASK, "high")])
def test_a_privileged_build_has_nobody_beside_it(tmp_path: Path, text: str, severity: str) -> None:
    """CodeBuild User Guide, "Concepts" (an environment for each build) and "Docker in custom image sample" (images
    cannot be built without the mode)."""
    (found,) = told(tmp_path, text, "zero-trust/privileged-container").values()
    assert found[0] == severity


FILES = """
resource "aws_efs_file_system" "f" {
  encrypted  = false
  kms_key_id = ""
}
"""


def test_a_file_system_is_shown_where_it_says_that_it_is_not_encrypted(tmp_path: Path) -> None:
    assert told(tmp_path, FILES, "zero-trust/store-unencrypted")["zero-trust/store-unencrypted"][2] == 3


ROLE = """
variable "policies" { type = list(string) }
resource "aws_iam_role" "r" {
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}
resource "aws_iam_role_policy_attachment" "r" {
  count      = length(var.policies)
  role       = aws_iam_role.r.name
  policy_arn = var.policies[count.index]
}
"""
TEAM = """
module "admin" {
  source   = "../role"
  policies = ["arn:aws:iam::aws:policy/AdministratorAccess"]
}
module "reader" {
  source   = "../role"
  policies = ["arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"]
}
"""


def test_what_a_module_gives_its_own_call_is_told_once(tmp_path: Path) -> None:
    call = 'module "team" { source = "../modules/team" }\n'
    write(
        tmp_path,
        {"modules/role/main.tf": ROLE, "modules/team/main.tf": TEAM, "a/main.tf": call, "b/main.tf": call},
    )
    ran = scan(tmp_path, "--select", "least-privilege/administrator-attached", "--fail-on", "never")
    (found,) = ran.json["findings"]
    assert (found["location"]["path"], found["location"]["line"]) == ("modules/team/main.tf", 4)
    assert [each.partition("#")[0] for each in found["instances"]] == ["tf:a", "tf:b"]


SITE = """
resource "aws_s3_bucket" "site" {
  bucket = "site"
  acl    = "ACL"
  website { index_document = "index.html" }
}
"""


@pytest.mark.parametrize(("acl", "severity"), [("public-read", "medium"), ("public-read-write", "critical")])
def test_a_site_that_a_list_opens_weighs_by_what_it_gives(tmp_path: Path, acl: str, severity: str) -> None:
    """S3 User Guide, "Canned ACL": public-read gives everyone READ, public-read-write WRITE too."""
    (found,) = told(tmp_path, SITE.replace("ACL", acl), "zero-trust/object-store-public").values()
    assert found[0] == severity


ASSETS = """
data "tfe_outputs" "cluster" { workspace = "cluster" }
resource "aws_s3_bucket" "assets" { bucket = "assets" }
resource "aws_s3_bucket_public_access_block" "assets" {
  bucket                  = aws_s3_bucket.assets.id
  block_public_policy     = false
  restrict_public_buckets = false
}
resource "aws_s3_bucket_policy" "assets" {
  bucket = aws_s3_bucket.assets.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "arn:aws:s3:::assets/*" },
      {
        Effect    = "Allow"
        Principal = { AWS = data.tfe_outputs.cluster.nonsensitive_values.worker_role_arn }
        Action    = ["s3:PutObject", "s3:ListBucket"]
        Resource  = ["arn:aws:s3:::assets", "arn:aws:s3:::assets/*"]
      },
    ]
  })
}
"""


def test_what_a_role_may_do_makes_a_store_no_more_open(tmp_path: Path) -> None:
    """IAM User Guide, "Principal": an ARN names one role; strangers still read what they know the name of only."""
    (found,) = told(tmp_path, ASSETS, "zero-trust/object-store-public").values()
    assert found[0] == "high"


OPENED = """
resource "aws_s3_bucket" "files" { bucket = "files" }
resource "aws_s3_bucket_public_access_block" "files" {
  bucket             = aws_s3_bucket.files.id
  block_public_acls  = false
  ignore_public_acls = false
}
resource "aws_s3_bucket_ownership_controls" "files" {
  bucket = aws_s3_bucket.files.id
  rule { object_ownership = "ObjectWriter" }
}
resource "aws_s3_object" "page" {
  bucket = aws_s3_bucket.files.bucket
  key    = "index.html"
  acl    = "public-read"
}
"""


def test_an_open_object_weighs_as_what_is_read_by_name(tmp_path: Path) -> None:
    """S3 User Guide, "ACL overview": READ on an object lets it be read, and lists nothing."""
    (found,) = told(tmp_path, OPENED, "zero-trust/object-store-public").values()
    assert found[0] == "high"


REPLICATED = """
resource "aws_s3_bucket" "kept" { bucket = "kept" }
resource "aws_s3_bucket" "copy" { bucket = "copy" }
resource "aws_s3_bucket_versioning" "copy" {
  bucket = aws_s3_bucket.copy.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_s3_bucket_replication_configuration" "kept" {
  bucket = aws_s3_bucket.kept.id
  role   = "arn:aws:iam::111122223333:role/replication"
  rule {
    status = "Enabled"
    filter {
      prefix = "clients/"
    }
    delete_marker_replication { status = "Disabled" }
    destination {
      bucket        = aws_s3_bucket.copy.arn
      storage_class = "STANDARD"
    }
  }
}
"""
METRICS = """
resource "aws_iam_policy" "p" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["ACTION"], Resource = "*" }]
  })
}
"""


def test_replication_of_a_part_is_shown_at_its_filter(tmp_path: Path) -> None:
    (found,) = told(tmp_path, REPLICATED, "backup/replication-without-history").values()
    assert "one prefix" in found[1]
    assert 'prefix = "clients/"' in REPLICATED.splitlines()[found[2] - 1]


@pytest.mark.parametrize(
    ("action", "said"), [("cloudwatch:PutMetricData", False), ("cloudwatch:PutDashboard", True)]
)
def test_adding_to_a_metric_changes_nothing_that_is_there(tmp_path: Path, action: str, *, said: bool) -> None:
    """CloudWatch API, PutMetricData: it publishes data points."""
    found = told(tmp_path, METRICS.replace("ACTION", action), "least-privilege/change-unscoped")
    assert bool(found) is said


BACKUP = """
resource "aws_iam_role" "b" {
  name               = "b"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "backup.amazonaws.com" } }]
  })
  managed_policy_arns = ["arn:aws:iam::aws:policy/POLICY"]
}
"""


@pytest.mark.parametrize(
    ("policy", "said"),
    [("service-role/AWSBackupServiceRolePolicyForRestores", False), ("job-function/ViewOnlyAccess", False),
     ("AmazonS3ReadOnlyAccess", True)],
)  # fmt: skip
def test_the_role_of_the_backup_service_reads_what_it_copies(tmp_path: Path, policy: str, *, said: bool) -> None:
    """AWS Backup Developer Guide, "IAM service roles": AWS advises this policy for its own service."""
    assert bool(told(tmp_path, BACKUP.replace("POLICY", policy), "least-privilege/data-exposed")) is said


BROKER = """
variable "password" {
  default = "hunter2hunter2"
}
provider "rabbitmq" {
  endpoint = "https://broker.example.com"
  username = "app"
  password = var.password
}
"""


def test_a_providers_credential_is_shown_at_the_default_that_holds_it(tmp_path: Path) -> None:
    (found,) = told(tmp_path, BROKER, "zero-trust/literal-credential").values()
    assert found[2] == 3


TIERS = (
    NETWORK.replace("FROM", "10.0.1.0/24")
    + """
resource "aws_security_group" "w" {
  vpc_id = aws_vpc.v.id
  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["FRONT"]
  }
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_instance" "w" {
  subnet_id                   = aws_subnet.a.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.w.id]
  tags                        = { tier = "external" }
}
"""
)


@pytest.mark.parametrize(("front", "severity"), [("0.0.0.0/0", "high"), ("10.0.2.0/24", "medium")])
def test_a_skipped_tier_weighs_by_whether_the_internet_comes_there(
    tmp_path: Path, front: str, severity: str
) -> None:
    """A public address to send from is no door: the group lets nobody of the internet in."""
    (found,) = told(tmp_path, TIERS.replace("FRONT", front), "tiers/tier-skipped").values()
    assert found[0] == severity
    assert "aws_instance.w (external)" in found[1]


RESTORABLE = """
variable "snapshot" {
  default = ""
}
resource "aws_db_instance" "d" {
  engine              = "postgres"
  snapshot_identifier = var.snapshot
}
"""


def test_missing_backups_are_not_shown_at_an_empty_snapshot(tmp_path: Path) -> None:
    (found,) = told(tmp_path, RESTORABLE, "backup/database-backup-disabled").values()
    assert "snapshot" not in RESTORABLE.splitlines()[found[2] - 1]


STORE = """
variable "password" { type = string }
resource "aws_rds_cluster" "c" {
  engine          = "aurora-postgresql"
  master_username = "app"
  master_password = var.password
}
resource "aws_secretsmanager_secret" "s" { name = "app" }
resource "aws_secretsmanager_secret_version" "s" {
  secret_id     = aws_secretsmanager_secret.s.id
  secret_string = jsonencode({ username = "app", password = "${var.password}" })
}
"""
STORED = """
module "one" {
  source   = "./store"
  password = "hunter2hunter2"
}
module "two" {
  source   = "./store"
  password = random_password.p.result
}
resource "random_password" "p" { length = 20 }
"""


def test_a_credential_that_several_are_given_is_one_finding_where_it_stands(tmp_path: Path) -> None:
    write(tmp_path, {"store/main.tf": STORE, "main.tf": STORED})
    ran = scan(tmp_path, "--select", "zero-trust/literal-credential", "--fail-on", "never")
    (found,) = ran.json["findings"]
    assert (found["location"]["path"], found["location"]["line"]) == ("main.tf", 4)
    assert [each.partition("#")[2] for each in found["instances"]] == [
        "module.one.aws_rds_cluster.c",
        "module.one.aws_secretsmanager_secret.s",
    ]


@pytest.mark.parametrize(("folder", "severity"), [("live", "high"), ("examples", "medium")])
def test_a_providers_credential_in_an_example_weighs_less(tmp_path: Path, folder: str, severity: str) -> None:
    write(tmp_path, {f"{folder}/main.tf": 'provider "vault" {\n  token = "s.mCwwXm1c2w3fgcCgh7PWFdIX"\n}\n'})
    ran = scan(tmp_path, "--select", "zero-trust/literal-credential", "--fail-on", "never")
    assert [each["severity"] for each in ran.json["findings"]] == [severity]


IMAGE = """
data "aws_ami" "focal" {
  owners = ["099720109477"]
  filter {
    name   = "name"
    values = ["ubuntu/images/hvm-ssd/ubuntu-focal-20.04-amd64-server-*"]
  }
}
resource "aws_instance" "a" {
  ami           = data.aws_ami.focal.id
  instance_type = "t3.small"
}
resource "aws_instance" "b" {
  ami           = data.aws_ami.focal.id
  instance_type = "t3.small"
}
"""


def test_an_image_that_machines_share_is_told_once(tmp_path: Path) -> None:
    """Ubuntu's release cycle: 20.04 LTS ended its standard support in May 2025. One look-up is to be mended."""
    write(tmp_path, {"main.tf": IMAGE})
    ran = scan(tmp_path, "--select", "hygiene/system-unsupported", "--fail-on", "never")
    (found,) = ran.json["findings"]
    assert found["location"]["line"] == 6
    assert found["instances"] == ["tf:.#aws_instance.a", "tf:.#aws_instance.b"]
