"""Everything that has no room of its own: helper providers, Helm releases, Kubernetes objects as Terraform writes
them, smaller clouds.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.credential_names import names_object
from scanner.mapping.extract import elements
from scanner.mapping.others import (
    alibaba,
    digitalocean,
    hetzner,
    limits,
    objects,
    oracle,
    overlays,
    pipelines,
    repositories,
    steps,
)
from scanner.mapping.reader import Reader
from scanner.mapping.secrets import secrets_in_text, variable_secrets, written
from scanner.mapping.table import Row, Skip, Table
from scanner.model.value import Value

# Helper providers by lead: what they make stays inside Terraform.
_HELPERS = {
    "random": ("a value that Terraform draws", "bytes id integer password pet shuffle string uuid"),
    "null": ("runs nothing in a cloud", "resource"),
    "terraform": ("keeps a value in the state", "data"),
    "local": ("a file on the machine that applies", "file sensitive_file"),
    "tls": (
        "a key or certificate made by Terraform",
        "private_key self_signed_cert locally_signed_cert cert_request",
    ),
    "time": ("a moment", "sleep static offset rotating"),
    "archive": ("a file that is packed at apply", "file"),
    "cloudinit": ("a start-up script", "config"),
    "template": ("a text", "file dir cloudinit_config"),
}
_DATA = {
    "tls": ("a key or certificate that is read", "certificate public_key"),
    "null": ("a value", "data_source"),
    "local": ("a file on the machine that applies", "file sensitive_file"),
    "archive": ("a file that is packed at apply", "file"),
    "cloudinit": ("a start-up script", "config"),
    "template": ("a text", "file cloudinit_config"),
    "terraform": ("outputs of another root", "remote_state"),
    "external": ("what a program says", ""),
    "http": ("what an address answers", ""),
    "dns": ("what a name answers", "a_record_set aaaa_record_set cname_record_set txt_record_set"),
    "random": ("a value that Terraform draws", "id"),
    "helm": ("a rendered chart", "template"),
    "kubectl": ("a manifest that is read", "file_documents path_documents filename_list"),
    "kubernetes": (
        "asks the cluster for something that exists",
        "all_namespaces config_map namespace nodes pod resource secret server_version service service_account",
    ),
}


def _skips(lead: str, listed: dict[str, tuple[str, str]]) -> Table:
    return {
        f"{lead}{provider}_{name}" if name else f"{lead}{provider}": Skip(reason)
        for provider, (reason, names) in listed.items()
        for name in (names.split() or [""])
    }


def _release_secrets(reader: Reader) -> Value:
    """Credentials among the values that a release is given: one by one, which is shown, or as YAML text."""
    found = list(variable_secrets(_values(reader.again())))
    if found:
        variable_secrets(_values(reader))
    aside = reader.again() if found else reader
    for given in elements(aside.get("values")):
        text_of = written(given)
        if text_of is not None:
            found += secrets_in_text(text_of, "values")
    return list(dict.fromkeys(found))


def _values(reader: Reader) -> Iterator[Reader]:
    for name in ("set", "set_sensitive"):
        for block in reader.blocks(name):
            if not names_object(str(block.get("name"))):
                yield block


def _chart_version(reader: Reader) -> Value:
    """The version that is asked for; null for a chart that lies beside the code (documentation of the provider: a
    chart is a name or a path, and what is no URL as a repository is a directory)."""
    aside = reader.again()
    if any(_is_directory(aside.peek(path)) for path in ("repository", "chart")):
        return None
    return reader.get("version", "latest")


def _is_directory(said: Value) -> bool:
    if not isinstance(said, str) or "://" in said:
        return False
    return said in (".", "..") or said.startswith(("./", "../", "/")) or said.count("/") > 1


_RELEASE = Row(
    "config",
    # without a version the newest chart at the time of applying is installed
    {"literal_secrets": _release_secrets, "chart_version": _chart_version},
)

TABLE: Table = {
    **_skips("", _HELPERS),
    **_skips("data.", _DATA),
    "helm_release": _RELEASE,
    **objects.TABLE,
    **limits.TABLE,
    **oracle.TABLE,
    **alibaba.TABLE,
    **digitalocean.TABLE,
    **hetzner.TABLE,
    **overlays.TABLE,
    **pipelines.TABLE,
    **repositories.TABLE,
    **steps.TABLE,
}
