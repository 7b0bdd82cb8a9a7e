"""How much a finding weighs where one rule tells grave and slight cases apart, and where each is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import scan, write

POD = """apiVersion: v1
kind: Pod
metadata: {{name: p, namespace: n}}
spec:
  containers: [{{name: c, image: "registry.example.com/c:1.0"}}]
  volumes:
    - {{name: a, hostPath: {{path: {first}}}}}
    - {{name: b, hostPath: {{path: {second}}}}}
"""
BINDING = """apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {{name: shown}}
rules: [{rule}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {{name: shown}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: shown}}
subjects: [{{apiGroup: rbac.authorization.k8s.io, kind: Group, name: {group}}}]
"""
READS = '{apiGroups: [""], resources: [configmaps], verbs: [get, list]}'
READS_PUBLIC = '{apiGroups: [""], resources: [secrets], resourceNames: [public-key], verbs: [get]}'
READS_SECRETS = '{apiGroups: [""], resources: [secrets], verbs: [get]}'
WRITES = '{apiGroups: [""], resources: [configmaps], verbs: [update]}'
SIGNED_IN, ANYONE = "system:authenticated", "system:unauthenticated"


@pytest.mark.parametrize(
    ("rule", "group", "severity", "who"),
    [
        # Kubernetes documentation, "Using RBAC Authorization": who has authenticated is in system:authenticated
        (READS, SIGNED_IN, "medium", "everyone who has signed in"),
        (READS, ANYONE, "medium", "whoever reaches the API server"),
        # Tekton Chains, "Signing secrets": what signatures are checked with
        (READS_PUBLIC, SIGNED_IN, "medium", "everyone who has signed in"),
        (READS_SECRETS, SIGNED_IN, "high", "everyone who has signed in"),
        (WRITES, ANYONE, "high", "whoever reaches the API server"),
        (WRITES, "system:serviceaccounts", "high", "every service account"),
    ],
)
def test_a_role_for_everyone_weighs_by_what_it_lets_do(
    tmp_path: Path, rule: str, group: str, severity: str, who: str
) -> None:
    write(tmp_path, {"a.yaml": BINDING.format(rule=rule, group=group)})
    ran = scan(tmp_path, "--select", "least-privilege/binding-to-everyone", "--fail-on", "never")
    ((told, message),) = [(each["severity"], each["message"]) for each in ran.json["findings"]]
    assert told == severity
    assert who in message


def test_a_named_service_that_everyone_may_call(tmp_path: Path) -> None:
    """The chart of sealed-secrets lets everyone fetch its certificate; where it is installed is not written."""
    rule = '{apiGroups: [""], resources: [services/proxy], resourceNames: [sealed], verbs: [create, get]}'
    write(tmp_path, {"a.yaml": BINDING.format(rule=rule, group=SIGNED_IN).replace("ClusterRole", "Role")})
    ran = scan(tmp_path, "--select", "least-privilege/binding-to-everyone", "--fail-on", "never")
    assert [each["severity"] for each in ran.json["findings"]] == ["medium"]


@pytest.mark.parametrize(("group", "severity"), [(SIGNED_IN, "medium"), (ANYONE, "high")])
def test_a_role_of_a_namespace_that_is_not_in_the_scan(tmp_path: Path, group: str, severity: str) -> None:
    bound = BINDING.format(rule=READS, group=group).partition("---")[2].replace("ClusterRoleB", "RoleB")
    where = "metadata: {name: shown, namespace: shop}"
    write(tmp_path, {"a.yaml": bound.replace("metadata: {name: shown}", where)})
    ran = scan(tmp_path, "--select", "least-privilege/binding-to-everyone", "--fail-on", "never")
    assert [each["severity"] for each in ran.json["findings"]] == [severity]


@pytest.mark.parametrize(
    ("namespace", "names", "severity"),
    [
        # OpenShift's console: what people set is kept in one ConfigMap that all of them may change
        ("shop", "[user-settings]", "medium"),
        ("shop", "[]", "high"),
        ("kube-system", "[coredns]", "high"),
    ],
)
def test_a_named_configmap_that_everyone_may_change(
    tmp_path: Path, namespace: str, names: str, severity: str
) -> None:
    rule = f'{{apiGroups: [""], resources: [configmaps], resourceNames: {names}, verbs: [get, update]}}'
    role = BINDING.format(rule=rule, group=SIGNED_IN).replace("ClusterRole", "Role")
    write(tmp_path, {"a.yaml": role.replace("{name: shown}", f"{{name: shown, namespace: {namespace}}}")})
    ran = scan(tmp_path, "--select", "least-privilege/binding-to-everyone", "--fail-on", "never")
    assert [each["severity"] for each in ran.json["findings"]] == [severity]


@pytest.mark.parametrize(
    ("namespace", "name", "group", "severity"),
    [
        # Kubernetes API reference, RBAC: resourceNames limit get, list and watch to the objects named
        ("shop", "settings", SIGNED_IN, ["info"]),
        ("shop", "shop-public", SIGNED_IN, []),
        ("shop", "shop-public", ANYONE, []),
        ("shop", "settings", ANYONE, ["medium"]),
        ("kube-system", "settings", SIGNED_IN, ["medium"]),
    ],
)
def test_a_named_configmap_that_everyone_may_read(
    tmp_path: Path, namespace: str, name: str, group: str, severity: list[str]
) -> None:
    rule = f'{{apiGroups: [""], resources: [configmaps], resourceNames: [{name}], verbs: [get, list, watch]}}'
    role = BINDING.format(rule=rule, group=group).replace("ClusterRole", "Role")
    write(tmp_path, {"a.yaml": role.replace("{name: shown}", f"{{name: shown, namespace: {namespace}}}")})
    ran = scan(tmp_path, "--select", "least-privilege/binding-to-everyone", "--fail-on", "never")
    assert [each["severity"] for each in ran.json["findings"]] == severity


@pytest.mark.parametrize(
    ("first", "second", "severity"),
    [
        # Kubernetes documentation, "Device Plugins": the directory in which a plugin registers
        ("/var/lib/kubelet/device-plugins", "/sys/bus", "medium"),
        ("/var/lib/kubelet/device-plugins", "/var/lib/kubelet", "high"),
        ("/var/lib/kubelet", "/data", "high"),
    ],
)
def test_directories_of_devices_weigh_less_than_the_machine(
    tmp_path: Path, first: str, second: str, severity: str
) -> None:
    write(tmp_path, {"a.yaml": POD.format(first=first, second=second)})
    ran = scan(tmp_path, "--select", "zero-trust/host-path-sensitive", "--fail-on", "never")
    assert [each["severity"] for each in ran.json["findings"]] == [severity]


SQL = """resource "google_sql_database_instance" "d" {{
  database_version = "POSTGRES_16"
  settings {{
    tier = "db-f1-micro"
    ip_configuration {{
      {networks}
    }}
  }}
}}
variable "who" {{}}
"""


@pytest.mark.parametrize(
    ("networks", "severity"),
    [
        # Cloud SQL, "Authorize with authorized networks": by default nobody may connect directly
        ("", "medium"),
        ('authorized_networks { value = "203.0.113.0/24" }', "high"),
        ("authorized_networks { value = var.who }", "high"),
    ],
)
def test_a_public_address_weighs_by_whom_it_lets_in(tmp_path: Path, networks: str, severity: str) -> None:
    write(tmp_path, {"main.tf": SQL.format(networks=networks.replace("{ ", "{\n").replace(" }", "\n}"))})
    ran = scan(tmp_path, "--select", "zero-trust/database-public", "--fail-on", "never")
    assert [each["severity"] for each in ran.json["findings"]] == [severity]


def test_what_passes_through_weighs_less_unencrypted_than_what_lasts(tmp_path: Path) -> None:
    # Security Hub rates Kinesis.1 (streams) medium
    write(
        tmp_path,
        {
            "main.tf": 'resource "aws_kinesis_stream" "s" {\n  name = "s"\n  encryption_type = "NONE"\n}\n'
            'resource "aws_db_instance" "d" {\n  engine = "postgres"\n}\n'
        },
    )
    ran = scan(tmp_path, "--select", "zero-trust/store-unencrypted", "--fail-on", "never")
    assert {each["kind"]: each["severity"] for each in ran.json["findings"]} == {
        "stream": "medium",
        "database": "high",
    }


CLUSTER = """apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: orders, namespace: shop}
spec: {instances: 1, storage: {size: 10Gi}}
"""


def test_a_database_in_a_cluster_without_backups_of_its_own_may_be_dumped(tmp_path: Path) -> None:
    """CloudNativePG, "Backup": base backups on demand or by ScheduledBackup; dumps are a way beside it."""
    write(tmp_path, {"a.yaml": CLUSTER})
    ran = scan(tmp_path, "--select", "backup/database-backup-disabled", "--fail-on", "never")
    assert [each["severity"] for each in ran.json["findings"]] == ["medium"]


PASSWORD = """apiVersion: v1
kind: Secret
metadata: {name: db, namespace: shop}
stringData: {password: hunter2}
"""


@pytest.mark.parametrize(
    ("place", "severity"),
    [
        ("apps/db.yaml", "high"),
        ("docs/samples/db.yaml", "medium"),
        ("apps/tests/db.yaml", "medium"),
        ("test/db.yaml", "medium"),
        ("clusters/test/db.yaml", "high"),
    ],
)
def test_a_credential_that_shows_how_weighs_less(tmp_path: Path, place: str, severity: str) -> None:
    write(tmp_path, {place: PASSWORD})
    ran = scan(tmp_path, "--select", "zero-trust/literal-credential", "--fail-on", "never")
    assert [each["severity"] for each in ran.json["findings"]] == [severity]


EVERYTHING = '{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}'


@pytest.mark.parametrize(
    ("namespace", "severity", "message"),
    [
        ("", "high", "grants every verb on every resource"),
        # Flux documentation, "Multi-tenancy": the reconciler of a tenant administers the tenant's namespace
        ("shop", "medium", "grants every verb on every resource of its namespace"),
        ("kube-system", "high", "grants every verb on every resource"),
    ],
)
def test_everything_in_one_namespace_is_not_the_cluster(
    tmp_path: Path, namespace: str, severity: str, message: str
) -> None:
    text = BINDING.format(rule=EVERYTHING, group="builders")
    if namespace:
        text = text.replace("ClusterRole", "Role")
        text = text.replace("metadata: {name: shown}", f"metadata: {{name: shown, namespace: {namespace}}}")
    write(tmp_path, {"a.yaml": text})
    ran = scan(tmp_path, "--select", "least-privilege/cluster-role-wildcard", "--fail-on", "never")
    ((told, said),) = [(each["severity"], each["message"]) for each in ran.json["findings"]]
    assert told == severity
    assert said.endswith(message)


@pytest.mark.parametrize(
    ("hooks", "severity", "gain"),
    [
        # Kubernetes, "RBAC Good Practices", "Control admission webhooks": a validating one reads what is admitted,
        # a mutating one changes it too
        ("validatingwebhookconfigurations", "medium", "see what others write"),
        ("mutatingwebhookconfigurations", "high", "take over the cluster"),
        ("mutatingwebhookconfigurations, validatingwebhookconfigurations", "high", "take over the cluster"),
    ],
)
def test_a_webhook_that_reads_weighs_less_than_one_that_changes(
    tmp_path: Path, hooks: str, severity: str, gain: str
) -> None:
    rule = f"{{apiGroups: [admissionregistration.k8s.io], resources: [{hooks}], verbs: [patch]}}"
    binding = BINDING.format(rule=rule, group="operators")
    write(tmp_path, {"a.yaml": binding})
    ran = scan(tmp_path, "--select", "least-privilege/cluster-takeover", "--fail-on", "never")
    ((told, message),) = [(each["severity"], each["message"]) for each in ran.json["findings"]]
    assert told == severity
    assert gain in message


MOUNTED = """apiVersion: v1
kind: Pod
metadata: {{name: p, namespace: n}}
spec:
  containers:
    - name: c
      image: registry.example.com/c:1.0
      volumeMounts: [{{name: a, mountPath: /a{more}}}]
  volumes:
    - {{name: a, hostPath: {{path: {path}}}}}
