"""`layerproof init`: a configuration with what was found in the tree, and on request a hook and a workflow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from scanner import __version__
from scanner.cli import common

CONFIG, HOOK, WORKFLOW = "layerproof.toml", ".pre-commit-config.yaml", ".github/workflows/layerproof.yml"

_HOOK = """\
repos:
  - repo: https://example.com/layerproof # where you keep its repository
    rev: v{version}
    hooks:
      - id: layerproof
"""
_WORKFLOW = """\
# Written by `layerproof init`. Findings appear in the job's summary and under Security > Code scanning; of a pull
# request, what it newly permits comes first.
name: layerproof
on:
  push:
    branches: [main]
  pull_request: # never pull_request_target: it would hand the code of a fork your token
permissions: {{}}
jobs:
  scan:
    runs-on: ubuntu-24.04
    timeout-minutes: 15
    permissions:
      contents: read
      security-events: write # for the upload
      actions: read # the upload asks for it in private repositories
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
          fetch-depth: 0 # layerproof diff compares with the commit that the branch parted from
      - run: |
          python3 -m venv "$RUNNER_TEMP/layerproof"
          "$RUNNER_TEMP/layerproof/bin/pip" install --quiet layerproof=={version}
          echo "$RUNNER_TEMP/layerproof/bin" >>"$GITHUB_PATH"
      - if: github.event_name == 'pull_request'
        env:
          BASE: origin/${{{{ github.base_ref }}}}
        run: layerproof diff --format text --format "markdown=$RUNNER_TEMP/diff.md" -- "$BASE"
      - if: always()
        run: >-
          layerproof scan . --format text --format sarif=layerproof.sarif
          --format "markdown=$RUNNER_TEMP/scan.md"
      - if: always()
        run: |
          for each in diff scan; do
            if [ -f "$RUNNER_TEMP/$each.md" ]; then cat "$RUNNER_TEMP/$each.md"; fi
          done | head -c 1000000 >>"$GITHUB_STEP_SUMMARY"
      # Also when the scan has failed the job: then there is something to show. A fork's token may not.
      - uses: github/codeql-action/upload-sarif@8aad20d150bbac5944a9f9d289da16a4b0d87c1e # v4.36.2
        if: >-
          always() && hashFiles('layerproof.sarif') != '' && github.event.pull_request.head.repo.fork != true
        with:
          sarif_file: layerproof.sarif
          category: layerproof
"""


@click.command(short_help="Write a commented layerproof.toml.")
@click.argument("path", type=click.Path(path_type=Path, file_okay=False, exists=True), default=Path())
@click.option("--pre-commit", "hook", is_flag=True, help=f"Also write {HOOK}.")
@click.option("--workflow", is_flag=True, help=f"Also write {WORKFLOW} (GitHub).")
@click.option("--dry-run", is_flag=True, help="Print what would be written, and write nothing.")
def command(path: Path, **given: Any) -> None:
    """Write a commented layerproof.toml into PATH (default: here) from what is found there.

    Proposals (environments of roots, values of charts, tiers by names, versions of clusters) stand behind a `#`:
    the configuration changes nothing before someone has read it. What exists is left as it is.
    """
    from scanner.cli.proposals import configuration  # noqa: PLC0415 - reads the tree

    files: dict[str, str] = {CONFIG: configuration(path)} if not (path / CONFIG).exists() else {}
    files |= dict(_asked(given))
    left = [] if files.get(CONFIG) else [CONFIG]
    for name, text in files.items():
        place = path / name
        if given["dry_run"]:
            common.write(f"--- {name}{' (exists)' if place.exists() else ''}\n{text}")
        elif place.exists():
            left.append(name)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("x", encoding="utf-8") as file:
                file.write(text)
            click.echo(f"{name} written")
    for name in left:
        click.echo(f"{name} exists and was left as it is", err=True)
        if name == HOOK and not given["dry_run"]:
            click.echo(f"add to it:\n{files[name].partition(chr(10))[2]}", err=True)


def _asked(given: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if given["hook"]:
        yield HOOK, _HOOK.format(version=__version__)
    if given["workflow"]:
        yield WORKFLOW, _WORKFLOW.format(version=__version__)
