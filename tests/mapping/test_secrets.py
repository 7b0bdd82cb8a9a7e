import pytest

from scanner.mapping.secrets import literal_secrets, secrets_in_text, stored_secrets
from scanner.model.value import Cause, Sensitive, Undetermined, Unknown

HIDDEN = Unknown('variable "x" has no default', Cause.NO_DEFAULT)
OURS = Unknown("not supported", Cause.UNSUPPORTED)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", "changeme"),
        ("dbPassword", "Aa1234321Bb"),
        ("RABBITMQ_DEFAULT_PASS", "password"),
        ("api-key", "abc123"),
        ("password", "password1"),
        ("access_key", "AKIAIOSFODNN7EXAMPLE"),
        ("anything", "AKIAIOSFODNN7EXAMPLE"),
        ("anything", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        ("anything", "postgres://app:hunter2@db/orders"),
        ("anything", "ghp_" + "a1" * 18),
        ("anything", "xoxb-123456789012-abcdef"),
        ("anything", "-----BEGIN RSA PRIVATE KEY-----\nMII"),
        ("TOKEN", Sensitive("s3cr3t")),
    ],
)
def test_literal(name: str, value: object) -> None:
    assert literal_secrets([(name, value)]) == [name]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD_FILE", "/run/secrets/db"),
        ("SECRET_NAME", "orders"),
        ("SECRET_ARN", "orders"),
        ("TOKEN_PATH", "here"),
        ("MAX_TOKENS", "4096"),
        ("PASSWORD", ""),
        ("API_KEY", "API_KEY_VAL"),
        ("PASSWORD", "true"),
        ("PASSWORD", "${var.password}"),
        ("PASSWORD", "$(DB_PASSWORD)"),
        ("PASSWORD", "{{ .Values.password }}"),
        ("PASSWORD", "<password>"),
        ("PASSWORD", "/etc/password"),
        # `@` reads the value from a file (Vault documentation, "login"; curl's --data)
        ("vault-token", "@/var/run/secrets/vault/vault-token"),
        ("vault-token", "@./token"),
        # the operator of Elastic Cloud on Kubernetes: the Secret with the certificate of its webhook
        ("WEBHOOK_SECRET", "elastic-webhook-server-cert"),
        ("SECRET", "arn:aws:secretsmanager:us-east-1:1:secret:s"),
        ("TOKEN", "https://login.example.org/token"),
        ("GIT_SHA", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        ("LOG_LEVEL", "debug"),
        ("PASSWORD", None),
        ("PASSWORD", HIDDEN),
        ("DATABASE_URL", "postgres://app:${var.password}@db/orders"),
    ],
)
def test_not_literal(name: str, value: object) -> None:
    assert literal_secrets([(name, value)]) == []


def test_what_we_failed_to_evaluate_is_undetermined_unless_another_is_certain() -> None:
    with pytest.raises(Undetermined):
        literal_secrets([("PASSWORD", OURS)])
    assert literal_secrets([("LOG_LEVEL", OURS)]) == []
    assert literal_secrets([("PASSWORD", OURS), ("TOKEN", "t0k3n")]) == ["TOKEN"]


def test_a_known_beginning_can_tell() -> None:
    assert literal_secrets([("x", Unknown("later", prefix="AKIAIOSFODNN7EXAMPLE:"))]) == ["x"]


def test_scripts() -> None:
    script = "#!/bin/sh\nexport AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\nREGION=us-east-1\n"
    assert secrets_in_text(script) == ["AWS_SECRET_ACCESS_KEY"]
    assert secrets_in_text("curl https://example.org?token=${TOKEN}") == []
    assert secrets_in_text("psql postgres://app:hunter2@db/orders", "user_data") == ["user_data"]


@pytest.mark.parametrize(
    "text",
    [
        "define('DB_PASSWORD', 'hunter2secret');",
        'define( "DB_PASSWORD" , "hunter2secret" );',
        'os.environ.setdefault("DB_PASSWORD", "hunter2secret")',
        "setenv('DB_PASSWORD', 'hunter2secret', 1);",
    ],
)
def test_calls_that_hand_over_a_name_and_its_value(text: str) -> None:
    assert secrets_in_text(text) == ["DB_PASSWORD"]


