"""How much a finding weighs where what surrounds it decides, on Google Cloud and other clouds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import scan, write

BUCKET = """resource "google_storage_bucket" "b" {{
  name     = "b"
  location = "EU"
  {more}
}}
resource "google_storage_bucket_iam_member" "m" {{
  bucket = google_storage_bucket.b.name
  role   = "{role}"
  member = "allUsers"
}}
"""
SITE = 'website { main_page_suffix = "index.html" }'
BACKEND = """}
resource "google_compute_backend_bucket" "c" {
  name        = "c"
  bucket_name = google_storage_bucket.b.name
"""
RUN = """resource "google_cloud_run_v2_service" "s" {
  name     = "s"
  location = "europe-west1"
  template { containers { image = "example/s:1.0" } }
}
resource "google_cloud_run_v2_service_iam_member" "m" {
  name     = google_cloud_run_v2_service.s.name
  location = "europe-west1"
  role     = "roles/run.invoker"
  member   = "allUsers"
}
"""


def severities(root: Path, rule: str, text: str) -> list[str]:
    write(root, {"main.tf": text})
    ran = scan(root, "--select", rule, "--fail-on", "never")
    return [each["severity"] for each in ran.json["findings"]]


@pytest.mark.parametrize(
    ("more", "role", "severity"),
    [
        ("", "roles/storage.objectViewer", "critical"),
        # Cloud Storage documentation, "Host a static website": objectViewer for allUsers; Cloud CDN documentation,
        # "Set up a backend bucket": the same
        (SITE, "roles/storage.objectViewer", "medium"),
        (BACKEND, "roles/storage.objectViewer", "medium"),
        (SITE, "roles/storage.objectAdmin", "critical"),
        # Cloud Storage documentation, "IAM roles": legacyObjectReader reads objects and lists none
        ("", "roles/storage.legacyObjectReader", "high"),
    ],
)
def test_a_site_that_can_only_be_read_is_meant_to_be(tmp_path: Path, more: str, role: str, severity: str) -> None:
    text = BUCKET.format(more=more, role=role)
    assert severities(tmp_path, "zero-trust/object-store-public", text) == [severity]


def test_a_web_server_weighs_less_than_code_that_strangers_run(tmp_path: Path) -> None:
    assert severities(tmp_path, "zero-trust/function-public", RUN) == ["medium"]


COSMOS = """resource "azurerm_cosmosdb_account" "c" {
  name       = "c"
  kind       = "GlobalDocumentDB"
  offer_type = "Standard"
}
"""
CLUSTER = """resource "azurerm_kubernetes_cluster" "c" {
  name                              = "c"
  role_based_access_control_enabled = true
}
"""
INSTANCE = """resource "google_sql_database_instance" "d" {
  database_version = "POSTGRES_16"
  settings {
    database_flags {
      name  = "max_connections"
      value = "100"
    }
  }
}
"""


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        (COSMOS, "least-privilege/shared-key-accepted", 1),
        (CLUSTER, "zero-trust/cluster-access-legacy", 1),
        (CLUSTER.replace("true", "false"), "zero-trust/cluster-access-legacy", 3),
        (INSTANCE, "zero-trust/database-unlogged", 3),
    ],
)
def test_what_is_right_is_not_shown(tmp_path: Path, text: str, rule: str, line: int) -> None:
    """A setting that is missing is told where it belongs, not at another that was looked at on the way."""
    write(tmp_path, {"main.tf": text})
    ran = scan(tmp_path, "--select", rule, "--fail-on", "never")
    assert [each["location"]["line"] for each in ran.json["findings"]] == [line]


MACHINE = """resource "aws_instance" "i" {{
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.small"
  {profile}
  metadata_options {{
    http_tokens = "optional"
  }}
}}
"""
ORACLE = """resource "oci_core_instance" "i" {
  compartment_id      = "ocid1.compartment.oc1..a"
  availability_domain = "a"
}
"""


@pytest.mark.parametrize(
    ("text", "severity", "what"),
    [
        (MACHINE.format(profile='iam_instance_profile = "web"'), "high", "its role's credentials"),
        # EC2 User Guide, "IAM roles for Amazon EC2": without a profile the metadata hold no credentials
        (MACHINE.format(profile=""), "medium", "its metadata"),
        # OCI documentation, "Calling Services from an Instance": a dynamic group gives an instance its rights
        (ORACLE, "medium", "its metadata"),
    ],
)
def test_metadata_of_a_machine_without_a_role_weigh_less(
    tmp_path: Path, text: str, severity: str, what: str
) -> None:
    write(tmp_path, {"main.tf": text})
    ran = scan(tmp_path, "--select", "zero-trust/metadata-token-optional", "--fail-on", "never")
    ((told, message),) = [(each["severity"], each["message"]) for each in ran.json["findings"]]
    assert (told, what in message) == (severity, True)


VAULT = """resource "azurerm_key_vault_secret" "{label}" {{
  key_vault_id = "/subscriptions/0/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v"
  name         = "{name}"
  value        = "{value}"
}}
"""
MANAGER = """resource "google_secret_manager_secret" "s" {{
  secret_id = "{name}"
}}
resource "google_secret_manager_secret_version" "v" {{
  secret      = google_secret_manager_secret.s.id
  secret_data = "{value}"
}}
"""
RELEASE = """resource "helm_release" "r" {
  chart   = "./c"
  version = "1.0.0"
  set {
    name  = "admin.password"
    value = "admin"
  }
  values = ["auth:\n  password: hunter2"]
}
"""
LITERAL = "zero-trust/literal-credential"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("db-admin-username", "dbadmin", False),
        ("db-server-name", "shop-server", False),
        ("flex-admin-login", "dbadmin", False),
        ("db-admin-password", "hunter2", True),
        ("shop", "k3J9x0ab7Qz2", True),
    ],
)
def test_a_store_of_secrets_may_hold_what_is_none(tmp_path: Path, name: str, value: str, told: bool) -> None:
    for lead, form in (("azure", VAULT), ("google", MANAGER)):
        text = form.format(label="s", name=name, value=value)
        (tmp_path / lead).mkdir()
        assert bool(severities(tmp_path / lead, LITERAL, text)) is told


def test_the_label_tells_where_the_name_is_not_known(tmp_path: Path) -> None:
    text = 'variable "n" { type = string }\n'
    named = VAULT.format(label="db_admin_username", name="${var.n}", value="dbadmin")
    assert severities(tmp_path, LITERAL, text + named) == []


def test_a_value_that_is_set_alone_is_shown_before_whole_texts(tmp_path: Path) -> None:
    write(tmp_path, {"main.tf": RELEASE})
    ran = scan(tmp_path, "--select", LITERAL, "--fail-on", "never")
    assert [each["location"]["line"] for each in ran.json["findings"]] == [6]


def test_a_hub_of_events_asks_every_caller(tmp_path: Path) -> None:
    """Event Hubs documentation, "Authenticate access": a token or a shared key with every call."""
    hub = 'resource "azurerm_eventhub_namespace" "h" {\n  name = "h"\n}\n'
    assert severities(tmp_path, "zero-trust/database-public", hub) == []
    assert severities(tmp_path, "zero-trust/store-on-every-network", hub) == ["low"]


CONTAINER = """resource "azurerm_storage_account" "a" {{
  name = "a"
}}
resource "azurerm_storage_container" "c" {{
  name                  = "c"
  storage_account_id    = azurerm_storage_account.a.id
  container_access_type = "{level}"
}}
"""
ORACLE_BUCKET = """resource "oci_objectstorage_bucket" "b" {{
  compartment_id = "ocid1.compartment.oc1..a"
  namespace      = "n"
  name           = "b"
  access_type    = "{level}"
}}
"""
READ_ALONE = """resource "aws_s3_bucket" "b" {{
  bucket = "b"
}}
resource "aws_s3_bucket_policy" "p" {{
  bucket = aws_s3_bucket.b.id
  policy = jsonencode({{ Version = "2012-10-17", Statement = [
    {{ Effect = "Allow", Principal = "*", Action = {level}, Resource = "*" }}] }})
}}
"""


@pytest.mark.parametrize(
    ("form", "level", "severity"),
    [
        # Blob Storage documentation, "Configure anonymous read access": `container` may be listed
        (CONTAINER, "blob", "high"),
        (CONTAINER, "container", "critical"),
        # provider documentation of `access_type`
        (ORACLE_BUCKET, "ObjectReadWithoutList", "high"),
        (ORACLE_BUCKET, "ObjectRead", "critical"),
        # S3 User Guide, "Required permissions for Amazon S3 API operations"
        (READ_ALONE, '"s3:GetObject"', "high"),
        (READ_ALONE, '["s3:GetObject", "s3:ListBucket"]', "critical"),
        (READ_ALONE, '"s3:PutObject"', "critical"),
    ],
)
def test_what_can_only_be_read_by_name_weighs_less(tmp_path: Path, form: str, level: str, severity: str) -> None:
    assert severities(tmp_path, "zero-trust/object-store-public", form.format(level=level)) == [severity]


def test_the_credential_of_a_provider_is_shown_where_it_is_given(tmp_path: Path) -> None:
    text = """variable "secret" {
  default = "k3J9x0ab7Qz2"
}
provider "azurerm" {
  client_secret = var.secret
}
"""
    write(tmp_path, {"main.tf": text})
    ran = scan(tmp_path, "--select", LITERAL, "--fail-on", "never")
    assert [each["location"]["line"] for each in ran.json["findings"]] == [2]
