from typing import Any

import pytest

from scanner.mapping.google import TABLE
from tests.mapping.build import HIDDEN, UNKNOWN, ask, edges, graph_of, later

INSTANCE = "google_compute_instance.i"
CLUSTER = "google_container_cluster.c"
RUN = "google_cloud_run_service.r"


@pytest.mark.parametrize(
    ("interfaces", "expected"),
    [
        ([{"access_config": [{}]}], True),
        ([{}], False),
        ([{"access_config": HIDDEN}], UNKNOWN),
    ],
)
def test_public_address(interfaces: list[Any], expected: object) -> None:
    assert ask(TABLE, INSTANCE, {"network_interface": interfaces}, "public_address") == expected


def test_credentials_in_metadata() -> None:
    script = {"metadata_startup_script": "export DB_PASSWORD=hunter2secret"}
    assert ask(TABLE, INSTANCE, script, "literal_secrets") == ["DB_PASSWORD"]
    assert ask(TABLE, INSTANCE, {"metadata": {"enable-oslogin": "true"}}, "literal_secrets") == []
    assert ask(TABLE, INSTANCE, {"metadata": HIDDEN}, "literal_secrets") == UNKNOWN


@pytest.mark.parametrize(
    ("attributes", "attribute", "expected"),
    [
        ({}, "public_endpoint", True),
        ({"private_cluster_config": [{"enable_private_endpoint": True}]}, "public_endpoint", False),
        ({"private_cluster_config": [{"enable_private_endpoint": HIDDEN}]}, "public_endpoint", UNKNOWN),
        # GKE documentation, "Control plane access": the endpoints of IP can be switched off
        (
            {"control_plane_endpoints_config": [{"ip_endpoints_config": [{"enabled": False}]}]},
            "public_endpoint",
            False,
        ),
        ({"control_plane_endpoints_config": [{"ip_endpoints_config": [{"enabled": False}]}]}, "public_cidrs", []),
        ({}, "public_cidrs", ["0.0.0.0/0"]),
        ({"master_authorized_networks_config": [{}]}, "public_cidrs", []),
        (
            {"master_authorized_networks_config": [{"cidr_blocks": [{"cidr_block": "198.51.100.0/24"}]}]},
            "public_cidrs",
            ["198.51.100.0/24"],
        ),
        ({"database_encryption": [{"state": "ENCRYPTED"}]}, "secrets_encrypted", True),
        ({}, "secrets_encrypted", False),
        ({"database_encryption": [{"state": HIDDEN}]}, "secrets_encrypted", UNKNOWN),
        ({"enable_legacy_abac": True}, "legacy_authorization", True),
        ({}, "legacy_authorization", False),
        ({"enable_legacy_abac": HIDDEN}, "legacy_authorization", UNKNOWN),
        ({"enable_autopilot": True}, "network_policy", True),
        ({"datapath_provider": "ADVANCED_DATAPATH"}, "network_policy", True),
        ({}, "network_policy", False),
        ({"logging_service": "none"}, "logs", ["audit", "authenticator"]),
        ({}, "logs", ["audit", "authenticator", "SYSTEM_COMPONENTS", "WORKLOADS"]),
    ],
)
def test_clusters(attributes: dict[str, Any], attribute: str, expected: object) -> None:
    assert ask(TABLE, CLUSTER, attributes, attribute) == expected


@pytest.mark.parametrize(
    ("config", "expected"),
    [([{"enable_private_nodes": True}], False), ([{"enable_private_nodes": False}], True), ([], UNKNOWN)],
)
def test_node_pools(config: list[Any], expected: object) -> None:
    assert ask(TABLE, "google_container_node_pool.p", {"network_config": config}, "public_address") == expected


@pytest.mark.parametrize(
    ("member", "expected"),
    [("allUsers", True), ("serviceAccount:a@b.c", False), (HIDDEN, UNKNOWN)],
)
def test_who_may_call_a_service(member: object, expected: object) -> None:
    fold = {"google_cloud_run_service_iam_member__m": {
        "service": later(f"{RUN}.name"), "role": "roles/run.invoker", "member": member}}  # fmt: skip
    assert ask(TABLE, RUN, {}, "public_access", **fold) == expected


ANYONE = {"role": "roles/run.invoker", "member": "allUsers"}
WEB = "google_cloud_run_v2_service.w"
LATEST = "google_cloudfunctions2_function.f"


@pytest.mark.parametrize(
    ("address", "attributes", "expected"),
    [
        # Cloud Run documentation, "Restrict network ingress": all, internal, internal and load balancing
        (WEB, {}, True),
        (WEB, {"ingress": "INGRESS_TRAFFIC_INTERNAL_ONLY"}, False),
        (WEB, {"ingress": "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"}, UNKNOWN),
        (RUN, {"metadata": [{"annotations": {"run.googleapis.com/ingress": "all"}}]}, True),
        (RUN, {"metadata": [{"annotations": {"run.googleapis.com/ingress": "internal"}}]}, False),
        (
            RUN,
            {"metadata": [{"annotations": {"run.googleapis.com/ingress": "internal-and-cloud-load-balancing"}}]},
            UNKNOWN,
        ),
        (LATEST, {"service_config": [{"ingress_settings": "ALLOW_ALL"}]}, True),
        (LATEST, {"service_config": [{"ingress_settings": "ALLOW_INTERNAL_ONLY"}]}, False),
        (LATEST, {"service_config": [{"ingress_settings": "ALLOW_INTERNAL_AND_GCLB"}]}, UNKNOWN),
    ],
)
def test_a_grant_to_everyone_where_strangers_arrive(
    address: str, attributes: dict[str, Any], expected: object
) -> None:
    named = {key: later(f"{address}.name") for key in ("service", "name", "cloud_function")}
    fold = {f"{address.partition('.')[0]}_iam_member__m": {**ANYONE, **named}}
    assert ask(TABLE, address, attributes, "public_access", **fold) == expected
    assert ask(TABLE, address, attributes, "public_access") is False


def test_a_service_that_asks_for_no_identity() -> None:
    """Provider documentation of `invoker_iam_disabled`: the check of callers is switched off."""
    assert ask(TABLE, WEB, {"invoker_iam_disabled": True}, "public_access") is True


def test_container_variables() -> None:
    variables = [{"name": "DB_PASSWORD", "value": "hunter2secret"}, {"name": "STAGE", "value": "prod"}]
    template = {"template": [{"spec": [{"containers": [{"env": variables}]}]}]}
    assert ask(TABLE, RUN, template, "literal_secrets") == ["DB_PASSWORD"]
    assert ask(TABLE, RUN, {}, "literal_secrets") == []
    assert ask(TABLE, RUN, {"template": HIDDEN}, "literal_secrets") == UNKNOWN


def test_node_pools_run_on_their_cluster() -> None:
    pool = "google_container_node_pool.p"
    graph = graph_of(TABLE, {CLUSTER: {"name": "c"}, pool: {"cluster": later(f"{CLUSTER}.name")}})
    assert edges(graph, "runs_on") == {(pool, CLUSTER)}
