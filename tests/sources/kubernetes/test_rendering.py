"""Charts and overlays: rendered on a copy by the real helm and kustomize, and shown where they are written."""

from __future__ import annotations

import json
import os
import shutil
import stat
from pathlib import Path

import pytest

from tests.cli.running import run, scan, write

HELM = os.environ.get("LAYERPROOF_HELM") or shutil.which("helm")
KUSTOMIZE = os.environ.get("LAYERPROOF_KUSTOMIZE") or shutil.which("kustomize") or shutil.which("kubectl")
needs_helm = pytest.mark.skipif(not HELM, reason="helm is not on the search path (LAYERPROOF_HELM names one)")
needs_kustomize = pytest.mark.skipif(
    not KUSTOMIZE, reason="neither kustomize nor kubectl is on the search path (LAYERPROOF_KUSTOMIZE names one)"
)

DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: registry.example.com/web:1.0
"""
CHART = {
    "chart/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 0.1.0\n",
    "chart/values.yaml": "privileged: false\nimage: registry.example.com/web:1.0\n",
    "chart/templates/_helpers.tpl": '{{- define "shop.labels" -}}\napp: web\n{{- end }}\n',
    "chart/templates/web.yaml": """{{- if true }}
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-web
  labels:
    {{- include "shop.labels" . | nindent 4 }}
spec:
  containers:
    - name: web
      image: {{ .Values.image }}
      securityContext:
        # from the values
        privileged: {{ .Values.privileged }}
{{- end }}
""",
}
BASE = {
    "base/kustomization.yaml": "resources: [web.yaml]\n",
    "base/web.yaml": DEPLOYMENT,
    "overlays/dev/kustomization.yaml": "resources: [../../base]\nnamePrefix: dev-\n",
    "overlays/prod/kustomization.yaml": """resources: [../../base]
patches:
  - path: patch.yaml
""",
    "overlays/prod/patch.yaml": """apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
        - name: web
          securityContext:
            privileged: true
""",
}


@pytest.fixture(autouse=True)
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    folders = [str(Path(each).parent) for each in (HELM, KUSTOMIZE) if each]
    monkeypatch.setenv("PATH", os.pathsep.join([*folders, os.environ.get("PATH", "")]))


def places(ran, rule: str) -> list[tuple[str, int, str]]:
    found = [each for each in ran.json["findings"] if each["rule"] == rule and each["verdict"] == "fail"]
    return [(each["location"]["path"], each["location"]["line"], each["node"]) for each in found]


@needs_helm
def test_a_chart_is_judged_at_its_templates(tmp_path):
    write(tmp_path, CHART)
    values = write(tmp_path / "more", {"prod.yaml": "privileged: true\n"}) / "prod.yaml"

    assert places(scan(tmp_path / "chart", "--root", tmp_path), "zero-trust/privileged-container") == []
    ran = scan(tmp_path / "chart", "--root", tmp_path, "--helm-values", values)
    ((path, line, node),) = places(ran, "zero-trust/privileged-container")
    assert (path, line) == ("chart/templates/web.yaml", 14)
    assert node == "k8s:chart#/Pod//release-web/container:web"
    assert "render-template" not in ran.codes


@needs_helm
def test_what_a_chart_makes_up_is_no_credential(tmp_path):
    """Sprig, "randAlphaNum": another text at each rendering; what stands in the template itself is one."""
    made = """apiVersion: v1
kind: Secret
metadata:
  name: admin
data:
  password: {{ randAlphaNum 32 | b64enc | quote }}
  token: {{ 32 | randAlphaNum | b64enc }}
"""
    rule = "zero-trust/literal-credential"
    write(tmp_path, {**CHART, "chart/templates/secret.yaml": made})
    assert places(scan(tmp_path / "chart", "--root", tmp_path), rule) == []

    write(tmp_path, {"chart/templates/secret.yaml": made.replace("randAlphaNum 32", '"hunter2"')})
    assert [line for _, line, _ in places(scan(tmp_path / "chart", "--root", tmp_path), rule)] == [6]


@needs_helm
def test_certificates_that_a_chart_makes_up_are_no_credentials(tmp_path):
    """Sprig, "genSelfSignedCert", "genCA" and "genSignedCert": another key at each rendering, read as `.Key`."""
    made = """{{- $alt := list "web.example.com" -}}
{{- $ca := genCA "web-ca" 365 -}}
{{- $cert := genSignedCert "web" nil $alt 365 $ca -}}
{{- $own := genSelfSignedCert "own" nil $alt 365 }}
apiVersion: v1
kind: Secret
metadata:
  name: certificate