"""
MOUNTED_BY_TERRAFORM = """resource "kubernetes_pod_v1" "p" {{
  metadata {{
    name = "p"
  }}
  spec {{
    container {{
      name  = "c"
      image = "registry.example.com/c:1.0"
      volume_mount {{
        name       = "a"
        mount_path = "/a"
        read_only  = {read_only}
      }}
    }}
    volume {{
      name = "a"
      host_path {{
        path = "/etc/default/kubelet"
      }}
    }}
  }}
}}
"""


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        # Kubernetes documentation, "Volumes", hostPath: "at minimum, mount as ReadOnly"; deb-policy 9.3.2: the
        # settings of services are in /etc/default. PKI certificates and requirements: keys are in /etc/kubernetes.
        (MOUNTED.format(path="/etc/default/kubelet", more=", readOnly: true"), "medium"),
        (MOUNTED.format(path="/etc/default/kubelet", more=""), "high"),
        (MOUNTED.format(path="/etc/kubernetes", more=", readOnly: true"), "high"),
        (MOUNTED.format(path="/etc", more=", readOnly: true"), "high"),
        (MOUNTED_BY_TERRAFORM.format(read_only="true"), "medium"),
        (MOUNTED_BY_TERRAFORM.format(read_only="false"), "high"),
        (MOUNTED_BY_TERRAFORM.format(read_only="var.unset"), "high"),
    ],
)
def test_settings_that_are_only_read_weigh_less(tmp_path: Path, text: str, severity: str) -> None:
    write(tmp_path, {"a.yaml" if text.startswith("api") else "main.tf": text})
    ran = scan(tmp_path, "--select", "zero-trust/host-path-sensitive", "--fail-on", "never")
    assert [each["severity"] for each in ran.json["findings"]] == [severity]


WEBHOOK = """apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {{name: checks}}
webhooks:
  - name: checks.example.com
    failurePolicy: Ignore
    sideEffects: None
    admissionReviewVersions: [v1]
    clientConfig: {{service: {{name: checks, namespace: checks}}}}
    rules: [{rules}]
