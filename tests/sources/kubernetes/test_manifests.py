"""Which documents become resources, under which names, and what is said of the others."""

from pathlib import Path

import pytest

from scanner.model.diagnostic import Level
from scanner.model.location import SourceFile
from scanner.model.value import Sensitive
from scanner.sources.kubernetes.manifests import chart_root, distinct, read

SHARED = Path(__file__).parents[4] / "shared" / "corpora"
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: c, image: i}]}\n"


def reading(text: str, path: str = "deploy/app/a.yaml"):
    return read(SourceFile(path, text.encode()))


def names(text: str, path: str = "deploy/app/a.yaml") -> list[str]:
    return [str(each.address) for each in reading(text, path)[0]]


def test_an_object_is_named_by_folder_group_kind_namespace_and_name():
    text = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\n"
        "spec: {template: {spec: {containers: [{image: i}]}}}\n---\n" + POD
    )

    assert names(text) == ["k8s:deploy/app#apps/Deployment/shop/web", "k8s:deploy/app#/Pod//a"]
    assert names(POD, "a.yaml") == ["k8s:.#/Pod//a"]


def test_a_resource_carries_type_scope_and_places():
    text = "# above\n" + POD.replace("{name: a}", "{name: a, namespace: shop}")
    ((resource,), diagnostics, ours) = reading(text)
    span, image = resource.span, resource.origins["spec.containers[0].image"]

    assert (
        resource.type,
        resource.scope.provider,
        resource.scope.account,
        resource.scope.region,
    ) == ("/Pod", "kubernetes", None, "shop")
    assert text[span.start : span.end] == "kind: Pod"
    assert text[image.start : image.end] == "image: i"
    assert text.strip() == text[resource.body.start : resource.body.end]
    assert (diagnostics, ours) == ([], True)


def test_a_job_whose_image_is_filled_in_later_is_read():
    # GoogleCloudPlatform/kubernetes-engine-samples, ai-ml: `image: ${IMAGE_URI}` in a workload without selector
    job = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\nspec: {template: {spec: {containers: "
    assert names(job + "[{name: c, image: '${IMAGE_URI}'}]}}}\n", "a.yaml") == ["k8s:.#batch/Job//a"]


def test_a_cluster_scoped_kind_has_no_namespace():
    text = "apiVersion: v1\nkind: Namespace\nmetadata: {name: a, namespace: b}\n"
    ((resource,), _, _) = reading(text)

    assert str(resource.address) == "k8s:deploy/app#/Namespace//a"
    assert resource.scope.region is None


def test_generated_names_end_in_a_star():
    assert names(POD.replace("name: a", "generateName: job-")) == ["k8s:deploy/app#/Pod//job-*"]


def test_lists_are_unfolded():
    items = "\n".join("- " + line if line.startswith("api") else "  " + line for line in POD.splitlines())
    text = f"apiVersion: v1\nkind: List\nitems:\n{items}\n{items.replace('name: a', 'name: b')}\n"
    first, second = reading(text)[0]
    span = second.origins["metadata.name"]

    assert [first.address.name, second.address.name] == ["/Pod//a", "/Pod//b"]
    assert text[span.start : span.end] == "name: b"
    assert text[second.body.start : second.body.end].startswith("apiVersion: v1\n  kind: Pod")


def test_typed_lists_name_their_items():
    item = '{"metadata": {"name": "a"}, "spec": {"containers": []}}'
    text = f'{{"apiVersion": "v1", "kind": "PodList", "items": [{item}]}}'

    assert names(text, "deploy/app/a.json") == ["k8s:deploy/app#/Pod//a"]


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\n",
        "apiVersion: v2\nname: chart\nkind: x\n",
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n",
        "apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\nname: a\n",
        "apiVersion: v1\nkind: Config\nclusters: []\n",
        "# apiVersion and kind are only spoken of\na: [\n",
        "steps: [{apiVersion: v1}]\nkind: {{ x }}\n",
    ],
)
def test_what_is_not_kubernetes_is_passed_over_in_silence(text):
    assert reading(text) == ([], [], False)


def test_a_custom_resource_is_a_resource():
    text = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a, namespace: b}\n"

    assert names(text) == ["k8s:deploy/app#kustomize.toolkit.fluxcd.io/Kustomization/b/a"]


def test_an_object_without_a_name_is_a_warning():
    _, (told,), ours = reading("apiVersion: v1\nkind: Service\nmetadata: {labels: {a: b}}\n")

    assert (told.level, told.code, ours) == (Level.WARNING, "parse-manifest", True)


def test_questions_to_the_api_have_no_names():
    """AdmissionReview and its kin are posted and never stored (Kubernetes API reference, "Review")."""
    _, diagnostics, _ = reading("apiVersion: admission.k8s.io/v1beta1\nkind: AdmissionReview\nrequest: {uid: a}\n")
    assert list(diagnostics) == []


def test_secret_values_are_masked_and_keep_their_places():
    text = (
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n  annotations:\n"
        "    kubectl.kubernetes.io/last-applied-configuration: '{}'\ndata: {k: eA==}\nstringData: {p: x}\n"
    )
    ((resource,), _, _) = reading(text)
    held = resource.attributes

    assert isinstance(held["data"]["k"], Sensitive)
    assert isinstance(held["stringData"]["p"], Sensitive)
    assert isinstance(
        held["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"], Sensitive
    )
    assert "data.k" in resource.origins