type: kubernetes.io/tls
data:
  tls.crt: {{ $cert.Cert | b64enc }}
  tls.key: {{ $cert.Key | b64enc }}
  own.key: {{ $own.Key | b64enc }}
"""
    ran = scan(write(tmp_path, {**CHART, "chart/templates/secret.yaml": made}))

    assert places(ran, "zero-trust/literal-credential") == []
    assert "render-template" not in ran.codes


@needs_helm
def test_a_vendored_dependency_keeps_its_condition_where_another_is_missing(tmp_path):
    """Helm, "Tags and Condition fields in dependencies": what a condition switches off is not installed."""
    about = """apiVersion: v2
name: shop
version: 0.1.0
dependencies:
  - {name: node-exporter, version: 1.0.0, repository: 'https://x.test', condition: exporter.enabled}
  - {name: redis, version: 1.0.0, repository: 'https://x.test'}
"""
    files = {
        **CHART,
        "chart/Chart.yaml": about,
        "chart/values.yaml": CHART["chart/values.yaml"] + "exporter: {enabled: false}\n",
        "chart/charts/node-exporter/Chart.yaml": "apiVersion: v2\nname: node-exporter\nversion: 1.0.0\n",
        "chart/charts/node-exporter/templates/pod.yaml": """apiVersion: v1
kind: Pod
metadata: {name: exporter}
spec:
  hostNetwork: true
  containers: [{name: exporter, image: registry.example.com/exporter:1.0}]
