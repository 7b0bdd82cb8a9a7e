"""Workloads and containers: API defaults, what the pod hands down, what decides."""

from pathlib import Path

import pytest

from scanner.model.location import SourceFile
from scanner.sources.kubernetes.manifests import read
from tests.mapping.kubernetes.cluster import UNKNOWN, edges, find, graph_of, shown, told

SHARED = Path(__file__).parents[4] / "shared" / "corpora"
META = "metadata: {name: w, namespace: ns}"


def pod(spec: str = "", container: str = "image: i") -> str:
    return f"apiVersion: v1\nkind: Pod\n{META}\nspec:\n  containers:\n  - {{name: c, {container}}}\n" + "".join(
        f"  {line}\n" for line in spec.splitlines()
    )


def container(attribute: str, own: str = "image: i", spec: str = ""):
    return told(graph_of(pod(spec, own)), "/Pod/ns/w/container:c", attribute)


def workload(attribute: str, spec: str = ""):
    return told(graph_of(pod(spec)), "/Pod/ns/w", attribute)


@pytest.mark.parametrize(
    ("kind", "version", "spec"),
    [
        ("Pod", "v1", "{SPEC}"),
        ("Deployment", "apps/v1", "{{template: {{metadata: {{labels: {{a: b}}}}, spec: {SPEC}}}}}"),
        ("StatefulSet", "apps/v1", "{{template: {{spec: {SPEC}}}}}"),
        ("DaemonSet", "apps/v1", "{{template: {{spec: {SPEC}}}}}"),
        ("ReplicaSet", "apps/v1", "{{template: {{spec: {SPEC}}}}}"),
        ("ReplicationController", "v1", "{{template: {{spec: {SPEC}}}}}"),
        ("Job", "batch/v1", "{{template: {{spec: {SPEC}}}}}"),
        ("CronJob", "batch/v1", "{{jobTemplate: {{spec: {{template: {{spec: {SPEC}}}}}}}}}"),
        ("Rollout", "argoproj.io/v1alpha1", "{{template: {{spec: {SPEC}}}}}"),
        ("Service", "serving.knative.dev/v1", "{{template: {{spec: {SPEC}}}}}"),
    ],
)
def test_every_controller_reaches_its_containers(kind, version, spec):
    inner = "{hostPID: true, containers: [{name: c, image: 'a:1', securityContext: {privileged: true}}]}"
    text = f"apiVersion: {version}\nkind: {kind}\n{META}\nspec: {spec.format(SPEC=inner)}\n"
    graph = graph_of(text)
    group = version.rpartition("/")[0]
    name = f"{group}/{kind}/ns/w"

    assert told(graph, name, "controller") == kind
    assert told(graph, name, "host_pid") is True
    assert told(graph, f"{name}/container:c", "privileged") is True
    assert edges(graph, "contains") == {("w", "w/container:c")}


def test_init_and_ephemeral_containers_are_containers():
    spec = "initContainers:\n- {name: i, image: i}\nephemeralContainers:\n- {name: e, image: e}"
    graph = graph_of(pod(spec))

    assert [told(graph, f"/Pod/ns/w/container:{each}", "init") for each in "cie"] == [False, True, False]
    assert [told(graph, f"/Pod/ns/w/container:{each}", "live_checked") for each in "cie"] == [False, None, None]


@pytest.mark.parametrize(
    ("image", "pinned", "tagged"),
    [
        ("nginx", False, False),
        ("nginx:latest", False, False),
        ("nginx:1.2", False, True),
        ("registry:5000/nginx", False, False),
        ("registry:5000/nginx:1", False, True),
        ("nginx@sha256:00", True, True),
        ("nginx:latest@sha256:00", True, True),
        ("'${IMAGE}'", UNKNOWN, UNKNOWN),
    ],
)
def test_images(image, pinned, tagged):
    assert container("pinned", f"image: {image}") == pinned
    assert container("tagged", f"image: {image}") == tagged


