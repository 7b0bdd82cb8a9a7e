"""Google machines, clusters, functions and services that run containers."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.extract import (
    EMPTY,
    FALSE,
    NONE,
    TRUE,
    each,
    number,
    text,
    truth,
)
from scanner.mapping.google import clusters
from scanner.mapping.google.grants import folds, grants, public_grants
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.secrets import literal_secrets, mapped_secrets, secrets_in_text, variable_secrets
from scanner.mapping.starting import machine_fetches, verbose_map, verbose_variables
from scanner.mapping.table import Fixed, Join, Row, Skip, Table
from scanner.mapping.versions import image_system
from scanner.model.logic import both, either
from scanner.model.value import Cause, Undetermined, Unknown, Value

_IDENTITY = ("id", "self_link", "name")


def _public_address(reader: Reader) -> Value:
    """Whether an interface asks for a public address: an access_config block does, even an empty one."""
    for interface in reader.blocks("network_interface"):
        for name in ("access_config", "ipv6_access_config"):
            if interface.block(name) is not None:
                return True
    return False


def _metadata_secrets(reader: Reader) -> Value:
    """Credentials in start-up scripts and other metadata."""
    found: list[str] = []
    script = reader.get("metadata_startup_script")
    if isinstance(script, str):
        found += secrets_in_text(script, "metadata_startup_script")
    metadata = reader.get("metadata")
    if isinstance(metadata, dict):
        found += literal_secrets(metadata.items())
        scripts = [(key, value) for key, value in metadata.items() if isinstance(value, str) and "script" in key]
        found += [name for key, value in scripts for name in secrets_in_text(value, key)]
    return list(dict.fromkeys(found))


def _told(reader: Reader, name: str) -> Value:
    """A switch among the metadata, None where it is not written there."""
    written = reader.get(f"metadata.{name}")
    return None if written is None else str(written).lower() in ("true", "1", "yes", "y")


def _console_open(reader: Reader) -> Value:
    return bool(_told(reader, "serial-port-enable"))


def _shared_keys(reader: Reader) -> Value:
    """Which keys sign in: its own, and unless that is refused those of the whole project. OS Login takes their
    place with people's own (Compute Engine documentation, "About SSH connections")."""
    login = _told(reader, "enable-oslogin")
    if login:
        return None
    if reader.get("metadata.ssh-keys") is not None:
        return "ssh-keys"
    if _told(reader, "block-project-ssh-keys"):
        return None
    if login is None:
        return Unknown("the metadata of the project may ask for OS Login", Cause.OUTSIDE_SCAN)
    return "the keys of the project"


def _default_identity(reader: Reader) -> Value:
    """A service_account block without an address means the default account of Compute Engine; without a block
    the machine has none (provider documentation)."""
    for block in reader.blocks("service_account"):
        return clusters.is_default_account(block.get("email"))
    return False


_GUARDS: dict[str, Extract] = {
    "secure_boot": lambda reader: truth(reader.get("shielded_instance_config.enable_secure_boot", False)),
    "console_open": _console_open,
    "key_pair": _shared_keys,
    "default_identity": _default_identity,
}


def _machine(image: str, *, template: bool) -> Row:
    return Row(
        "instance",
        {
            "template": Fixed(template),
            "public_address": _public_address,
            "tokens_required": NONE,  # the metadata server asks every caller for a header; there are no sessions
            "metadata_hops": NONE,
            "disks_encrypted": TRUE,  # always, with a key of Google's unless one is named
            "monitored": NONE,
            "literal_secrets": _metadata_secrets,
            "fetches_code": machine_fetches("metadata", "metadata_startup_script"),
            "image": text(image),
            "system": image_system(image),
            **_GUARDS,
        },
        {
            "in_subnet": Join("network_interface", ("subnet",), values=each("network_interface", "subnetwork")),
            "in_network": Join("network_interface", ("network",), values=each("network_interface", "network")),
            "assumes": Join("service_account.email", ("role",)),
            "mounts": Join("attached_disk", ("volume",), values=each("attached_disk", "source")),
        },
        identity=_IDENTITY,
        tags="labels",
    )


