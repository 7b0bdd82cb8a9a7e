"""Letters of what lies in clusters: Velero, K8up, VolSync, Longhorn, Kasten, CloudNativePG, CronJobs.

Letters as in test_scenarios; the cluster stands in eu-central-1 and the world is closed, unless said otherwise.
Sources: the projects' documentation, as named in scanner/analysis/copies/clusters.py.
"""

from __future__ import annotations

import pytest

from tests.analysis.copies.built import config_of, letters_of
from tests.analysis.copies.test_scenarios import spelled

SITE = config_of(site="eu-central-1")


def claim(meta: str = "", spec: str = "") -> str:
    return f"""
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {{name: x, namespace: shop{meta}}}
spec: {{accessModes: [ReadWriteOnce]{spec}}}
---
"""


def location(spec: str = "", region: str = "eu-west-1") -> str:
    config = f", config: {{region: {region}}}" if region else ""
    return f"""
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata: {{name: default, namespace: velero}}
spec: {{provider: aws, objectStorage: {{bucket: b}}{config}{spec}}}
---
"""


def velero(template: str, schedule: str = '"0 3 * * *"', spec: str = "") -> str:
    return f"""
apiVersion: velero.io/v1
kind: Schedule
metadata: {{name: daily, namespace: velero}}
spec: {{schedule: {schedule}{spec}, template: {{ttl: 840h, {template}}}}}
---
"""


CLASS = """
apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshotClass
metadata: {name: c}
driver: ebs.csi.aws.com
deletionPolicy: Retain
---
"""
FILES = "defaultVolumesToFsBackup: true"


def job(args: str, env: str = "", image: str = "restic/restic:0.17.3", spec: str = "") -> str:
    return f"""
apiVersion: batch/v1
kind: CronJob
metadata: {{name: j, namespace: shop}}
spec:
  schedule: "@daily"
  {spec}
  jobTemplate:
    spec:
      template:
        spec:
          containers: [{{name: c, image: "{image}", args: {args}{env}}}]
          volumes: [{{name: d, persistentVolumeClaim: {{claimName: x}}}}]
---
"""


def env(value: str) -> str:
    return f', env: [{{name: RESTIC_REPOSITORY, value: "{value}"}}]'


def pod(annotations: str) -> str:
    return f"""
apiVersion: v1
kind: Pod
metadata: {{name: p, namespace: shop, annotations: {{{annotations}}}}}
spec:
  containers: [{{name: c, image: app}}]
  volumes: [{{name: data, persistentVolumeClaim: {{claimName: x}}}}]
---
"""


def postgres(spec: str, scheduled: str = "") -> str:
    backup = (
        f"""
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata: {{name: s, namespace: shop}}
spec: {{schedule: "0 0 0 * * *", cluster: {{name: x}}{scheduled}}}
---
"""
        if scheduled is not None
        else ""
    )
    return f"""
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {{name: x, namespace: shop}}
spec: {{instances: 3{spec}}}
---
{backup}"""