@pytest.mark.parametrize(
    ("own", "spec", "root"),
    [
        ("", "", True),
        ("{runAsNonRoot: true}", "", False),
        ("{runAsNonRoot: false}", "{runAsNonRoot: true}", True),
        ("", "{runAsNonRoot: true}", False),
        ("{runAsUser: 0}", "{runAsNonRoot: true}", True),
        ("{runAsUser: 1000}", "", False),
        ("", "{runAsUser: 1000}", False),
        ("{runAsUser: 0}", "{runAsUser: 1000}", True),
        ("", "{runAsUser: 0}", True),
    ],
)
def test_root_is_the_containers_word_before_the_pods(own, spec, root):
    own = f"image: i, securityContext: {own}" if own else "image: i"
    spec = f"securityContext: {spec}" if spec else ""

    assert container("runs_as_root", own, spec) is root


def test_root_is_shown_where_it_was_said():
    text = pod("securityContext:\n  runAsUser: 0")
    silent = pod()

    assert shown(graph_of(text), text, "/Pod/ns/w/container:c", "runs_as_root") == "runAsUser: 0"
    assert shown(graph_of(silent), silent, "/Pod/ns/w/container:c", "runs_as_root") == "{name: c, image: i}"


@pytest.mark.parametrize(
    ("context", "allowed"),
    [
        ("{}", True),
        ("{allowPrivilegeEscalation: false}", False),
        ("{allowPrivilegeEscalation: false, privileged: true}", True),
        ("{allowPrivilegeEscalation: false, capabilities: {add: [SYS_ADMIN]}}", True),
    ],
)
def test_escalation_is_allowed_unless_forbidden(context, allowed):
    assert container("escalation_allowed", f"image: i, securityContext: {context}") is allowed


def test_seccomp_comes_from_container_pod_or_nowhere():
    profile = "seccompProfile: {type: RuntimeDefault}"

    assert container("seccomp") is None
    assert container("seccomp", f"image: i, securityContext: {{{profile}}}") == "RuntimeDefault"
    assert container("seccomp", spec=f"securityContext: {{{profile}}}") == "RuntimeDefault"


def test_windows_pods_know_neither_root_nor_seccomp():
    for attribute in ("runs_as_root", "escalation_allowed", "seccomp"):
        assert container(attribute, spec="os: {name: windows}") is None
    assert container("privileged", spec="securityContext: {windowsOptions: {hostProcess: true}}") is False


@pytest.mark.parametrize(
    ("resources", "limited", "asked"),
    [
        ("{}", False, False),
        ("{limits: {memory: 1Gi}}", True, False),
        ("{limits: {memory: 1Gi, cpu: 1}}", True, True),
        ("{requests: {memory: 1Gi, cpu: 1}}", False, True),
    ],
)
def test_resources(resources, limited, asked):
    own = f"image: i, resources: {resources}"

    assert (container("memory_limited", own), container("requests_set", own)) == (limited, asked)


def test_ports_of_the_machine():
    ports = "image: i, ports: [{containerPort: 80}, {containerPort: 81, hostPort: 8081}]"

    assert container("host_ports", ports) == ["8081"]
    assert container("host_ports", ports, "hostNetwork: true") == ["80", "8081"]


def test_secrets_in_variables():
    env = (
        "image: i, env: [{name: DB_PASSWORD, value: hunter2}, {name: LEVEL, value: info}, "
        "{name: KEY, valueFrom: {secretKeyRef: {name: s, key: k}}}], envFrom: [{secretRef: {name: t}}], "
        "args: ['--api-token=abcdef123']"
    )

    assert container("literal_secrets", env) == ["DB_PASSWORD", "api-token"]
    assert container("secret_variables", env) == ["KEY", "t"]


def test_a_variable_that_names_a_mounted_secret():
    """elastic/cloud-on-k8s: WEBHOOK_SECRET says which Secret the operator keeps its certificate in."""
    env = "image: i, env: [{name: WEBHOOK_SECRET, value: webhook-cert}, {name: API_SECRET, value: other-cert}]"
    assert container("literal_secrets", env, "volumes: [{name: c, secret: {secretName: webhook-cert}}]") == [
        "API_SECRET"
    ]