@pytest.mark.parametrize(
    "text", ["define('DB_PASSWORD', '${unknown}');", "define('DB_NAME', 'orders');", "define('DB_PASSWORD', $x);"]
)
def test_calls_without_a_literal_credential(text: str) -> None:
    assert secrets_in_text(text) == []


def test_in_a_store_of_secrets_every_value_counts_but_what_names_say_is_none() -> None:
    pairs = [("vault", "hunter2"), ("username", "orders"), ("tls.crt", "MII"), ("token", "<token>"), ("x", HIDDEN)]
    assert stored_secrets(pairs) == ["vault"]
    assert stored_secrets([("tls.crt", "-----BEGIN RSA PRIVATE KEY-----\nMII")]) == ["tls.crt"]


def test_a_file_of_settings_in_a_store_is_judged_by_what_it_says() -> None:
    # the default configuration of kube-prometheus-stack's Alertmanager, which holds no credential
    settings = 'global:\n  resolve_timeout: 5m\nroute:\n  receiver: "null"\n'
    assert stored_secrets([("alertmanager.yaml", settings)]) == []
    assert stored_secrets([("alertmanager.yaml", settings + "  smtp_auth_password: hunter2real\n")])
    assert stored_secrets([("token", "abcdefgh12345678")]) == ["token"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        # argo-cd, test/manifests/base/patches.yaml: bcrypt
        ("admin.password", "$2a$10$RncPyHW/B5ll2Z3J8s.IBOnbZ9uoJ4JhHLKzj5lzG/kU1KN1Oj3/K"),
        # argo-cd, docs/operator-manual: a list of what was issued, and a key that is left out
        ("accounts.alice.tokens", '[{"id":"123","iat":1583789194,"exp":1583789194}]'),
        ("sshPrivateKey", "-----BEGIN OPENSSH PRIVATE KEY-----\n...\n-----END OPENSSH PRIVATE KEY-----\n"),
        # kubernetes/examples: the names beside the keys of Azure Files and of iSCSI's CHAP
        ("azurestorageaccountname", "k8stest"),
        ("node.session.auth.username_in", "muser2"),
    ],
)
def test_what_stands_beside_or_for_a_credential_is_none(name: str, value: str) -> None:
    assert stored_secrets([(name, value)]) == []


def test_what_looks_alike_is_one() -> None:
    assert stored_secrets([("node.session.auth.password_in", "mpass2")])
    assert stored_secrets([("tokens", '[{"id":"1","iat":1583789194,"token":"abc"}]')])
    assert stored_secrets(
        [("key", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1r\n-----END OPENSSH PRIVATE KEY-----")]
    )


def test_settings_that_hold_nothing_are_none() -> None:
    # govuk-infrastructure, the values of the chart of Filebeat
    assert secrets_in_text("daemonset:\n  secretMounts: []\n  secrets: {}\n") == []


def test_a_selector_of_secrets_is_none() -> None:
    # an argument of the Prometheus operator
    line = "--secret-field-selector=type!=kubernetes.io/dockercfg,type!=helm.sh/release.v1"
    assert secrets_in_text(line) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        # SOPS ("Encrypting using age"), Ansible Vault's format 1.1, vals' references in helmfile
        ("password", "ENC[AES256_GCM,data:8t05UTi=,iv:zC2I=,tag:gsQqI=,type:str]"),
        ("password", "$ANSIBLE_VAULT;1.1;AES256\n6638"),
        ("password", "ref+awsssm://prod/db#password"),
        # operate-first/apps, observatorium: what is filled in by hand
        ("GRAFANA_CLIENT_SECRET", "SECRET"),
        ("secret_key", "MY_ACCESS_SECRET_KEY"),
        ("endpoint", "http://ACCESS_KEY_ID:ACCESS_SECRET_KEY@S3_HOST:9000/BUCKET"),
        # argo-cd, docs/operator-manual
        ("webhook.github.secret", "shhhh! it's a github secret"),
        ("password", "YourPwdShouldBeLongAndSecure!"),
        # eks-workshop: DynamoDB local takes any word; IAM User Guide: a secret access key has 40 characters
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        # microsoft/AzureTRE: in a secret whose changes are ignored; Azure Functions, "Connect to host storage with
        # an identity": what stands there instead of a credential
        ("cert_password", "0000000000"),
        ("password", "00000000-0000-0000-0000-000000000000"),
        ("SERVICEBUS_CONNECTION__credential", "managedidentity"),
        # terraform-docs-samples: run/connect_cloud_sql and integrationconnectors
        ("secret_data", "secret-data"),
        ("secret_data", "dummypassword"),
        ("client_secret", "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"),
    ],
)
def test_what_says_that_it_is_a_placeholder_is_none_anywhere(name: str, value: str) -> None:
    assert literal_secrets([(name, value)]) == stored_secrets([(name, value)]) == []