""",
    }
    ran = scan(write(tmp_path, files))

    assert "render-partial" in ran.codes
    assert places(ran, "zero-trust/host-namespace") == []
    write(tmp_path, {"chart/values.yaml": CHART["chart/values.yaml"] + "exporter: {enabled: true}\n"})
    assert len(places(scan(tmp_path), "zero-trust/host-namespace")) == 1


@needs_helm
def test_a_chart_is_rendered_once_per_environment(tmp_path):
    entry = '[[charts]]\npath = "chart"\nname = "{0}"\nvalues = ["{0}.yaml"]\n'
    files = {
        "layerproof.toml": entry.format("dev") + entry.format("prod"),
        "dev.yaml": "privileged: true\n",
        "prod.yaml": "privileged: true\nimage: registry.example.com/web:2.0\n",
    }
    ran = scan(write(tmp_path, {**CHART, **files}), "--select", "zero-trust/privileged-container")

    (found,) = ran.json["findings"]
    assert found["location"]["line"] == 14
    assert [each.split("#")[0] for each in found["instances"]] == ["k8s:chart@dev", "k8s:chart@prod"]


@needs_helm
def test_a_chart_that_helm_refuses_is_told_in_its_words(tmp_path):
    files = {**CHART, "chart/templates/web.yaml": '{{ required "an image is needed" .Values.nothing }}\n'}
    ran = scan(write(tmp_path, files))

    (told,) = [each for each in ran.json["diagnostics"] if each["code"] == "render-template"]
    assert "an image is needed" in told["summary"]
    assert told["location"]["path"] == "chart/Chart.yaml"


@needs_helm
def test_a_chart_is_rendered_for_the_version_that_is_judged(tmp_path):
    """Helm believes in the version it was built for, which may be older than a chart asks for (kubeVersion)."""
    about = CHART["chart/Chart.yaml"] + 'kubeVersion: ">=1.30.0-0"\n'
    tree = write(tmp_path, {**CHART, "chart/Chart.yaml": about})

    assert "render-template" not in scan(tree).codes
    ran = scan(tree, "--kubernetes-version", "1.29")
    (told,) = [each for each in ran.json["diagnostics"] if each["code"] == "render-template"]
    assert "kubeVersion" in told["summary"]
    assert [each["status"] for each in ran.json["coverage"] if each["unit"] == "chart"] == ["partial"]


@needs_helm
def test_the_namespace_of_a_release_is_open(tmp_path):
    """`{{ .Release.Namespace }}` is `default` for helm alone: a chart that uses it is in no namespace yet."""
    pod = CHART["chart/templates/web.yaml"].replace(
        "metadata:\n", "metadata:\n  namespace: {{ .Release.Namespace }}\n", 1
    )
    tree = write(tmp_path, {**CHART, "chart/templates/web.yaml": pod})

    verdicts = [e["verdict"] for e in scan(tree).json["findings"] if e["rule"] == "hygiene/namespace-default"]
    assert verdicts == ["unknown"]


@needs_helm
def test_a_chart_without_its_dependencies_is_judged_in_part(tmp_path):
    about = (
        CHART["chart/Chart.yaml"]
        + "dependencies:\n  - {name: redis, version: 1.0.0, repository: 'https://x.test'}\n"
    )
    ran = scan(write(tmp_path, {**CHART, "chart/Chart.yaml": about}))

    assert "render-partial" in ran.codes
    assert any(each["unit"] == "chart" and each["status"] == "partial" for each in ran.json["coverage"])
    assert any(each["node"].startswith("k8s:chart#") for each in ran.json["findings"])


def test_without_helm_a_chart_is_a_warning_and_no_clean_result(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = scan(write(tmp_path, CHART))

    (told,) = [each for each in ran.json["diagnostics"] if each["code"] == "render-template"]
    assert "helm is not installed" in told["summary"]
    assert "install helm" in told["remedy"]
    assert ran.code == 3  # nothing was judged, so that no finding means nothing
    assert "render-nothing" in ran.codes


def test_a_program_of_the_scanned_tree_is_never_run(tmp_path, monkeypatch):
    write(tmp_path, {**CHART, "bin/helm": f"#!/bin/sh\ntouch {tmp_path}/ran\n"})
    (tmp_path / "bin" / "helm").chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin")
    scan(tmp_path)

    assert not (tmp_path / "ran").exists()


@needs_kustomize
def test_overlays_are_judged_at_the_base_and_at_the_patch(tmp_path):
    ran = scan(write(tmp_path, BASE))

    assert places(ran, "zero-trust/privileged-container") == [
        ("overlays/prod/patch.yaml", 11, "k8s:base@overlays/prod#apps/Deployment//web/container:web")
    ]
    (unset,) = [each for each in ran.json["findings"] if each["rule"] == "least-privilege/seccomp-unset"]
    assert (unset["location"]["path"], unset["location"]["line"]) == ("base/web.yaml", 11)
    assert len(unset["instances"]) == 2  # both overlays, and the base not a third time


@needs_kustomize
def test_bases_elsewhere_are_not_fetched(tmp_path):
    files = {
        **BASE,
        "overlays/dev/kustomization.yaml": "resources:\n  - ../../base\n  - https://example.test/base?ref=v1\n",
    }
    ran = scan(write(tmp_path, files))

    (told,) = [each for each in ran.json["diagnostics"] if each["code"] == "render-partial"]
    assert "https://example.test/base?ref=v1" in told["summary"]
    assert any(each["node"].startswith("k8s:base@overlays/dev#") for each in ran.json["findings"])


@needs_kustomize
def test_an_overlay_that_cannot_be_built_leaves_its_files_to_be_judged(tmp_path):
    files = {
        **BASE,
        "overlays/prod/patch.yaml": BASE["overlays/prod/patch.yaml"].replace("name: web\nspec", "name: x\nspec"),
    }
    del files["overlays/dev/kustomization.yaml"]
    ran = scan(write(tmp_path, files))

    assert "render-overlay" in ran.codes
    assert any(each["location"]["path"] == "base/web.yaml" for each in ran.json["findings"])


@needs_kustomize
def test_what_an_overlay_that_cannot_be_built_builds_on_is_built_by_itself(tmp_path):
    """Kustomize, "bases and overlays": a base is a kustomization of its own, whatever builds on it."""
    files = {
        "all/kustomization.yaml": "resources: [../overlays/prod, ../overlays/broken]\n",
        "overlays/broken/kustomization.yaml": """resources: [../../base, https://example.com/base]
patches: [{path: x.yaml}]
""",
        "overlays/broken/x.yaml": BASE["overlays/prod/patch.yaml"].replace("name: web\nspec", "name: x\nspec"),
        "overlays/prod/kustomization.yaml": "resources: [pod.yaml]\npatches: [{path: calm.yaml}]\n",
        "overlays/prod/pod.yaml": """apiVersion: v1
kind: Pod
metadata: {name: shell}
spec:
  containers: [{name: shell, image: "registry.example.com/shell:1.0", securityContext: {privileged: true}}]
""",
        "overlays/prod/calm.yaml": """apiVersion: v1
kind: Pod
metadata: {name: shell}
spec:
  containers: [{name: shell, securityContext: {privileged: false}}]
""",
        "base/kustomization.yaml": BASE["base/kustomization.yaml"],
        "base/web.yaml": BASE["base/web.yaml"].replace(
            "      containers", "      hostNetwork: true\n      containers"
        ),
    }
    ran = scan(write(tmp_path, files))

    assert (
        places(ran, "zero-trust/privileged-container") == []
    )  # what stands there before the patch is not deployed
    assert [place[:2] for place in places(ran, "zero-trust/host-namespace")] == [("base/web.yaml", 10)]
    (told,) = [each for each in ran.json["diagnostics"] if each["code"] == "render-overlay"]
    assert told["location"]["path"] == "all/kustomization.yaml"


@needs_kustomize
def test_what_lies_outside_the_tree_is_not_read(tmp_path):
    write(tmp_path, {"secret.yaml": DEPLOYMENT.replace("web", "secret")})
    tree = write(
        tmp_path / "tree",
        {"kustomization.yaml": "resources: [../secret.yaml, web.yaml]\n", "web.yaml": DEPLOYMENT},
    )
    ran = scan(tree)

    assert not any("secret" in each["node"] for each in ran.json["findings"])


@needs_kustomize
def test_a_named_directory_is_judged_without_overlays_elsewhere(tmp_path):
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: lab}\n"
    pod += "spec: {hostNetwork: true, containers: [{name: c, image: c:1}]}\n"
    files = {
        **BASE,
        "test/kustomization.yaml": "resources: [../overlays/dev, pod.yaml]\n",
        "test/pod.yaml": pod,
    }
    write(tmp_path, files)

    assert len(places(scan(tmp_path), "zero-trust/host-namespace")) == 1
    told = scan(tmp_path / "overlays", "--root", tmp_path)
    assert places(told, "zero-trust/host-namespace") == []
    assert [line for _, line, _ in places(told, "zero-trust/privileged-container")] == [11]
    # a directory with patches only is judged as a part of what applies them
    patches = {
        "prod/kustomization.yaml": files["overlays/prod/kustomization.yaml"]
        .replace("../../", "../")
        .replace("patch.yaml", "patches/patch.yaml"),
        "prod/patches/patch.yaml": files["overlays/prod/patch.yaml"],
    }
    write(tmp_path, patches)
    told = scan(tmp_path / "prod/patches", "--root", tmp_path)
    assert [path for path, _, _ in places(told, "zero-trust/privileged-container")] == ["prod/patches/patch.yaml"]


@needs_kustomize
def test_a_named_patch_selects_its_overlay(tmp_path):
    write(tmp_path, BASE)
    ran = scan(tmp_path / "overlays/prod/patch.yaml", "--root", tmp_path)

    assert [path for path, _, _ in places(ran, "zero-trust/privileged-container")] == ["overlays/prod/patch.yaml"]


def test_nothing_is_run_where_that_was_asked(tmp_path):
    ran = scan(write(tmp_path, {**CHART, **BASE}), "--no-render")

    assert "render-template" in ran.codes
    assert not any("@" in each["node"] for each in ran.json["findings"])
    assert run("scan", tmp_path, "--no-render").code in (0, 1)


@needs_kustomize
def test_a_review_draws_what_a_scan_finds(tmp_path):
    root = write(tmp_path, BASE)

    found = {each["fingerprint"] for each in scan(root).json["findings"] if each["verdict"] == "fail"}
    drawn = json.loads(run("rules", "review", "--sample", "99", "--format", "json", root).out)

    assert found
    assert {each["fingerprint"] for each in drawn} == found


@needs_kustomize
@pytest.mark.parametrize(
    ("patches", "expected"),
    [
        (
            """
  - target: {kind: Job}
    patch: |-
      - {op: remove, path: /spec/template/spec/containers/0/securityContext}
  - target: {kind: Deployment, name: we.*}
    patch: |-
      - op: remove
        path: /spec/template/spec/containers/0/securityContext
""",
            ("dev/kustomization.yaml", 9),
        ),
        ("\n  - {target: {name: web}, path: patch.yaml}\n", ("dev/patch.yaml", 2)),
    ],
)
def test_what_an_operation_removed_is_shown_at_the_operation(tmp_path, patches, expected):
    """RFC 6902, "remove": who wants the setting back takes this line away, or the one of its file."""
    files = {
        **BASE,
        "base/web.yaml": f"{DEPLOYMENT}          securityContext:\n            allowPrivilegeEscalation: false\n",
        "dev/kustomization.yaml": f"resources: [../base]\npatches:{patches}",
        "dev/patch.yaml": "- op: remove\n  path: /spec/template/spec/containers/0/securityContext\n",
    }
    root = write(tmp_path, files)
    told = scan(root / "dev", "--root", root)

    for rule in ("container-escalation-allowed", "seccomp-unset"):
        assert [(path, line) for path, line, _ in places(told, f"least-privilege/{rule}")] == [expected]


@needs_helm
def test_a_chart_that_deploys_nothing_is_no_fault(tmp_path):
    write(tmp_path, {"chart/Chart.yaml": CHART["chart/Chart.yaml"], "chart/templates/NOTES.txt": "hello\n"})

    assert scan(tmp_path).code == 0


@needs_kustomize
def test_an_overlay_written_out_is_judged_once(tmp_path):
    write(tmp_path, {**BASE, "install.yaml": DEPLOYMENT.replace("name: web\nspec", "name: dev-web\nspec", 1)})
    told = scan(tmp_path)

    assert not [each for each in told.json["findings"] if each["location"]["path"] == "install.yaml"]
    assert "render-repeated" in told.codes
    # what the user names is judged, and so is a file of which one object differs
    named = scan(tmp_path / "install.yaml")
    assert [each for each in named.json["findings"] if each["location"]["path"] == "install.yaml"]
    write(tmp_path, {"install.yaml": DEPLOYMENT.replace("web:1.0", "web:2.0")})
    other = scan(tmp_path)
    assert [each for each in other.json["findings"] if each["location"]["path"] == "install.yaml"]


@needs_kustomize
def test_a_key_with_dots_is_shown_at_its_own_line_of_the_base(tmp_path):
    settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  level: x\n  db.password: hunter2\n"
    write(
        tmp_path,
        {
            "base/kustomization.yaml": "resources: [c.yaml]\n",
            "base/c.yaml": settings,
            "over/kustomization.yaml": "resources: [../base]\nnamespace: shop\n",
        },
    )
    found = places(scan(tmp_path), "zero-trust/literal-credential")
    assert [(path, line) for path, line, _ in found] == [("base/c.yaml", 6)]


@needs_kustomize
def test_what_a_base_generates_is_one_finding_at_its_own_entry(tmp_path):
    # kubeflow/manifests, oauth2-proxy: two overlays over one component that generates a Secret
    generator = (
        "secretGenerator:\n  - name: other\n    literals: [a=b]\n"
        "  - name: proxy\n    literals:\n      - level=info\n      - client-secret=hunter2\n"
    )
    write(
        tmp_path,
        {
            "base/kustomization.yaml": generator,
            "one/kustomization.yaml": "resources: [../base]\nnamespace: one\n",
            "two/kustomization.yaml": "resources: [../base]\nnamespace: two\n",
        },
    )
    found = places(scan(tmp_path), "zero-trust/literal-credential")
    assert [(path, line) for path, line, _ in found if line == 7] == [("base/kustomization.yaml", 7)]


def test_what_a_program_says_is_told_without_its_time_and_process() -> None:
    """klog's header, as kustomize v5.6 writes it when it fails: the same input gives the same diagnostics."""
    from scanner.sources.kubernetes.rendering import _sentence

    told = 'E1122 23:29:49.102725   26579 run.go:72] "command failed" err="no matches for \\"Deployment\\""\n'
    assert _sentence(told, Path("/copy")) == 'no matches for "Deployment"'
    assert _sentence("Error: accumulating /copy/base: W is no header\n", Path("/copy")) == (
        "accumulating base: W is no header"
    )


@needs_kustomize
def test_a_generated_secret_is_shown_at_the_line_of_its_settings(tmp_path):
    files = {
        "app/kustomization.yaml": "secretGenerator:\n  - name: db\n    envs: [db.env]\n",
        "app/db.env": "HOST=db\nPOSTGRES_PASSWORD=hunter2\n",
    }
    found = places(scan(write(tmp_path, files)), "zero-trust/literal-credential")
    assert [(path, line) for path, line, _ in found] == [("app/db.env", 2)]


@needs_kustomize
def test_what_a_json_patch_says_is_shown_in_the_patch(tmp_path):
    # kubeflow/manifests, katib-standalone-postgres: the base takes the password from a Secret
    environment = (
        "          env:\n            - name: DB_PASSWORD\n              valueFrom:\n"
        "                secretKeyRef: {name: db, key: password}\n"
    )
    operations = (
        "- op: replace\n  path: /spec/template/spec/containers/0/env\n  value:\n"
        "    - name: DB_PASSWORD\n      value: hunter2katib\n"
    )
    patches = "patches:\n  - path: env.yaml\n    target: {kind: Deployment, name: web}\n"
    files = {
        "base/kustomization.yaml": "resources: [web.yaml]\n",
        "base/web.yaml": DEPLOYMENT + environment,
        "over/kustomization.yaml": "resources: [../base]\n" + patches,
        "over/env.yaml": operations,
    }
    found = places(scan(write(tmp_path, files)), "zero-trust/literal-credential")
    assert [(path, line) for path, line, _ in found] == [("over/env.yaml", 5)]


ACCOUNT = "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: {name}\n  namespace: {namespace}\n"
BINDING = """apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {name}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}}
subjects:
  - {{kind: ServiceAccount, name: {name}, namespace: {namespace}}}
"""


@needs_helm
def test_a_chart_written_out_with_other_settings_is_told_at_the_chart(tmp_path):
    named = {"name": "{{ .Release.Name }}-web", "namespace": "{{ .Release.Namespace }}"}
    chart = {
        **CHART,
        "chart/templates/account.yaml": ACCOUNT.format(**named),
        "chart/templates/binding.yaml": BINDING.format(**named),
    }
    own = {"name": "web", "namespace": "shop"}
    written = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec:\n  containers:\n"
        "    - name: web\n      image: registry.example.com/web:2.0\n      securityContext: {privileged: true}\n"
    )
    install = "---\n".join((ACCOUNT.format(**own), BINDING.format(**own), written))
    root = write(tmp_path, {**chart, "deploy/install.yaml": install})
    findings = scan(root).json["findings"]
    admin = [each for each in findings if each["rule"] == "least-privilege/cluster-admin-bound"]
    privileged = [each for each in findings if each["rule"] == "zero-trust/privileged-container"]

    # the chart says it: told once, there, of both
    assert [each["location"]["path"] for each in admin] == ["chart/templates/binding.yaml"]
    assert len(admin[0]["instances"]) == 2
    # what only the file says is told of the file
    assert [(each["location"]["path"], each["location"]["line"]) for each in privileged] == [
        ("deploy/install.yaml", 22)
    ]

    # a file that shares two names with a chart is no rendering of it
    write(tmp_path, {"deploy/install.yaml": "---\n".join((BINDING.format(**own), written))})
    places = {each["location"]["path"] for each in scan(root).json["findings"]}
    assert {"chart/templates/binding.yaml", "deploy/install.yaml"} <= places


