"""Attributes that only some native types know: null, "does not apply", where a row says nothing of them.

Any other attribute that a row leaves out is unknown. What stands here is a question that makes no sense, or has no
answer that could be wrong, for the types that do not answer it.
"""

from __future__ import annotations

from collections.abc import Mapping

from scanner.model.value import Value

SILENT: Mapping[str, Mapping[str, Value]] = {
    "load_balancer": {"desync_guarded": None},
    "waf": {"rules": None},
    "firewall": {"logged": None, "passes_by_default": None, "only_reports": None},
    "detector": {"features_off": [], "looks_for": None},
    "stream": {
        "engine_release": None,
        "authenticated": None,
        "any_network": None,
        "shared_key": None,
        "tls_policy": None,
    },
    "database": {
        "engine_release": None,
        "networks_let_in": None,
        "admin_name": None,
        "routed_inside": None,
        "fine_grained": None,
        "internal_tls": None,
        "shared_key": None,
        "tls_policy": None,
    },
    "cache": {
        "engine_release": None,
        "multi_zone": None,
        "upgraded": None,
        "tls_policy": None,
        "any_network": None,
    },
    "registry": {"expires": None, "any_network": None, "shared_key": None},
    "file_system": {"identity_asked": None, "compressed": None},
    "function": {"serves_web": None, "bounded": None, "logged": None, "verbose": []},
    "ingress": {"snippets": [], "paths": [], "certified": []},
    "gateway": {"weak_proposals": [], "logged": None, "accepts_anyone": None, "line_encrypted": None},
    "instance": {
        "key_pair": None,
        "fetches_code": None,
        "system": None,
        "direct_internet": None,
        "administered": None,
        "password_login": None,
        "secure_boot": None,
        "console_open": None,
        "default_identity": None,
    },
    "api": {
        "plain_protocols": [],
        "any_network": None,
        "shared_key": None,
        "verbose": [],
        "authorizer_seconds": None,
    },
    "config": {"verbose": []},
    "container_service": {
        "disposable": None,
        "host_processes": None,
        "mounts_encrypted": None,
        "verbose": [],
        "replicated": None,
    },
    "certificate": {"weak_key": None, "names": [], "secret": None},
    "instance_group": {"upgraded": None, "zones": []},
    "workload": {"zones": []},
    "autoscaler": {"at_limit": None},
    "volume": {"in_use": None, "created": None},
    "snapshot": {"orphaned": None, "created": None},
    "distribution": {"open_origins": []},
    "identity_provider": {"for_people": None, "risk_weighed": None, "second_factor": None},
    "trail": {"objects_recorded": None, "organization_wide": None},
    "event_rule": {"watches": []},
    "subscription": {"confirmed": None},
    "module": {"on_disk": None},
    "account": {"default_network": None, "guardable": None},
    "network": {"group_given": None},
    "security_group": {"applied": None},
    "organization": {"management_account": None},
    "role": {"used": None, "services": None},
    "user": {"second_factor": None, "used": None, "services": None},
    "access_key": {"created": None, "used": None},
    "node_group": {
        "system": None,
        "secure_boot": None,
        "default_identity": None,
        "identity_hidden": None,
        "upgraded": None,
    },
    "cluster": {"upgraded": None, "workloads_logged": None},
    "policy": {"granted_on": None},
    "table": {"by_gateway": None},
    "object_store": {
        "names_needed": None,
        "any_network": None,
        "shared_key": None,
        "lists_in_force": None,
        "tls_policy": None,
        "soft_delete_days": None,
    },
    "secret": {"ends": None, "purgeable": None, "any_network": None},
    "key": {"ends": None},
    "queue": {"any_network": None, "shared_key": None, "tls_policy": None},
    "topic": {"any_network": None, "shared_key": None},
}