"""


@pytest.mark.parametrize(
    ("rules", "severity"),
    [
        # Kubernetes documentation, "Dynamic Admission Control", matching requests: rules
        ("{apiGroups: [monitoring.coreos.com], resources: [prometheusrules]}", "low"),
        ('{apiGroups: [""], resources: [configmaps]}', "low"),
        ('{apiGroups: [""], resources: [configmaps, pods]}', "medium"),
        ('{apiGroups: ["*"], resources: ["*"]}', "medium"),
        ('{apiGroups: [example.com], resources: ["*"]}, {apiGroups: [apps], resources: [deployments]}', "medium"),
        ("{apiGroups: [networking.k8s.io], resources: [ingresses]}", "medium"),
    ],
)
def test_a_webhook_that_checks_its_own_settings_weighs_less(tmp_path: Path, rules: str, severity: str) -> None:
    write(tmp_path, {"a.yaml": WEBHOOK.format(rules=rules)})
    ran = scan(tmp_path, "--select", "zero-trust/webhook-fails-open", "--fail-on", "never")
    assert [each["severity"] for each in ran.json["findings"]] == [severity]


def test_a_denial_for_everyone_makes_a_store_no_more_open(tmp_path: Path) -> None:
    """AWS Config, s3-bucket-ssl-requests-only: a statement that denies everyone without TLS."""
    statements = """[
    { Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "arn:aws:s3:::b/*" },
    { Effect = "Deny", Principal = "*", Action = "s3:*", Resource = "*",
      Condition = { Bool = { "aws:SecureTransport" = "false" } } }
  ]"""
    text = (
        'resource "aws_s3_bucket" "b" {\n  bucket = "b"\n}\nresource "aws_s3_bucket_policy" "b" {\n'
        f"  bucket = aws_s3_bucket.b.id\n  policy = jsonencode({{ Statement = {statements} }})\n}}\n"
    )
    write(tmp_path, {"main.tf": text})
    ran = scan(tmp_path, "--select", "zero-trust/object-store-public", "--fail-on", "never")
    assert [each["severity"] for each in ran.json["findings"] if each["verdict"] == "fail"] == ["high"]