def test_variables_that_name_secrets():
    """Kong's operator, Tailscale's operator and a secret of Docker's registry, which is one itself."""
    env = (
        "image: i, env: [{name: KONG_OPERATOR_CLUSTER_CA_SECRET, value: kong-operator-ca}, "
        "{name: OPERATOR_SECRET, value: operator}, {name: REGISTRY_HTTP_SECRET, value: tekton}, "
        "{name: DB_SECRET, value: hunter2}]"
    )
    assert container("literal_secrets", env) == ["REGISTRY_HTTP_SECRET", "DB_SECRET"]


def test_host_paths_and_claims_and_secrets_are_mounted():
    spec = (
        "volumes:\n- {name: a, hostPath: {path: /etc}}\n- {name: b, secret: {secretName: s}}\n"
        "- {name: d, persistentVolumeClaim: {claimName: p}}\n"
        "- {name: e, projected: {sources: [{configMap: {name: m}}]}}"
    )
    more = "\n".join(
        f"---\napiVersion: v1\nkind: {kind}\nmetadata: {{name: {name}, namespace: ns}}"
        for kind, name in (("Secret", "s"), ("PersistentVolumeClaim", "p"), ("ConfigMap", "m"))
    )
    graph = graph_of(pod(spec) + more)

    assert told(graph, "/Pod/ns/w", "host_paths") == ["/etc"]
    assert edges(graph, "mounts") == {("w", "s"), ("w", "p"), ("w", "m")}
    assert graph.why_open("mounts", find(graph, "/Pod/ns/w")) is None


def test_what_is_mounted_and_not_in_the_scan_leaves_the_relation_open():
    graph = graph_of(pod("volumes:\n- {name: b, secret: {secretName: s}}"))

    assert "Secret ns/s" in graph.why_open("mounts", find(graph, "/Pod/ns/w")).reason


@pytest.mark.parametrize(
    ("image", "path", "volume", "ephemeral"),
    [
        ("redis:7", "/data", "emptyDir: {}", True),
        ("redis:7", "/data", "", True),
        ("redis:7", "/data", "persistentVolumeClaim: {claimName: x}", False),
        ("nginx:1", "/data", "emptyDir: {}", False),
        ("anything", "/var/lib/postgresql/data", "emptyDir: {}", True),
        ("anything", "/var/lib/postgresqlx", "emptyDir: {}", False),
    ],
)
def test_a_stores_data_on_an_empty_dir(image, path, volume, ephemeral):
    source = f", {volume}" if volume else ""
    text = pod(
        f"volumes:\n- {{name: d{source}}}", f"image: '{image}', volumeMounts: [{{name: d, mountPath: {path}}}]"
    )

    assert told(graph_of(text), "/Pod/ns/w", "data_ephemeral") is ephemeral


ACCOUNT = "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: %s, namespace: ns}\n%s\n"


@pytest.mark.parametrize(
    ("spec", "account", "mounted"),
    [
        ("", "", True),
        ("automountServiceAccountToken: false", "", False),
        ("serviceAccountName: a", "", UNKNOWN),
        ("serviceAccountName: a", ACCOUNT % ("a", ""), True),
        ("serviceAccountName: a", ACCOUNT % ("a", "automountServiceAccountToken: false"), False),
        ("serviceAccount: a", ACCOUNT % ("a", "automountServiceAccountToken: false"), False),
        ("", ACCOUNT % ("default", "automountServiceAccountToken: false"), False),
        (
            "serviceAccountName: a\nautomountServiceAccountToken: true",
            ACCOUNT % ("a", "automountServiceAccountToken: false"),
            True,
        ),
        (
            (
                "automountServiceAccountToken: false\n"
                "volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: x}}]}}]"
            ),
            "",
            True,
        ),
    ],
)
def test_tokens_are_the_pods_word_before_the_accounts(spec, account, mounted):
    assert told(graph_of(pod(spec) + account), "/Pod/ns/w", "token_mounted") == mounted