@needs_helm
@needs_kustomize
def test_an_overlay_of_a_chart_written_out_is_told_at_the_chart(tmp_path):
    named = {"name": "{{ .Release.Name }}-web", "namespace": "{{ .Release.Namespace }}"}
    own = {"name": "web", "namespace": "shop"}
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers: [{name: web, image: web:1}]\n"
    install = "---\n".join((ACCOUNT.format(**own), BINDING.format(**own), pod))
    root = write(
        tmp_path,
        {
            **CHART,
            "chart/templates/account.yaml": ACCOUNT.format(**named),
            "chart/templates/binding.yaml": BINDING.format(**named),
            "deploy/one/kustomization.yaml": "resources: [deploy.yaml]\n",
            "deploy/one/deploy.yaml": install,
            "deploy/two/kustomization.yaml": "resources: [deploy.yaml]\nnamePrefix: ''\n",
            "deploy/two/deploy.yaml": install,
        },
    )
    findings = scan(root).json["findings"]
    admin = [each for each in findings if each["rule"] == "least-privilege/cluster-admin-bound"]

    assert [each["location"]["path"] for each in admin] == ["chart/templates/binding.yaml"]
    assert len(admin[0]["instances"]) == 3


@needs_helm
@needs_kustomize
def test_manifests_that_a_chart_was_made_after_are_told_where_they_stand(tmp_path):
    named = {"name": "{{ .Release.Name }}-web", "namespace": "{{ .Release.Namespace }}"}
    own = {"name": "web", "namespace": "shop"}
    root = write(
        tmp_path,
        {
            **CHART,
            "chart/templates/account.yaml": ACCOUNT.format(**named),
            "chart/templates/binding.yaml": BINDING.format(**named),
            "deploy/kustomization.yaml": "resources: [account.yaml, binding.yaml, pod.yaml]\n",
            "deploy/account.yaml": ACCOUNT.format(**own),
            "deploy/binding.yaml": BINDING.format(**own),
            "deploy/pod.yaml": CHART["chart/templates/web.yaml"].partition("metadata")[0].partition("\n")[2]
            + "metadata: {name: web}\nspec:\n  containers: [{name: web, image: web:1}]\n",
        },
    )
    told = places(scan(root), "least-privilege/cluster-admin-bound")

    assert [path for path, _, _ in told] == ["chart/templates/binding.yaml", "deploy/binding.yaml"]