@pytest.mark.parametrize("path", ["docs/operator-manual/repositories.yaml", "base/example-secret.yaml"])
def test_words_that_show_a_credential_are_none_in_documentation(path: str) -> None:
    assert literal_secrets([("password", "my-password")], path) == []
    assert stored_secrets([("secret_key", "my_secret_key")], path) == []
    assert stored_secrets([("password", "change-me")], path) == []
    assert stored_secrets([("password", "my-password")], "clusters/prod/secret.yaml") == ["password"]
    assert literal_secrets([("password", "changeme")], "base/secret.yaml") == ["password"]


@pytest.mark.parametrize("value", ["admin", "postgres", "password", "secret", "minio123", "hunter2"])
def test_a_weak_password_opens_the_door_wherever_it_stands(value: str) -> None:
    assert literal_secrets([("POSTGRES_PASSWORD", value)], "docs/example.yaml") == ["POSTGRES_PASSWORD"]


def test_a_key_of_several_words_in_a_store_may_say_what_else_it_is() -> None:
    # operate-first/apps: the secrets of Airflow, and of a job that makes backups
    pairs = [
        ("AIRFLOW_ROLE", "Admin"),
        ("AIRFLOW_FNAME", "admin"),
        ("PVCRetention", "2d"),
        ("s3BucketName", "b"),
        ("level", "info"),
    ]
    assert stored_secrets(pairs) == []
    assert stored_secrets([("AIRFLOW_PASSWORD", "admin")]) == ["AIRFLOW_PASSWORD"]
    assert stored_secrets([("fernet-core", "38fe94df-115c-4096-91ec-b6e16ce3a01f")]) == ["fernet-core"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        # billimek/k8s-gitops, values of HelmReleases: names of Secrets and of keys within them
        ("existingSecret", "forgejo-admin"),
        ("pullSecret", "artifact-pull"),
        ("envVarsFromSecrets", "pgadmin"),
        # the ElastiCache provider's argument, Gitea's configuration
        ("auth_token_update_strategy", "ROTATE"),
        ("PASSWORD_COMPLEXITY", "spec"),
        ("credentialsKey", "1password-credentials.json"),
        ("csi.storage.k8s.io/provisioner-secret-namespace", "rook-ceph"),
        # the same, Frigate: filled in from the environment
        ("password", "{FRIGATE_MQTT_PASSWORD}"),
        # redhat-cop/gitops-catalog: for a tool to fill in; what opens a store of public certificates
        ("AWS_SECRET_ACCESS_KEY", "UPDATE_AWS_SECRET_ACCESS_KEY"),
        # analytical-platform: filled in by hand later; an address
        ("secret", "CHANGE_ME"),
        ("secret", "technical.service@example.eu.pagerduty.com"),
        # toboshii/home-ops: an annotation of Reloader, which names Secrets
        ("secret.reloader.stakater.com/reload", "authelia,authelia-users"),
        # GoogleCloudPlatform/kubernetes-engine-samples, NeMo
        ("NGC_API_KEY", "nvapi-NVKEY"),
        ("keyStorePassword", "__REPLACE_ME__"),
        ("trustStorePassword", "changeit"),
        # kserve, inferenceservice-config: JSON that names fields
        ("credentials", '{"storageSpecSecretName": "storage-config"}'),
        # redhat-cop/gitops-catalog: a file of htpasswd holds hashes
        ("htpasswd", "developer:$apr1$635ADJPM$Qu/z22g\nuser1:$apr1$xvJ6HIby$8vTV85\n"),
    ],
)
def test_names_and_files_of_settings_hold_none(name: str, value: str) -> None:
    assert literal_secrets([(name, value)]) == stored_secrets([(name, value)]) == []