def _group(size: str) -> Row:
    return Row(
        "instance_group",
        {"minimum": number(size), "maximum": number(size)},
        {"contains": Join("version", ("instance",), values=each("version", "instance_template"))},
        identity=_IDENTITY,
    )


# functions and services


def _variables(path: str) -> Extract:
    return lambda reader: mapped_secrets(reader, path)


def _container_variables(*path: str) -> Extract:
    """Credentials among the plain variables of containers, which stand under nested blocks; the last is shown."""
    return lambda reader: variable_secrets(_nested(reader, (*path, "env")))


def _container_verbose(*path: str) -> Extract:
    return lambda reader: list(
        verbose_variables((str(each.peek("name")), each.peek("value")) for each in _nested(reader, (*path, "env")))
    )


def _nested(reader: Reader, path: tuple[str, ...]) -> Iterator[Reader]:
    if not path:
        yield reader
        return
    for block in reader.blocks(path[0]):
        yield from _nested(block, path[1:])


_BALANCED = Unknown("only a load balancer leads there, or none does", Cause.OUTSIDE_SCAN)
_ENTRIES = ("ingress", "ingress_settings", "service_config.ingress_settings")
_ENTRY = "run.googleapis.com/ingress"


def _reached(reader: Reader) -> bool:
    """Whether strangers' requests arrive: from everywhere unless it says less (Cloud Run documentation, "Restrict
    network ingress"; Cloud Functions, "Configure network settings")."""
    said = next((held for path in _ENTRIES if (held := reader.get(path)) is not None), None)
    notes = reader.get("metadata.annotations") if said is None else None
    entry = str(notes.get(_ENTRY) if isinstance(notes, dict) else said).lower().replace("_", "-")
    if entry.endswith(("load-balancer", "load-balancing", "gclb")):
        raise Undetermined(_BALANCED)
    return not entry.endswith(("internal", "internal-only"))


def _called_by_anyone(*types: str) -> Extract:
    """Whether anyone may call: a grant to everyone, or none is asked for, where strangers' requests arrive."""
    granted = public_grants(*types)

    def unasked(reader: Reader) -> bool:
        return truth(reader.get("invoker_iam_disabled", False))

    return lambda reader: both(
        lambda: _reached(reader), lambda: either(lambda: unasked(reader), lambda: granted(reader))
    )


def _function(
    runtime: str,
    variables: Extract,
    account: str,
    *types: str,
    verbose: Extract | Fixed = EMPTY,
    serves: Fixed = NONE,
) -> Row:
    return Row(
        "function",
        {
            "runtime": text(runtime) if runtime else NONE,
            "public_access": _called_by_anyone(*types),
            "serves_web": serves,
            "traced": NONE,
            "dead_letter": NONE,
            "literal_secrets": variables,
            "verbose": verbose,
            "statements": grants(*types),
        },
        {"assumes": Join(account, ("role",))},
        identity=_IDENTITY,
        tags="labels",
    )


_CALLED = (
    ("google_cloudfunctions_function", "cloud_function"),
    ("google_cloudfunctions2_function", "cloud_function"),
    ("google_cloud_run_service", "service"),
    ("google_cloud_run_v2_service", "name"),
    ("google_cloud_run_v2_job", "name"),
)