@needs_helm
def test_what_only_the_written_out_copy_has_is_told_where_it_stands(tmp_path):
    named = {"name": "{{ .Release.Name }}-web", "namespace": "{{ .Release.Namespace }}"}
    own = {"name": "web", "namespace": "shop"}
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {hostPID: true}\n"
    chart_pod = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: {{ .Release.Name }}-web}\nspec:\n"
        "  containers: [{name: web, image: web:1}]\n"
    )
    written = "---\n".join((ACCOUNT.format(**own), BINDING.format(**own), pod))
    root = write(
        tmp_path,
        {
            **CHART,
            "chart/templates/account.yaml": ACCOUNT.format(**named),
            "chart/templates/binding.yaml": BINDING.format(**named),
            "chart/templates/web.yaml": chart_pod,
            "deploy/one.yaml": written,
            "deploy/two.yaml": written,
        },
    )
    findings = scan(root, "--select", "zero-trust/host-namespace").json["findings"]

    assert [(each["location"]["path"], len(each["instances"])) for each in findings] == [
        ("deploy/one.yaml", 1),
        ("deploy/two.yaml", 1),
    ]


@needs_kustomize
def test_a_text_that_lines_only_mention_is_shown_where_a_key_is_given_it(tmp_path):
    files = {
        **BASE,
        "over/kustomization.yaml": (
            "resources: [../base]\npatches:\n  - path: env.yaml\n    target: {kind: Deployment, name: web}\n"
        ),
        "over/env.yaml": (
            "# not hunter2-Secret-2\n- op: add\n  path: /spec/template/spec/containers/0/env\n  value:\n"
            "    - name: NOTE # token: hunter2-Secret\n      value: see hunter2-Secret\n"
            "    - name: DB_PASSWORD\n      value: hunter2-Secret\n"
        ),
    }
    found = places(scan(write(tmp_path, files)), "zero-trust/literal-credential")
    assert [(path, line) for path, line, _ in found if path == "over/env.yaml"] == [("over/env.yaml", 8)]


