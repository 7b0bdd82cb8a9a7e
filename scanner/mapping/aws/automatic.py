"""What databases and warehouses save by themselves."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.aws.protection import (
    DAILY,
    MINUTES,
    Maker,
    point,
    read,
    replica,
    scope_of,
    selectable,
    settled,
)
from scanner.mapping.extract import number, truth
from scanner.mapping.reader import Extract, Reader
from scanner.model.resource import Plane
from scanner.model.value import Cause, Unknown, Value


def automated(service: str, kept: Extract) -> Maker:
    """Automatic backups: a point at every five minutes, deleted with the database unless it says otherwise. A
    live database tells the latest that it can be restored to (RDS API, LatestRestorableTime)."""

    def maker(reader: Reader) -> Iterator[Value]:
        days = kept(reader)
        if not isinstance(days, Unknown) and days == 0:
            return
        latest = reader.peek("latest_restorable_time") if reader.resource.plane is Plane.LIVE else None
        seen = {"until": latest} if isinstance(latest, str) else {}
        yield point(service, MINUTES, days, at="backup_days", dies=settled(lambda: _dies(reader)),
                    note="automatic backups", **seen)  # fmt: skip

    return maker


def _dies(reader: Reader) -> Value:
    """Automatic backups go with the instance unless `delete_automated_backups` is false (provider docs)."""
    return truth(reader.get("delete_automated_backups", True))


# Of Multi-AZ DB clusters (RDS User Guide, "Replicating automated backups"): no resource of Terraform's.
_CLUSTERS_ELSEWHERE = "aws_rds_cluster_automated_backups_replication"


def replicated_backups(reader: Reader) -> Iterator[Value]:
    """Automatic backups replicated to the Region in which the replication is made; kept for seven days unless it
    says otherwise (provider documentation of aws_db_instance_automated_backups_replication)."""
    for fold in (*reader.folded("aws_db_instance_automated_backups_replication"),
                 *reader.folded(_CLUSTERS_ELSEWHERE)):  # fmt: skip
        days = read(number("retention_period", 7), fold)
        yield point("rds", MINUTES, days, **scope_of(fold), dies=settled(lambda: _dies(reader)),
                    note="automatic backups replicated to another Region")  # fmt: skip


def stands_by(reader: Reader) -> Iterator[Value]:
    if truth(reader.get("multi_az", False)):
        yield {**replica("rds", "live-service", note="a standby in another zone"), "kind": "synchronous-replica"}


def clustered(service: str, kept: Extract) -> Maker:
    """Automatic backups of a cluster; those of a Multi-AZ DB cluster are RDS's own."""

    def maker(reader: Reader) -> Iterator[Value]:
        yield from automated("rds" if _multi_zone(reader) else service, kept)(reader)

    return maker


def spread(reader: Reader) -> Iterator[Value]:
    """Storage over three zones, or two standbys of a Multi-AZ DB cluster (RDS User Guide)."""
    if _multi_zone(reader):
        found = replica("rds", "live-service", note="standbys in two other zones")
    else:
        found = replica("cluster", "live-service", note="storage spread over three zones")
    yield {**found, "kind": "synchronous-replica"}


def _multi_zone(reader: Reader) -> bool:
    """Whether a cluster is one of RDS's own engines, not of Aurora (aws_rds_cluster alone takes both)."""
    own = reader.resource.type == "aws_rds_cluster" or reader.resource.native == "aws_rds_cluster"
    return own and not str(reader.get("engine", "aurora")).startswith("aurora")


instance_arn = selectable("RDS", "rds", "db:", "identifier")


def cluster_arn(type_: str) -> Extract:
    return selectable(type_, "rds", "cluster:", "cluster_identifier")


def cluster_type(reader: Reader) -> Value:
    """Aurora; a Multi-AZ DB cluster of another engine is RDS's own."""
    return cluster_arn("RDS" if _multi_zone(reader) else "Aurora")(reader)