_MACHINES: Table = {
    "google_compute_instance": _machine("boot_disk.initialize_params.image", template=False),
    "google_compute_instance_from_template": _machine("source_instance_template", template=False),
    "google_compute_instance_template": _machine("disk.source_image", template=True),
    "google_compute_region_instance_template": _machine("disk.source_image", template=True),
    "google_compute_instance_group": _group("size"),
    "google_compute_instance_group_manager": _group("target_size"),
    "google_compute_region_instance_group_manager": _group("target_size"),
    "google_compute_autoscaler": Skip("how a group grows and shrinks"),
    "google_compute_region_autoscaler": Skip("how a group grows and shrinks"),
    "google_compute_attached_disk": Skip("ties a disk to a machine"),
    "google_compute_instance_iam_member": Skip("who may use one machine"),
    "google_compute_instance_iam_binding": Skip("who may use one machine"),
    "google_compute_project_metadata": Row(
        "config", {"literal_secrets": _metadata_secrets, "chart_version": NONE}, name="project"
    ),
    "google_compute_project_metadata_item": Skip("one setting of all machines"),
    "google_notebooks_instance": Row(
        "instance",
        {
            "template": FALSE,
            "public_address": lambda reader: not truth(reader.get("no_public_ip", False)),
            "tokens_required": NONE,
            "metadata_hops": NONE,
            "disks_encrypted": TRUE,
            "monitored": NONE,
            "literal_secrets": _metadata_secrets,
            "fetches_code": machine_fetches("metadata", "metadata_startup_script"),
            "image": text("vm_image.image_name"),
        },
        {"in_subnet": Join("subnet", ("subnet",)), "assumes": Join("service_account", ("role",))},
        identity=_IDENTITY,
        tags="labels",
    ),
    "google_dataproc_cluster": Row(
        "cluster",
        {
            "flavour": Fixed("hadoop"),
            "version": text("cluster_config.software_config.image_version"),
            "public_endpoint": lambda reader: (
                not truth(reader.get("cluster_config.gce_cluster_config.internal_ip_only", False))
            ),
            "public_cidrs": EMPTY,
            "secrets_encrypted": NONE,
            "logs": EMPTY,
            "legacy_authorization": NONE,
            "access_entries": NONE,
            "creator_administers": NONE,
            "network_policy": NONE,
        },
        {
            "in_subnet": Join("cluster_config.gce_cluster_config.subnetwork", ("subnet",)),
            "assumes": Join("cluster_config.gce_cluster_config.service_account", ("role",)),
        },
        tags="labels",
    ),
}

_FUNCTIONS: Table = {
    "google_cloudfunctions_function": _function(
        "runtime",
        _variables("environment_variables"),
        "service_account_email",
        "google_cloudfunctions_function",
        verbose=verbose_map("environment_variables"),
    ),
    "google_cloudfunctions2_function": _function(
        "build_config.runtime",
        _variables("service_config.environment_variables"),
        "service_config.service_account_email",
        "google_cloudfunctions2_function",
        verbose=verbose_map("service_config.environment_variables"),
    ),
    "google_cloud_run_service": _function(
        "",
        _container_variables("template", "spec", "containers"),
        "template.spec.service_account_name",
        "google_cloud_run_service",
        verbose=_container_verbose("template", "spec", "containers"),
        serves=TRUE,
    ),
    "google_cloud_run_v2_service": _function(
        "",
        _container_variables("template", "containers"),
        "template.service_account",
        "google_cloud_run_v2_service",
        verbose=_container_verbose("template", "containers"),
        serves=TRUE,
    ),
    "google_cloud_run_v2_job": _function(
        "",
        _container_variables("template", "template", "containers"),
        "template.template.service_account",
        "google_cloud_run_v2_job",
    ),
    **folds(*_CALLED),
    "google_cloud_run_domain_mapping": Skip("a name for a service"),
    "google_cloud_scheduler_job": Row(
        "event_rule",
        {"active": lambda reader: not truth(reader.get("paused", False)), "source_limited": NONE},
        {
            "forwards_to": (
                Join("pubsub_target.topic_name", ("topic",)),
                Join("http_target.uri", ("function",)),
            )
        },
    ),
    "google_cloudbuild_trigger": Row(
        "event_rule", {"active": lambda reader: not truth(reader.get("disabled", False)), "source_limited": NONE}
    ),
    "google_app_engine_application": Skip("a place for applications"),
    "google_workflows_workflow": _function("", _variables("user_env_vars"), "service_account"),
    "google_composer_environment": Skip("a workflow scheduler that runs on a cluster of its own"),
}

_ASKED = "asks the project for something that exists"
_READ = (
    "compute_image compute_instance compute_instance_group compute_instance_template container_cluster"
    " container_engine_versions container_registry_image container_registry_repository cloud_run_service"
    " cloudfunctions_function"
)
TABLE: Table = {
    **_MACHINES,
    **clusters.TABLE,
    **_FUNCTIONS,
    **{f"data.google_{name}": Skip(_ASKED) for name in _READ.split()},
}