@pytest.mark.parametrize(
    "text",
    [
        POD.replace("name: a", "name: {{ .Values.name }}"),
        POD.replace("name: a", 'name: "{{ name }}"'),
        POD.replace("image: i", 'image: "{{ .Values.image }}"'),
        "{{- if .Values.on }}\n" + POD + "{{- end }}\n",
        POD + "---\n{{ include \"x\" . }}\n",
        "{% if a %}\n" + POD + "{% endif %}\n",
        "%{ if on }\n" + POD + "%{ endif ~}\n",
        POD + "---\nkind: List\napiVersion: v1\nitems:\n  %{~ for each in all ~}\n  - ${each}\n  %{~ endfor ~}\n",
        POD.replace("spec: {", "spec: {{ toYaml .spec | nindent 2 }} {"),
    ],
)  # fmt: skip
def test_an_unrendered_template_is_one_warning_with_the_remedy(text):
    resources, (told,), ours = reading(text)

    assert resources == []
    assert ours
    assert (told.level, told.code) == (Level.WARNING, "render-template")
    assert "helm template" in told.remedy
    assert text[told.span.start :].startswith(("{{", "{%", "%{"))


@pytest.mark.parametrize(
    "value",
    [
        "'{{ $labels.instance }} is down'",
        "'{{workflow.parameters.image}}'",
        "|\n    {{ range .Alerts }}{{ .Labels }}{{ end }}\n",
        "'{{ template \"slack.title\" . }}'",
        "x # {{ .Values.not }}",
    ],
)
def test_braces_inside_values_are_sound_yaml(value):
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  x: {value}\n"
    resources, diagnostics, _ = reading(text)

    assert (len(resources), diagnostics) == (1, [])


def test_a_broken_document_costs_only_itself():
    text = POD + "---\napiVersion: v1\nkind: Service\nmetadata: [\n---\n" + POD.replace("name: a", "name: b")
    resources, diagnostics, ours = reading(text)

    assert [each.address.name for each in resources] == ["/Pod//a", "/Pod//b"]
    assert [(each.level, each.code) for each in diagnostics] == [(Level.ERROR, "parse-yaml")]
    assert ours


def test_a_fault_beside_quoted_braces_is_a_fault():
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  x: '{{ $labels.a }}'\n y: 1\n"
    _, (told,), _ = reading(text)

    assert told.code == "parse-yaml"


def test_utf16_is_named():
    _, (told,), ours = read(SourceFile("a.yaml", POD.encode("utf-16")))

    assert (told.code, ours) == ("parse-encoding", True)
    assert read(SourceFile("a.txt", "else".encode("utf-16"))) == ([], [], False)


def test_a_broken_document_that_is_not_ours_is_nobodys_business():
    text = POD + "---\nelse: [\n"

    assert reading(text)[1] == []


def test_a_workload_without_image_and_selector_is_a_patch():
    spec = "spec: {template: {spec: {containers: [{name: c}]}}}"
    text = f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: a}}\n{spec}\n"
    resources, (told,), ours = reading(text)

    assert (resources, told.code, told.level, ours) == ([], "render-patch", Level.NOTE, True)


@pytest.mark.parametrize(
    "text",
    [
        # kustomize, "patches": a directive, here one that deletes
        "$patch: delete\napiVersion: v1\nkind: Namespace\nmetadata: {name: system}\n",
        # kubebuilder's manager_image_patch.yaml: apps/v1 requires a selector, and labels that it selects
        """apiVersion: apps/v1
kind: Deployment
metadata: {name: controller-manager, namespace: system}
spec: {template: {spec: {containers: [{image: IMAGE_URL, name: manager}]}}}
""",
        # kubebuilder's webhookcainjection_patch.yaml
        """apiVersion: admissionregistration.k8s.io/v1beta1
kind: MutatingWebhookConfiguration
metadata: {name: mutating-webhook-configuration, annotations: {a: b}}
""",
    ],
)
def test_what_no_api_server_takes_is_a_patch(text):
    resources, (told,), _ = reading(text, "default/manager_image_patch.yaml")

    assert (resources, told.code) == ([], "render-patch")


def test_what_is_declared_twice_keeps_two_addresses():
    resources = [*reading(POD)[0], *reading(POD + "---\n" + POD, "deploy/app/b.yaml")[0]]

    assert [each.address.name for each in distinct(resources)] == ["/Pod//a", "/Pod//a@b.yaml", "/Pod//a@b.yaml:2"]


def test_the_chart_of_a_template_is_the_nearest_above():
    present = {"charts/a/Chart.yaml", "Chart.yaml"}

    assert chart_root("charts/a/templates/x/y.yaml", present.__contains__) == "charts/a"
    assert chart_root("templates/y.yaml", present.__contains__) == "."
    assert chart_root("other/y.yaml", set().__contains__) is None


def test_pod_security_corpus_reads_without_a_word():
    folder = SHARED / "psa"
    if not folder.is_dir():
        pytest.skip("the Pod Security corpus (../shared/corpora/psa beside the checkout) is not here")
    files = sorted(folder.rglob("*.yaml"))
    for file in files:
        resources, diagnostics, ours = read(SourceFile(file.name, file.read_bytes()))

        assert diagnostics == [], file
        assert [each.type for each in resources] == ["/Pod"], file
        assert ours
    assert files