BARMAN = ', backup: {retentionPolicy: 60d, barmanObjectStore: {destinationPath: "s3://b/pg"%s}}'
PLUGIN = (
    ", plugins: [{name: barman-cloud.cloudnative-pg.io, isWALArchiver: true, parameters: {barmanObjectName: o}}]"
)
ARCHIVE = """
apiVersion: barmancloud.cnpg.io/v1
kind: ObjectStore
metadata: {name: o, namespace: shop}
spec: {retentionPolicy: %s, configuration: {destinationPath: "s3://b/", endpointURL: "${HOST}"}}
---
"""
VOLSYNC = """
apiVersion: volsync.backube/v1alpha1
kind: ReplicationSource
metadata: {name: r, namespace: shop}
spec:
  sourcePVC: "%s"
  trigger: {schedule: "0 3 * * *"}
  restic: {repository: s, retain: {daily: 40}}
---
"""
K8UP = """
apiVersion: k8up.io/v1
kind: Schedule
metadata: {name: s, namespace: %s}
spec:
  backend: {%s}
  backup: {schedule: "@daily-random"}
  prune: {schedule: "@weekly", retention: {keepDaily: 40}}
---
"""
SCENARIOS = [
    # name, manifests, letters
    ("nothing", claim(), "FFF FF FF FF F"),
    ("Velero file backup to another region", claim() + location() + velero(FILES), "FPP PP UU UU F"),
    (
        "Velero and its pods say nothing: only objects",
        claim() + location() + velero("snapshotVolumes: false"),
        "FFF FF FF FF F",
    ),
    (
        "Velero by annotation",
        claim() + location() + pod("backup.velero.io/backup-volumes: data") + velero("snapshotVolumes: false"),
        "FPP PP UU UU F",
    ),
    (
        "Velero excluded by annotation",
        claim()
        + location()
        + pod("backup.velero.io/backup-volumes-excludes: data")
        + velero(FILES + ", snapshotVolumes: false"),
        "FFF FF FF FF F",
    ),
    (
        "Velero snapshots stay in the region",
        claim() + location() + CLASS + velero("snapshotVolumes: true"),
        "FPF PP FF UU F",
    ),
    (
        "Velero snapshots, no class in the scan",
        claim() + location() + velero("snapshotVolumes: true"),
        "FUF UU FF UU F",
    ),
    (
        "Velero snapshots whose data is moved",
        claim() + location() + CLASS + velero("snapshotMoveData: true"),
        "FPP PP UU UU F",
    ),
    ("Velero paused (T18)", claim() + location() + velero(FILES, spec=", paused: true"), "FFF FF FF FF F"),
    (
        "Velero location unavailable (T18)",
        claim() + location().replace("spec:", "status: {phase: Unavailable}\nspec:") + velero(FILES),
        "FFF FF FF FF F",
    ),
    (
        "Velero location read-only (T18)",
        claim() + location(", accessMode: ReadOnly") + velero(FILES),
        "FFF FF FF FF F",
    ),
    (
        "Velero another namespace",
        claim() + location() + velero(FILES + ", includedNamespaces: [other]"),
        "FFF FF FF FF F",
    ),
    (
        "Velero namespace by glob",
        claim() + location() + velero(FILES + ", includedNamespaces: ['sh*']"),
        "FPP PP UU UU F",
    ),
    (
        "Velero namespace excluded",
        claim() + location() + velero(FILES + ", excludedNamespaces: [shop]"),
        "FFF FF FF FF F",
    ),
    (
        "Velero label on the claim leaves it out",
        claim(", labels: {velero.io/exclude-from-backup: 'true'}") + location() + velero(FILES),
        "FFF FF FF FF F",
    ),
    (
        "Velero label selector",
        claim(", labels: {tier: gold}")
        + location()
        + velero(FILES + ", labelSelector: {matchLabels: {tier: gold}}"),
        "FPP PP UU UU F",
    ),
    (
        "Velero label selector that does not fit",
        claim() + location() + velero(FILES + ", labelSelector: {matchLabels: {tier: gold}}"),
        "FFF FF FF FF F",
    ),
    (
        "Velero bucket in the cluster itself",
        claim() + location(', config: {s3Url: "http://minio.velero.svc:9000"}', region="") + velero(FILES),
        "FPF PP UU UU F",
    ),
    ("Velero bucket whose region is not told", claim() + location(region="") + velero(FILES), "FPU PP UU UU F"),
    ("Velero once a week", claim() + location() + velero(FILES, '"0 3 * * 0"'), "FPP FP UU UU F"),
    (
        "Velero and restic elsewhere",
        claim() + location() + velero(FILES) + job("[backup, /data]", env("b2:mine:x")),
        "PPP PP UU UU P",
    ),
    ("restic to another provider", claim() + job("[backup, /data]", env("b2:mine:x")), "FPP PP UU UU F"),
    ("restic to a repository not told", claim() + job("[backup, /data]"), "FPU PP UU UU F"),
    (
        "restic in the cluster",
        claim() + job("[backup, /data]", env("s3:http://minio.x.svc:9000/b")),
        "FPF PP UU UU F",
    ),
    ("restic that only checks", claim() + job("[check]", env("b2:mine:x")), "FFF FF FF FF F"),
    (
        "restic suspended",
        claim() + job("[backup, /data]", env("b2:mine:x"), spec="suspend: true"),
        "FFF FF FF FF F",
    ),
    ("rclone is a replica", claim() + job("[sync, /data, 'r:b']", image="rclone/rclone:1.68"), "FFF FF FF FF F"),
    ("K8up to Backblaze", claim() + K8UP % ("shop", "b2: {bucket: b}"), "FPP PP UU UU F"),
    ("K8up of another namespace", claim() + K8UP % ("other", "b2: {bucket: b}"), "FFF FF FF FF F"),
    (
        "K8up annotated out",
        claim(", annotations: {k8up.io/backup: 'false'}") + K8UP % ("shop", "b2: {bucket: b}"),
        "FFF FF FF FF F",
    ),
    ("K8up on a path of the cluster", claim() + K8UP % ("shop", "local: {mountPath: /b}"), "FFF PP FF UU F"),
    ("PostgreSQL standbys are no copies", postgres("", None), "FFF FF FF FF F"),  # type: ignore[arg-type]  # none
    ("PostgreSQL a store without base backups", postgres(BARMAN % "", None), "FFF FF FF FF F"),  # type: ignore[arg-type]  # none
    ("PostgreSQL base backups and the log", postgres(BARMAN % ""), "FPU PP UU UU F"),
    (
        "PostgreSQL to a store in the cluster",
        postgres(BARMAN % ', endpointURL: "http://minio.m.svc:9000"'),
        "FPF PP UU UU F",
    ),
    (
        "PostgreSQL the plugin's store keeps them for a week, at an address that is filled in later",
        postgres(PLUGIN, ", method: plugin") + ARCHIVE % "7d",
        "FPU PF UU UU F",
    ),
    (
        "PostgreSQL the plugin's store keeps them",
        postgres(PLUGIN, ", method: plugin") + ARCHIVE % "60d",
        "FPU PP UU UU F",
    ),
    (
        "VolSync saves what is called as a later step says",
        claim() + VOLSYNC % "${APP}",
        "FUU UU UU UU F",
    ),
    ("VolSync to a repository in a secret", claim() + VOLSYNC % "x", "FPU PP UU UU F"),
    ("PostgreSQL suspended", postgres(BARMAN % "", ", suspend: true"), "FFF FF FF FF F"),
]