def test_a_sign_that_the_value_follows_is_none() -> None:
    """YAML 1.2, "Block Scalar Styles"; the value is a list of public certificates."""
    text = (
        "secrets:\n  nginx_secret: |-\n    -----BEGIN CERTIFICATE-----\n    MIIB\n    -----END CERTIFICATE-----\n"
    )
    assert secrets_in_text(text) == []
    assert secrets_in_text("db_secret: >-\n  x\napi_secret: hunter2\n") == ["api_secret"]


def test_what_a_command_gives_is_none() -> None:
    assert secrets_in_text("SECRET_CONTENT=`kubectl get secret ${SECRET_NAME} -o json | base64 -d`;") == []
    assert secrets_in_text("DB_PASSWORD=`cat /run/db`; API_KEY=abc123") == ["API_KEY"]


def test_settings_that_hold_one() -> None:
    assert literal_secrets([("credentials", '{"user": "a", "password": "hunter2"}')]) == ["credentials"]
    assert stored_secrets([("cluster.broker.properties", "clusterPassword=kustomize-cross-ocp\n")])
    assert literal_secrets([("keyStorePassword", "changeit")]) == ["keyStorePassword"]


# mautrix's and coturn's example configurations, which installations keep with their remarks
@pytest.mark.parametrize(
    "text",
    [
        "bridge:\n    #   Postgres: postgres://username:password@hostname/dbname\n    database: ${DATABASE}\n",
        '# mongo-userdb="mongodb://[username:password@]host1[:port1]"\nno-tcp-relay\n',
        "# cli-password=qwerty\nno-cli\n",
        "// password: hunter2\nport: 1\n",
    ],
)
def test_remarks_show_how(text: str) -> None:
    assert literal_secrets([("config.yaml", text), ("turnserver.conf", text)]) == []
    assert secrets_in_text(text) == []


def test_remarks_that_hold_one() -> None:
    assert secrets_in_text("# cli-password=k3J9x0ab7Qz2\nno-cli\n") == ["cli-password"]
    assert literal_secrets([("app.conf", "# postgres://app:k3J9x0ab7Qz2@db/app\na=1\n")]) == ["app.conf"]
    assert literal_secrets([("url", "# postgres://app:hunter2@db/app")]) == ["url"]


# Zalando's postgres-operator, reference "Operator parameters"
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("password_rotation_interval", "90"),
        ("password_rotation_user_retention", "180"),
        ("secret_name_template", "{username}.{cluster}.credentials.{tprkind}.{tprgroup}"),
        ("token-lifetime", "24h"),
    ],
)
def test_what_is_said_of_credentials_is_none(name: str, value: str) -> None:
    assert literal_secrets([(name, value)]) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        # what people write into the first version of a secret whose value is set by hand
        ("password", "UPDATE_IN_CONSOLE"),
        ("SECRET_KEY_BASE", "tbc"),
        ("secret", "SET_MANUALLY"),
        ("api_key", "to be set in the console"),
        ("api_key", "managed-outside-terraform"),
        ("api_key", "api-key-here"),
        ("ACCESS_TOKEN", "any_value_work"),
        ("secret", '["2025-12-19","2026-03-27"]'),
        ("secret", "2026-03-27"),
        ("SSM_PARAM_JWT_TOKEN_PRIVATE_KEY", "jwt_token_private_key"),
        ("private_key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ deploy"),  # sshd(8): the public half
    ],
)
def test_what_says_where_a_value_is_set_is_none(name: str, value: str) -> None:
    assert literal_secrets([(name, value)]) == stored_secrets([(name, value)]) == []


def test_a_public_key_among_secrets_is_none() -> None:
    pairs = [
        ("ssh-publickey", "c3NoLXJzYSBBQUFBQjM="),
        ("ssh-privatekey", "b3BlbnNzaC1rZXktdjE3"),
        ("public_key", "p4Q9x1Zz81ab"),
    ]
    assert stored_secrets(pairs) == ["ssh-privatekey"]


