"""Repositories that install themselves, by Argo CD or Flux."""

from __future__ import annotations

from pathlib import Path

from tests.cli.running import scan, write

APPLICATION = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: {name}, namespace: argocd}}
spec:
  source: {{repoURL: {url}, path: {path}, targetRevision: main}}
"""
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: c, image: 'a:1'}]}\n"
HERE, ELSEWHERE = "https://git.example.org/us/cluster.git", "https://git.example.org/them/charts.git"


def unpinned(folder: Path) -> list[str]:
    ran = scan(folder, "--select", "hygiene/module-unpinned", "--fail-on", "never")
    return [each["node"].rpartition("/")[2] for each in ran.json["findings"]]


def test_what_installs_directories_of_this_tree_follows_its_own_branch(tmp_path: Path) -> None:
    """Argo CD documentation, "Cluster bootstrapping": an application of applications, in the same repository."""
    applications = (
        ("web", HERE, "apps/shop/web"),
        ("gone", HERE, "apps/gone"),
        ("all", HERE, "apps"),
        ("theirs", ELSEWHERE, "deploy"),
    )
    write(tmp_path, {"apps/shop/web/pod.yaml": POD})
    write(tmp_path, {f"argo/{n}.yaml": APPLICATION.format(name=n, url=u, path=p) for n, u, p in applications})
    assert unpinned(tmp_path) == ["theirs"]


def test_the_overlays_of_this_tree_are_directories_of_it(tmp_path: Path) -> None:
    kustomized = {
        "apps/web/base/kustomization.yaml": "resources: [pod.yaml]\n",
        "apps/web/base/pod.yaml": POD,
        "apps/web/overlays/prod/kustomization.yaml": "resources: [../../base]\n",
    }
    write(tmp_path, kustomized)
    write(tmp_path, {"argo/a.yaml": APPLICATION.format(name="web", url=HERE, path="apps/web/overlays/prod")})
    assert unpinned(tmp_path) == []


def test_a_version_that_is_not_fixed_is_shown_where_it_is_written(tmp_path: Path) -> None:
    text = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: theirs, namespace: argocd}
spec:
  source:
    path: deploy
    repoURL: https://git.example.org/them/charts.git
    targetRevision: main
"""
    several = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: several, namespace: argocd}
spec:
  sources:
    - repoURL: https://charts.example.org
      chart: web
      targetRevision: 1.2.3
    - repoURL: https://git.example.org/them/charts.git
      path: deploy
      targetRevision: main
"""
    write(tmp_path, {"a.yaml": text, "b.yaml": several})
    ran = scan(tmp_path, "--select", "hygiene/module-unpinned", "--fail-on", "never")
    assert [each["location"]["line"] for each in ran.json["findings"]] == [8, 11]


def test_a_like_directory_of_another_repository_is_not_this_one(tmp_path: Path) -> None:
    text = APPLICATION.format(name="theirs", url=ELSEWHERE, path="deploy")
    write(tmp_path, {"deploy/pod.yaml": POD, "argo/a.yaml": text})
    assert unpinned(tmp_path) == ["theirs"]


def test_the_repository_that_flux_was_bootstrapped_in(tmp_path: Path) -> None:
    """Flux documentation, "flux bootstrap git": GitRepository flux-system in the namespace flux-system."""
    text = """apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: NAME, namespace: flux-system}
spec: {interval: 1m, url: "ssh://git@example.org/us/cluster", ref: {branch: main}}
"""
    write(tmp_path, {"a.yaml": text.replace("NAME", "flux-system"), "b.yaml": text.replace("NAME", "tools")})
    assert unpinned(tmp_path) == ["tools"]