def deployment(spec: str, kind: str = "Deployment") -> str:
    return (
        f"apiVersion: apps/v1\nkind: {kind}\n{META}\nspec:\n  selector: {{}}\n  {spec}\n"
        "  template: {spec: {containers: [{name: c, image: i}]}}\n"
    )


@pytest.mark.parametrize(("spec", "replicated"), [("replicas: 1", False), ("replicas: 3", True), ("x: 1", False)])
def test_replicas(spec, replicated):
    assert told(graph_of(deployment(spec)), "apps/Deployment/ns/w", "replicated") is replicated


def test_an_autoscaler_says_how_many_replicas_there_are():
    scaler = (
        "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: h, namespace: ns}\n"
        "spec: {minReplicas: 2, maxReplicas: 5, scaleTargetRef: {kind: Deployment, name: w}}\n"
    )

    assert told(graph_of(deployment("replicas: 1") + scaler), "apps/Deployment/ns/w", "replicated") is True


def test_replicas_make_no_sense_for_pods_and_daemons():
    assert workload("replicated") is None
    assert told(graph_of(deployment("x: 1", "DaemonSet")), "apps/DaemonSet/ns/w", "replicated") is None


def test_claim_templates_are_volumes():
    spec = "volumeClaimTemplates: [{metadata: {name: data}, spec: {}}]"
    graph = graph_of(deployment(spec, "StatefulSet"))

    assert edges(graph, "mounts") == {("w", "w/claim:data")}


def test_a_rollout_without_a_template_of_its_own_is_unknown():
    text = f"apiVersion: argoproj.io/v1alpha1\nkind: Rollout\n{META}\nspec: {{workloadRef: {{name: x}}}}\n"
    graph = graph_of(text)

    assert told(graph, "argoproj.io/Rollout/ns/w", "host_network") == UNKNOWN
    assert told(graph, "argoproj.io/Rollout/ns/w", "selector") == UNKNOWN


def _files(part: str) -> list[Path]:
    folder = SHARED / "psa" / part
    if not folder.is_dir():
        pytest.skip("the Pod Security corpus (../shared/corpora/psa beside the checkout) is not here")
    return sorted(folder.glob("*.yaml"))


def _violates(graph) -> bool:
    """The controls of the baseline level that the vocabulary can tell, over one pod."""
    pods = graph.nodes("workload")
    flags = ("host_network", "host_pid", "host_ipc")
    if any(graph.peek(each, flag) for each in pods for flag in flags):
        return True
    if any(graph.peek(each, "host_paths") for each in pods):
        return True
    return any(
        graph.peek(each, "privileged") or graph.peek(each, "host_ports") for each in graph.nodes("container")
    )


TOLD = ("hostnamespaces", "hostpathvolumes", "hostports", "privileged", "windowshostprocess")


def test_pod_security_baseline_by_what_the_vocabulary_tells():
    for file in _files("baseline/v1.37/pass"):
        assert not _violates(graph_of(file.read_text())), file.name
    for file in _files("baseline/v1.37/fail"):
        if file.name.startswith(TOLD):
            assert _violates(graph_of(file.read_text())), file.name


def test_pod_security_restricted_by_what_the_vocabulary_tells():
    """Root, escalation, seccomp and dropped capabilities of the restricted level."""

    def violates(graph) -> bool:
        return any(
            graph.peek(each, "escalation_allowed")
            or graph.peek(each, "runs_as_root")
            or graph.peek(each, "seccomp") not in ("RuntimeDefault", "Localhost", None)
            or "ALL" not in graph.peek(each, "dropped_capabilities")
            for each in graph.nodes("container")
            if graph.peek(each, "runs_as_root") is not None
        )

    for file in _files("restricted/v1.34/pass"):
        (resource,), _, _ = read(SourceFile(file.name, file.read_bytes()))
        if resource.attributes["spec"].get("os", {}).get("name") != "windows":
            assert not violates(graph_of(file.read_text())), file.name
    for file in _files("restricted/v1.34/fail"):
        if file.name.startswith(("allowprivilegeescalation", "runasuser", "capabilities_restricted0")):
            assert violates(graph_of(file.read_text())), file.name
