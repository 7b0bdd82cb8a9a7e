"""Images as they are deployed: what skaffold and kustomize make of the manifests' own."""

import pytest

from scanner.model.location import SourceFile
from scanner.model.value import Cause, Unknown
from scanner.sources.kubernetes.images import Settled
from scanner.sources.kubernetes.manifests import read

SKAFFOLD = """apiVersion: skaffold/v3
kind: Config
build: {artifacts: [{image: web}, {image: example.com:5000/api}]}
profiles: [{name: dev, build: {artifacts: [{image: debug}]}}]
"""


def pod(image: str) -> str:
    spec = f"{{containers: [{{name: c, image: '{image}'}}]}}"
    return f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {spec}\n"


def kustomization(text: str, kind: str = "Kustomization") -> str:
    return f"apiVersion: kustomize.config.k8s.io/v1beta1\nkind: {kind}\n{text}\n"


def deployed(path: str, image: str, **others: str):
    """The image of one pod in a tree with other files (`/` as `__`, `.` as `_DOT_`)."""
    files = {name.replace("__", "/").replace("_DOT_", "."): text for name, text in others.items()}
    files[path] = pod(image)
    sources = {name: SourceFile(name, text.encode()) for name, text in files.items()}
    resources, _, _ = read(sources[path])
    Settled(sorted(sources), sources.get).settle(resources)
    return resources[0].attributes["spec"]["containers"][0]["image"]


@pytest.mark.parametrize("image", ["web", "web:latest", "example.com:5000/api", "debug"])
def test_what_skaffold_builds_has_a_tag_that_is_not_known(image):
    found = deployed("deploy/web.yaml", image, skaffold_DOT_yaml=SKAFFOLD)
    assert isinstance(found, Unknown)
    assert (found.cause, found.reason) == (Cause.OUTSIDE_SCAN, "skaffold tags this image when it builds it")


@pytest.mark.parametrize("image", ["web:1.2", "nginx", "example.com/web", "api"])
def test_other_images_stay(image):
    assert deployed("deploy/web.yaml", image, skaffold_DOT_yaml=SKAFFOLD) == image


def test_what_tilt_builds_has_a_tag_that_is_not_known():
    """Tilt, "docker_build": the ref; a name with a tag is in a registry, too, and others deploy it from there."""
    text = """docker_build_with_restart(
    'example.com/api:latest',
    context='.',
)
docker_build("ui", context='ui')
"""
    found = deployed("deploy/web.yaml", "ui", Tiltfile=text)
    assert isinstance(found, Unknown)
    assert found.reason == "Tilt tags this image when it builds it"
    assert deployed("deploy/web.yaml", "example.com/api:latest", Tiltfile=text) == "example.com/api:latest"
    assert deployed("deploy/web.yaml", "web", Tiltfile=text) == "web"


def test_skaffold_speaks_of_its_own_folder():
    assert deployed("b/web.yaml", "web", a__skaffold_DOT_yaml=SKAFFOLD) == "web"


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("newTag: v2", "web:v2"),
        ("newTag: 1.5", "web:1.5"),
        ("digest: sha256:ab", "web@sha256:ab"),
        ("newName: example.com/web", "example.com/web"),
        ("newName: example.com/web, newTag: v2", "example.com/web:v2"),
        ("newTag: latest", "web:latest"),
    ],
)
def test_a_kustomization_names_the_image(entry, expected):
    text = kustomization(f"resources: [web.yaml]\nimages: [{{name: web, {entry}}}]")
    assert deployed("k/web.yaml", "web", k__kustomization_DOT_yaml=text) == expected


def test_it_speaks_of_what_it_lists_only():
    text = kustomization("resources: [other.yaml]\nimages: [{name: web, newTag: v2}]")
    assert deployed("web.yaml", "web", kustomization_DOT_yaml=text) == "web"


def test_overlays_and_components_follow_the_base():
    base = kustomization("resources: [web.yaml]\nimages: [{name: web, newName: example.com/web}]")
    tag = kustomization("images: [{name: example.com/web, newTag: v3}]", "Component")
    over = kustomization("resources: [../base]\ncomponents: [../tag]")
    found = deployed(
        "base/web.yaml",
        "web",
        base__kustomization_DOT_yaml=base,
        tag__kustomization_DOT_yaml=tag,
        prod__kustomization_DOT_yaml=over,
    )
    assert found == "example.com/web:v3"


def test_of_several_overlays_the_one_that_fixes_nothing_counts():
    base = kustomization("resources: [web.yaml]")
    prod = kustomization("resources: [../base]\nimages: [{name: web, newTag: v3}]")
    dev = kustomization("resources: [../base]")
    found = {"base__kustomization_DOT_yaml": base, "prod__kustomization_DOT_yml": prod}
    assert deployed("base/web.yaml", "web", **found) == "web:v3"
    assert deployed("base/web.yaml", "web", **found, dev__Kustomization=dev) == "web"


def test_overlays_in_a_circle_end():
    one = kustomization("resources: [../b, web.yaml]\nimages: [{name: web, newTag: v1}]")
    two = kustomization("resources: [../a]")
    circle = {"a__kustomization_DOT_yaml": one, "b__kustomization_DOT_yaml": two}
    assert deployed("a/web.yaml", "web", **circle, kustomization_DOT_yaml="}{") == "web"  # nothing applies them
    over = kustomization("resources: [a]")
    assert deployed("a/web.yaml", "web", **circle, kustomization_DOT_yaml=over) == "web:v1"