@needs_helm
def test_what_a_helper_writes_is_told_in_the_helper(tmp_path):
    """As in the chart of aws-ebs-csi-driver: the template only includes what a helper defines."""
    helper = """{{- define "node" }}
apiVersion: v1
kind: Pod
metadata:
  name: {{ .name }}
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.0
      securityContext:
        privileged: true
{{- end }}
"""
    named = '{{- include "node" (dict "name" "node") }}\n'
    write(tmp_path, {**CHART, "chart/templates/web.yaml": named, "chart/templates/_node.tpl": helper})
    rule = "zero-trust/privileged-container"
    ((path, line, _),) = places(scan(tmp_path / "chart", "--root", tmp_path), rule)
    assert (path, line) == ("chart/templates/_node.tpl", 11)


@needs_helm
def test_a_credential_that_templates_take_from_one_value_is_told_once(tmp_path):
    pod = """apiVersion: v1
kind: Pod
metadata: {{name: {name}}}
spec:
  containers:
    - name: web
      image: registry.example.com/web:1.0
      env:
        - name: DATABASE_PASSWORD
          value: {{{{ {taken} | quote }}}}
"""
    chart = {
        "chart/Chart.yaml": CHART["chart/Chart.yaml"],
        "chart/values.yaml": "database:\n  password: hG7kPz2vQw9x\ncache: {password: mN4rTy8sLb3c}\n",
        "chart/templates/_helpers.tpl": '{{ define "shop.password" }}{{ .Values.cache.password }}{{ end }}\n',
        "chart/templates/one.yaml": pod.format(name="one", taken=".Values.database.password"),
        "chart/templates/two.yaml": pod.format(name="two", taken=".Values.database.password"),
        "chart/templates/three.yaml": pod.format(name="three", taken='include "shop.password" .'),
        "chart/templates/four.yaml": pod.format(name="four", taken='include "shop.password" .'),
    }
    findings = scan(write(tmp_path, chart), "--select", "zero-trust/literal-credential").json["findings"]

    assert [(each["location"]["path"], len(each["instances"])) for each in findings] == [
        ("chart/templates/four.yaml", 2),
        ("chart/values.yaml", 2),  # where it is written
    ]
    assert findings[1]["location"]["line"] == 2