@pytest.mark.parametrize("value", ["update1", "set-sail", "console", "changeme", "ADD123", "hunter2-here"])
def test_passwords_that_sound_alike_are_credentials(value: str) -> None:
    assert literal_secrets([("password", value)]) == ["password"]


# scripts of jobs that make or copy Secrets (kubectl's reference, "kubectl create secret")
@pytest.mark.parametrize(
    "script",
    [
        "client_secret=oauth2-proxy-client\nkubectl create secret generic $client_secret --dry-run=client",
        'secret="signing-secrets"\nkubectl get secret "$secret" -n tekton',
        'SECRET = "web-certificate"\nfound = json.loads(\n    oc("get", "secret", SECRET)\n)',
        "secret = json.loads(\n    text\n)",
        "token = read_token(path)\n",
        'basic=$(printf "apikey:%s" "$key" | base64)',
        "token=oauth-proxy\nkubectl delete secret/${token}",
    ],
)
def test_names_of_secrets_and_calls_in_scripts(script: str) -> None:
    assert secrets_in_text(script) == []


def test_a_password_in_a_script_that_makes_a_secret() -> None:
    script = "password=hunter2\nkubectl create secret generic db --from-literal=password=$password"
    assert secrets_in_text(script) == ["password"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("APPLICATION_AWS_SECRET_KEY", "do-not-use"),  # alphagov/govuk-helm-charts
        ("password", "unused"),
        # tektoncd/catalog, samples of oracle-cloud-storage and aws-ecr-login
        (
            "key.pem",
            "-----BEGIN RSA PRIVATE KEY-----\nYOUR_ACTUAL_PRIVATE_KEY_CONTENT_HERE\n-----END RSA PRIVATE KEY-----",
        ),
        ("credentials", "[default]\naws_secret_access_key = [aws_secret_access_key]\n"),
    ],
)
def test_what_says_that_it_is_none(name: str, value: str) -> None:
    assert stored_secrets([(name, value)]) == []


def test_words_of_samples() -> None:
    for value in ("git_password", "some-secret", "token_test"):
        assert stored_secrets([("password", value)], "task/git-cli/samples/secret.yaml") == []
        assert stored_secrets([("password", value)], "apps/git-cli/secret.yaml") == ["password"]
    assert stored_secrets([("password", "password")], "samples/secret.yaml") == ["password"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        # Gitea's chart: a section of its settings under each key (gitea-inline-config)
        ("security", "INSTALL_LOCK=true"),
        ("webhook", 'ALLOWED_HOST_LIST="*"'),
        ("cron.GIT_GC_REPOS", "test=false"),
        # Elyra's runtime configuration: the Secret that holds the keys of the object storage
        ("odh_dsp.json", '{"metadata": {"cos_secret": "aws-connection-shared-minio---pipelines"}}'),
        # redhat-na-ssa/demo-ai-gitops-catalog: what to do, and what to put there
        ("notes", '# Create the following\nAUTH_TOKEN: "your-secret-here"\nBASIC_PASSWORD: "admin"\n'),
        ("session_secret", "change me bozo"),
        ("session_secret", "change-me-please"),
        # mariadb-operator: the plugin that checks a password, and what its Azurite is given
        ("nativePasswordPlugin", "mysql_native_password"),
        ("storageAccountKey", "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTO"),
        # Open WebUI
        ("CONTEXT_COMPACTION_TOKEN_THRESHOLD", "80000"),
        ("TOKEN_LIMIT", "4096"),
        ("TOKEN_SIZE_BYTES", "64"),
    ],
)
def test_settings_and_names_and_notes_are_none(name: str, value: str) -> None:
    assert stored_secrets([(name, value)]) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("security", "SECRET_KEY=Kd83hf7Qp2xLmZ"),
        ("security", "INSTALL_LOCK=true\nSECRET_KEY=Kd83hf7Qp2xLmZ"),
        ("password", "AB3=x7z"),
        ("runtime.json", '{"metadata": {"cos_password": "hunter2"}}'),
        ("notes", "log in with ghp_" + "a1" * 18),
        ("password", "changeme"),
        ("password", "change-me"),
    ],
)
def test_credentials_that_look_like_those(name: str, value: str) -> None:
    assert stored_secrets([(name, value)]) == [name]
