"""Velero that a Helm release installs: what the values say decides, wherever they are written.

Sources: chart vmware-tanzu/velero, values.yaml and templates (schedule.yaml, backupstoragelocation.yaml,
volumesnapshotlocation.yaml: `disabled`, `backupsEnabled`, `snapshotsEnabled`, `deployNodeAgent` false by default);
Velero documentation, "File System Backup" (needs the node agent), "Resource filtering"; helm_release (`set` lies
over `values`); Flux, "Values references"; Argo CD, "Helm" (valuesObject over values, parameters over both).
"""

from __future__ import annotations

import textwrap

import pytest

from tests.analysis.copies.built import answered, config_of, letters_of
from tests.analysis.copies.test_clusters import claim
from tests.analysis.copies.test_scenarios import ORDER, WORDS

SITE = config_of(site="eu-central-1")
VALUES = """\
deployNodeAgent: true
configuration:
  backupStorageLocation:
    - {name: default, provider: aws, bucket: b, config: {region: eu-west-1}}
schedules:
  daily:
    schedule: "0 3 * * *"
    template: {ttl: 840h, defaultVolumesToFsBackup: true}
"""
SAVED = "FPP PP"  # the data and one copy off site; in the order copies, media, off site, fresh, kept
BARE = "FFF FF"


def told(letters: dict[str, str]) -> str:
    """The 3-2-1 with fresh and kept, as signs."""
    signs = {word: sign for sign, word in WORDS.items()}
    found = [signs[letters[name]] for name in ORDER]
    return "".join(found[:3]) + " " + "".join(found[3:5])


def flux(values: str, more: str = "", chart: str = "velero") -> str:
    held = textwrap.indent(values, "    ")
    return f"""
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: velero, namespace: velero}}
spec:
  chart: {{spec: {{chart: {chart}, sourceRef: {{kind: HelmRepository, name: vmware-tanzu}}}}}}
  {more}
  values:
{held}
---
"""


def argo(helm: str) -> str:
    return f"""
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: velero, namespace: argocd}}
spec:
  destination: {{namespace: velero}}
  source:
    repoURL: https://vmware-tanzu.github.io/helm-charts
    chart: velero
    targetRevision: 8.4.0
    helm:
{textwrap.indent(helm, "      ")}
---
"""


def config_map(values: str) -> str:
    held = textwrap.indent(values, "    ")
    return f"""
apiVersion: v1
kind: ConfigMap
metadata: {{name: velero-values, namespace: velero}}
data:
  values.yaml: |
{held}
---
"""


FROM = "valuesFrom: [{kind: ConfigMap, name: velero-values}]"