@pytest.mark.parametrize(("name", "text", "expected"), SCENARIOS, ids=[each[0] for each in SCENARIOS])
def test_letters(name: str, text: str, expected: str) -> None:
    found = {key: told for key, told in letters_of({"m.yaml": text}, SITE).items() if key.endswith("/x")}

    assert list(found.values()) == [spelled(expected)], name


LONGHORN = """
apiVersion: longhorn.io/v1beta2
kind: RecurringJob
metadata: {name: backup, namespace: longhorn-system}
spec: {cron: "0 2 * * *", task: backup, retain: %s, groups: [default]}
---
apiVersion: longhorn.io/v1beta2
kind: BackupTarget
metadata: {name: default, namespace: longhorn-system}
spec: {backupTargetURL: "s3://b@eu-west-1/"}
---
"""
POOL = """
apiVersion: ceph.rook.io/v1
kind: CephBlockPool
metadata: {name: pool, namespace: rook-ceph}
spec: {replicated: {size: 3}, mirroring: {enabled: true, mode: image}}
---
"""


def test_longhorn_keeps_what_it_counts_in_the_bucket_of_its_target() -> None:
    """Longhorn, "Recurring Snapshots and Backups" (retain) and "Setting a Backup Target" (s3://BUCKET@REGION/)."""
    held = claim(spec=", storageClassName: longhorn")
    name = "/PersistentVolumeClaim/shop/x"
    enough = letters_of({"a.yaml": held + LONGHORN % 40}, SITE)[name]
    short = letters_of({"a.yaml": held + LONGHORN % 7}, SITE)[name]

    assert (enough["offsite"], enough["kept"], short["kept"]) == ("pass", "pass", "fail")


def test_a_mirrored_pool_is_a_replica() -> None:
    """Rook, "RBD Mirroring": a mirror in another cluster follows every change."""
    found = letters_of({"a.yaml": claim(spec=", storageClassName: rook-ceph-block") + POOL}, SITE)

    assert found["/PersistentVolumeClaim/shop/x"]["copies"] == "fail"