def test_several_renderings_of_one_chart_are_told_at_the_first(tmp_path):
    """What `helm template` prints says which template gave each object; labels say what the release is called."""
    written = """---
# Source: shop/templates/account.yaml
apiVersion: v1
kind: ServiceAccount
metadata: {name: RELEASE-web, labels: {app.kubernetes.io/instance: RELEASE}}
---
# Source: shop/templates/settings.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: RELEASE-settings}
data: {colour: COLOUR}
---
# Source: shop/templates/web.yaml
apiVersion: v1
kind: Pod
metadata: {name: RELEASE-web}
spec:
  containers:
    - name: web
      image: registry.example.com/web:COLOUR
      securityContext: {privileged: true}
"""
    files = {
        f"tests/expected/{name}.yaml": written.replace("RELEASE", name).replace("COLOUR", colour)
        for name, colour in (("one", "red"), ("two", "green"), ("three", "blue"))
    }
    findings = scan(write(tmp_path, files), "--select", "zero-trust/privileged-container").json["findings"]

    assert [(each["location"]["path"], len(each["instances"])) for each in findings] == [
        ("tests/expected/one.yaml", 3)
    ]
    # one alone is what it is
    alone = scan(write(tmp_path / "alone", {"web.yaml": written}), "--select", "zero-trust/privileged-container")
    assert [each["node"] for each in alone.json["findings"]] == ["k8s:.#/Pod//RELEASE-web/container:web"]