CASES = {
    "a Flux release with values": (flux(VALUES), SAVED),
    "another chart of Flux": (flux(VALUES, chart="redis"), BARE),
    "values in a ConfigMap": (config_map(VALUES) + flux("{}", FROM), SAVED),
    "values over those in a ConfigMap": (
        config_map(VALUES) + flux("schedules: {daily: {template: {ttl: 24h}}}", FROM),
        "FPP PF",
    ),
    "a schedule that is taken away": (config_map(VALUES) + flux("schedules: {daily: null}", FROM), BARE),
    "a schedule that is disabled": (flux(VALUES + "    disabled: true\n"), BARE),
    "a schedule that is paused": (flux(VALUES + "    paused: true\n"), BARE),
    "no node agent": (flux(VALUES.replace("deployNodeAgent: true\n", "")), BARE),
    "a flag of the server for all schedules": (
        flux(VALUES.replace(", defaultVolumesToFsBackup: true", "").replace(
            "configuration:\n", "configuration:\n  defaultVolumesToFsBackup: true\n")),
        SAVED,
    ),
    "claims left out by the filters of a newer Velero": (
        flux(VALUES.replace(
            "ttl: 840h,", "ttl: 840h, excludedNamespaceScopedResources: [persistentvolumeclaims],")),
        BARE,
    ),
    "values in a Secret": (flux("{}", "valuesFrom: [{kind: Secret, name: v}]"), "UUU UU"),
    "values in a Secret that may be absent": (
        flux(VALUES, "valuesFrom: [{kind: Secret, name: v, optional: true}]"), SAVED,
    ),
    "Argo CD with values": (argo("values: |\n" + textwrap.indent(VALUES, "  ")), SAVED),
    "Argo CD with an object": (argo("valuesObject:\n" + textwrap.indent(VALUES, "  ")), SAVED),
    "a parameter over the values": (
        argo("parameters: [{name: schedules.daily.paused, value: 'true'}]\n"
             "valuesObject:\n" + textwrap.indent(VALUES, "  ")),
        BARE,
    ),
    "value files beside the chart": (argo("valueFiles: [prod.yaml]"), "UUU UU"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_release_in_the_cluster(name: str) -> None:
    manifests, expected = CASES[name]

    found = letters_of({"all.yaml": claim() + manifests}, SITE)

    assert told(found["/PersistentVolumeClaim/shop/x"]) == expected


# Terraform

CLAIM = """
resource "kubernetes_persistent_volume_claim_v1" "x" {
  metadata {
    name      = "x"
    namespace = "shop"
  }
  spec {
    access_modes = ["ReadWriteOnce"]
    resources {
      requests = { storage = "1Gi" }
    }
  }
}
"""
BUCKET = """
provider "aws" {
  region = "eu-west-1"
}
resource "aws_s3_bucket" "b" {}
"""


def release(body: str) -> str:
    return CLAIM + f'resource "helm_release" "velero" {{\n name = "velero"\n chart = "velero"\n{body}\n}}\n'


ENCODED = """values = [yamlencode({
  deployNodeAgent = true
  configuration   = { backupStorageLocation = [{ bucket = aws_s3_bucket.b.id, provider = "aws" }] }
  schedules = {
    daily = { schedule = "0 3 * * *", template = { ttl = "840h", defaultVolumesToFsBackup = true } }
  }
})]"""
HEREDOC = f"values = [<<-Y\n{VALUES.replace('bucket: b', 'bucket: ${aws_s3_bucket.b.id}')}\nY\n]"
MANIFEST = """
resource "kubernetes_manifest" "schedule" {
  manifest = {
    apiVersion = "k8up.io/v1"
    kind       = "Schedule"
    metadata   = { name = "s", namespace = "shop" }
    spec = {
      backend = { s3 = { bucket = "b", endpoint = "https://s3.example.com" } }
      backup  = { schedule = "@daily" }
    }
  }
}
"""

TERRAFORM = {
    "values as text": (release(f"values = [<<-Y\n{VALUES}\nY\n]"), SAVED),
    "text with a bucket's id": (BUCKET + release(HEREDOC), SAVED),
    "encoded, in the bucket's own region": (BUCKET + release(ENCODED), SAVED),
    "one value set": (
        BUCKET + release(HEREDOC + '\nset {\n name = "schedules.daily.paused"\n value = "true"\n}'), BARE,
    ),
    "values of a variable": (
        'variable "v" {}\n' + release("values = [var.v]"), "UUU UU",
    ),
    "another chart": (
        release(f"values = [<<-Y\n{VALUES}\nY\n]").replace('chart = "velero"', 'chart = "redis"'), BARE,
    ),
    "a manifest in Terraform": (CLAIM + MANIFEST, "FPU PP"),
}  # fmt: skip


@pytest.mark.parametrize("name", TERRAFORM)
def test_a_release_in_terraform(name: str) -> None:
    text, expected = TERRAFORM[name]

    found = letters_of(text, SITE)

    assert told(found["kubernetes_persistent_volume_claim_v1.x"]) == expected


def test_the_bucket_behind_a_location_is_no_store_of_its_own() -> None:
    found = answered(BUCKET + release(ENCODED), SITE)

    assert [each.name for each in found.assets] == ["kubernetes_persistent_volume_claim_v1.x"]
    assert found.aside == [("tf:.#aws_s3_bucket.b", "it is the target of a replication or backup")]