def hourly(reader: Reader) -> Iterator[Value]:
    """Every hour, kept for fourteen days; up to Elasticsearch 5.1 once a day (OpenSearch Service Developer Guide,
    "Creating index snapshots in Amazon OpenSearch Service")."""
    old = _daily_only(reader)
    hours, often = (DAILY, "daily") if old else (1.0, "hourly")
    yield point("opensearch", hours, 14, at="backup_days", dies=True, note=f"{often} snapshots of the service")


def restorable(_reader: Reader) -> Iterator[Value]:
    """Hourly snapshots of a serverless collection, which are restored into it alone (OpenSearch Service Developer
    Guide, "Backing up collections using snapshots"); kept as those of domains are."""
    yield point("opensearch", 1.0, 14, at="backup_days", dies=True, note="hourly snapshots of the service")


def _daily_only(reader: Reader) -> bool:
    """Whether a domain runs Elasticsearch 5.1 or older, which aws_elasticsearch_domain does where it names no
    version (provider documentation: 1.5)."""
    default = "1.5" if reader.resource.type == "aws_elasticsearch_domain" else ""
    version = str(reader.get("elasticsearch_version", reader.get("engine_version", default)) or default)
    if version.startswith("OpenSearch") or not version:
        return False
    major, _, minor = version.removeprefix("Elasticsearch_").partition(".")
    return (int(major), int(minor or 0)) <= (5, 1) if major.isdigit() and minor.isdigit() else False


def warehouse_snapshots(reader: Reader) -> Iterator[Value]:
    """About every eight hours, or by a schedule, deleted with the cluster (Redshift Management Guide, "Snapshots
    and backups")."""
    days = number("automated_snapshot_retention_period", 1)(reader)
    if days != 0:
        yield point("redshift", 8.0, days, at="backup_days", dies=True, note="automated snapshots",
                    **_scheduled(reader))  # fmt: skip


_SCHEDULE = "aws_redshift_snapshot_schedule"
_WHICH = Unknown("which schedule its snapshots follow is not part of this scan", Cause.OUTSIDE_SCAN)


def _scheduled(reader: Reader) -> dict[str, Value]:
    """The first of a schedule's definitions, where one is tied to the cluster: the others only shorten it."""
    for tie in reader.folded(f"{_SCHEDULE}_association"):
        named = tie.peek("schedule_identifier")
        meant = {each.rpartition(".")[0] for each in named.references} if isinstance(named, Unknown) else {named}
        for fold in reader.folded(_SCHEDULE):
            if meant & {fold.resource.address.name, fold.peek("identifier")}:
                return {"schedule": next(iter(fold.items("definitions")), None)}
        return {"schedule": _WHICH}
    return {}


def warehouse_copies(reader: Reader) -> Iterator[Value]:
    """Snapshots copied to another Region, kept for seven days there unless it says otherwise."""
    found = [*reader.blocks("snapshot_copy"), *reader.folded("aws_redshift_snapshot_copy")]
    for block in found:
        days = read(number("retention_period", 7), block)
        yield point("redshift", 8.0, days, region=block.peek("destination_region"), dies=True,
                    note="snapshots copied to another Region", **_scheduled(reader))  # fmt: skip


def recovery_points(_reader: Reader) -> Iterator[Value]:
    yield point("redshift-serverless", 0.5, 1, at="backup_days", dies=True, note="recovery points of the service")


SERVERLESS_COPIES = "aws_redshiftserverless_snapshot_copy_configuration"


def recovery_points_elsewhere(reader: Reader) -> Iterator[Value]:
    """Recovery points are copied with the snapshots, and kept for a day there too (Redshift Management Guide,
    "Copying backups to another AWS Region")."""
    for fold in reader.folded(SERVERLESS_COPIES):
        yield point("redshift-serverless", 0.5, 1, region=fold.peek("destination_region"), dies=True,
                    note="recovery points copied to another Region")  # fmt: skip
