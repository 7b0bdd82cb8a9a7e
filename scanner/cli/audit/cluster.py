"""`layerproof audit cluster`: what an API server lists, judged in a process without credentials."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner import __version__
from scanner.cli import common
from scanner.cli.audit import storing
from scanner.cli.audit.aws import _LEFT, _arguments, _judging_options

if TYPE_CHECKING:
    from scanner.sources.cluster.access import Access
    from scanner.sources.cluster.listing import Listed

_SECRET = ("AWS_", "KUBE", "GOOGLE_", "AZURE_", *storing.SECRET)


def _judging(command: Any) -> Any:
    """The options that judge; --context is the kubeconfig's here, so that material beside has none."""
    return _judging_options(command, _LEFT | {"beside"})


def cluster_options(command: Any) -> Any:
    """The options that say which cluster, and what of it."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_OPTIONS = [
    click.option("--context", metavar="NAME", help="Context of the kubeconfig. Default: its current one."),
    click.option("--kubeconfig", type=click.Path(path_type=Path, dir_okay=False, exists=True), envvar="KUBECONFIG",
                 help="Default: ~/.kube/config."),
    click.option("--in-cluster", is_flag=True, help="Use the service account of the pod that this runs in."),
    click.option("--secrets", is_flag=True,
                 help="List secrets too: their names and keys. Needs a right that also reads their values."),
    click.option("--name", metavar="NAME", help="What to call the cluster. Default: the context's name."),
]  # fmt: skip


@click.command(short_help="Read a live cluster, and judge it.")
@cluster_options
@click.option("--print-rbac", is_flag=True, help="Print the role that is needed, and end.")
@click.option("--keep", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Keep a snapshot (mode 0600), without values that may be secret.")  # fmt: skip
@storing.storing_options
@_judging
def command(**given: Any) -> None:
    """Read a live cluster by listing alone, and judge what was read as `scan` does."""
    if given["print_rbac"]:
        common.write(rbac(secrets=given["secrets"]))
        return
    history = storing.storing(given)
    access, listed = collected(given)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    from scanner.sources.cluster.snapshot import pack  # noqa: PLC0415 - only for clusters

    name = given["name"] or access.name
    if given["keep"]:
        write_private(given["keep"], pack(name, listed, now, __version__, conceal=True))
    judged = pack(name, listed, now, __version__, conceal=False)  # by a pipe: nothing is written
    environment = {key: value for key, value in os.environ.items() if not key.startswith(_SECRET)}
    program = [sys.executable, "-P", "-c", "from scanner.cli import main; main()", "scan", "-", *_arguments(given)]
    if history is None:
        raise click.exceptions.Exit(subprocess.run(program, input=judged, env=environment, check=False).returncode)
    with tempfile.TemporaryDirectory(prefix="layerproof-") as folder:
        record = Path(folder) / "record.json"
        history.begin_read("cluster", {"clusters": [name]})
        done = subprocess.run([*program, f"--record={record}"], input=judged, env=environment, check=False)
        code = history.finish(pack(name, listed, now, __version__, conceal=True), record, done.returncode)
    raise click.exceptions.Exit(code)


def collected(given: dict[str, Any]) -> tuple[Access, list[Listed]]:
    """Everything that may be listed. Says why and exits 3 where the cluster cannot be asked at all."""
    from scanner.sources.cluster.access import AccessError, from_kubeconfig, in_cluster  # noqa: PLC0415 - as above
    from scanner.sources.cluster.listing import ApiError, Server, collect, types  # noqa: PLC0415 - as above

    path: Path = given["kubeconfig"] or Path("~/.kube/config").expanduser()
    try:
        if given["in_cluster"]:
            access = in_cluster()
        else:
            access = from_kubeconfig(path, given["context"] or "", run=_own(path))
        server = Server(access)
        listed = list(collect(server, types(server, secrets=given["secrets"])))
        server.close()
    except (AccessError, ApiError) as error:
        click.echo(f"error[denied-cluster]: {error}", err=True)
        click.echo(f"exit {common.INCOMPLETE}: nothing could be collected", err=True)
        raise click.exceptions.Exit(common.INCOMPLETE) from error
    return access, listed


def _own(path: Path) -> bool:
    """Whether a kubeconfig is the user's own, and no file of the work tree that we stand in."""
    from scanner.sources.tree import tree_root  # noqa: PLC0415 - as above

    top = tree_root(Path.cwd())
    return not ((top / ".git").exists() and path.resolve().is_relative_to(top.resolve()))


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner reads."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)


def rbac(*, secrets: bool) -> str:
    """The ClusterRole of an auditor, and its binding to a service account."""
    from scanner.sources.cluster.listing import CORE, GROUPS, SECRETS  # noqa: PLC0415 - as above

    core = sorted((*CORE, SECRETS) if secrets else CORE)
    listed = "".join(f"      - {each}\n" for each in core)
    groups = "".join(f"      - {each}\n" for each in GROUPS)
    return _ROLE.format(listed=listed, groups=groups)


_ROLE = """apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: layerproof-audit
rules:
  - apiGroups: ['']
    resources:
{listed}    verbs: [list]
  - apiGroups:
{groups}    resources: ['*']
    verbs: [list]
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: layerproof-audit
  namespace: kube-system
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: layerproof-audit
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: layerproof-audit
subjects:
  - kind: ServiceAccount
    name: layerproof-audit
    namespace: kube-system
"""