def test_a_rendering_that_is_kept_in_parts_is_one(tmp_path):
    """Charts keep what their examples give in a folder of files, one for each template."""
    parts = {
        "account": "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: RELEASE-web}\n",
        "settings": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: RELEASE-settings}\n",
        "web": "apiVersion: v1\nkind: Pod\nmetadata: {name: RELEASE-web, labels: {release: RELEASE}}\nspec:\n"
        "  containers:\n    - name: web\n      image: web:1\n      securityContext: {privileged: true}\n",
    }
    files = {
        f"examples/{name}/rendered/{part}.yaml": f"---\n# Source: shop/templates/{part}.yaml\n"
        + text.replace("RELEASE", f"my-{name}")
        for name in ("one", "two")
        for part, text in parts.items()
    }
    findings = scan(write(tmp_path, files), "--select", "zero-trust/privileged-container").json["findings"]

    assert [(each["location"]["path"], len(each["instances"])) for each in findings] == [
        ("examples/one/rendered/web.yaml", 2)
    ]


@needs_kustomize
def test_a_container_that_a_patch_adds_is_shown_at_the_patch(tmp_path):
    patch = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
        - name: helper
          image: registry.example.com/helper:1.0
"""
    added = "- op: add\n  path: /spec/template/spec/containers/-\n  value:\n    name: sidecar\n    image: web:1\n"
    overlay = (
        "resources: [../base]\npatches:\n  - path: patch.yaml\n"
        "  - path: add.yaml\n    target: {kind: Deployment}\n"
    )
    root = write(
        tmp_path,
        {
            "base/kustomization.yaml": "resources: [web.yaml]\n",
            "base/web.yaml": DEPLOYMENT,
            "dev/kustomization.yaml": overlay,
            "dev/patch.yaml": patch,
            "dev/add.yaml": added,
        },
    )

    found = places(scan(root, "--fail-on", "never"), "least-privilege/container-escalation-allowed")

    assert sorted((path, line) for path, line, _ in found) == [
        ("base/web.yaml", 11),
        ("dev/add.yaml", 4),
        ("dev/patch.yaml", 9),
    ]
