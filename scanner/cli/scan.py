"""`layerproof scan`: read, build, judge, report, exit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner import __version__
from scanner.cli import common, ending, nothing
from scanner.cli.frameworks import Frameworks
from scanner.cli.progress import Progress
from scanner.cli.since import Since
from scanner.config import Config, ConfigError, kubernetes_version, severity
from scanner.model.diagnostic import Diagnostic
from scanner.model.finding import PRINCIPLES
from scanner.model.garbage import keep, uncollected
from scanner.model.layer import Layer
from scanner.model.report import Report
from scanner.model.rule import Rule

if TYPE_CHECKING:
    from scanner.engine.backend import RegoBackend
    from scanner.engine.baseline import Baseline
    from scanner.engine.run import Judgement
    from scanner.report import RenderOptions
    from scanner.scan import Built, Judging, Target


@click.command(short_help="Scan Terraform and Kubernetes files below PATH.")
@common.input_options
@click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="FMT[=FILE]",
    help="text, json, sarif, markdown, junit, gitlab, html; repeatable, with a file each.",
)
@click.option("--fail-on", type=common.THRESHOLDS, help="Exit 1 from this severity on. Default: high.")
@click.option(
    "--fail-on-unknown", type=common.THRESHOLDS, help="Exit 1 for unknown verdicts from this severity on."
)
@click.option("--fail-on-unmapped", is_flag=True, help="Exit 1 when a resource type has no mapping.")
@click.option("--select", multiple=True, metavar="GLOB", help="Only these rules (ids or globs); repeatable.")
@click.option("--ignore", multiple=True, metavar="GLOB", help="Not these rules; repeatable.")
@click.option("--principle", multiple=True, type=click.Choice(PRINCIPLES), help="Only rules of this principle.")
@click.option(
    "--layer", "layers", multiple=True, metavar="LAYER", help="Only findings on this layer (name or number)."
)
@click.option("--framework", multiple=True, metavar="NAME", help="Only its rules, and its compliance table.")
@common.further_rules
@click.option(
    "--kubernetes-version",
    metavar="1.N",
    help="Version that manifests are judged for. Default: the newest we know.",
)
@click.option("--rego", type=click.Choice(["regorus", "opa"]), default="regorus", help="Engine for Rego rules.")
@click.option("--opa-url", metavar="URL", help="A running OPA server, with --rego opa.")
@click.option("--opa-push", is_flag=True, help="Upload our policies to it for this run, under layerproof/.")
@click.option(
    "--opa-token-file", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="Bearer token."
)
@click.option("--opa-ca", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="CA certificate.")
@click.option(
    "--opa-cert", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="Client certificate."
)
@click.option("--opa-key", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="Key of --opa-cert.")
@click.option(
    "--with", "peers", multiple=True, type=click.Choice(["checkov"]), help="Also run a peer; one report."
)
@click.option("--checkov", "checkov_path", metavar="FILE", help="The checkov to run with --with checkov.")
@click.option("--allow-install", is_flag=True, help="Let uvx or pipx download checkov.")
@click.option(
    "--allow-incomplete",
    is_flag=False,
    flag_value="all",
    metavar="[GROUPS]",
    help=f"Do not exit 3 for these: {', '.join(ending.GROUPS)} (with commas). Alone: for all.",
)
@click.option(
    "--baseline",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Do not count the findings of this file (see layerproof baseline).",
)
@click.option("--changed-since", metavar="REF", help="Show only what touches files that differ from this commit.")
@click.option(
    "--context",
    "beside",
    multiple=True,
    metavar="PATH|SNAPSHOT",
    type=click.Path(path_type=Path, exists=True),
    help="What is read beside it: joined and used, and nothing of it reported; repeatable.",
)
@click.option("--no-cache", is_flag=True, help="Read everything anew. Nothing is kept between scans today.")
@click.option("--pre-commit", is_flag=True, help="As a hook: silent when clean, no file of ours is exit 0.")
@click.option("--show-unknown", is_flag=True, help="List unknown verdicts one by one.")
@click.option("--no-ignores", is_flag=True, help="Count findings that comments and annotations ignore.")
@click.option("--verbose", is_flag=True, help="All diagnostics, notes included.")
@click.option("--statistics", is_flag=True, help="Unknown values by cause, types without a mapping.")
@click.option("--posture", is_flag=True, help="Score tenets, layers and principles, as intervals with coverage.")
@click.option(
    "--posture-at-least",
    type=click.FloatRange(0, 1),
    metavar="SHARE",
    help="Exit 1 when the weakest tenet is proven to less than this share (0 to 1).",
)
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Style of text.")
@click.option(
    "--sarif-profile",
    type=click.Choice(["github", "full"]),
    default="github",
    help="full adds unknown verdicts (kind open) and suppressed results.",
)
@click.option(
    "--sarif-category",
    "category",
    metavar="NAME/",
    help="SARIF automationDetails.id; uploads of one job need different ones.",
)
@click.option("--record", hidden=True, metavar="FILE", help="What the store of audits takes in.")
@common.today_option
def command(**given: Any) -> None:
    """Scan Terraform and Kubernetes files below PATH (default: here; - reads standard input).

    Exit codes: 0 clean, or below --fail-on; 1 findings from there on; 2 a wrong option or configuration; 3 what
    could not be read (--allow-incomplete); 4 a fault of ours. The last line says why.
    """
    code = run(Request.of(given))
    raise click.exceptions.Exit(code)


@dataclass(frozen=True, slots=True)
class Request:
    """The options as given, and the outputs they ask for: (format, file or None)."""

    given: dict[str, Any]
    outputs: tuple[tuple[str, str | None], ...]

    @classmethod
    def of(cls, given: dict[str, Any]) -> Request:
        """Read the options that have a form of their own. Raises UsageError."""
        from scanner.report import FORMATS  # noqa: PLC0415 - names only; writers are imported when used

        outputs = common.outputs(given["formats"], FORMATS)
        ending.groups(given["allow_incomplete"] or "")
        return cls(given, outputs)

    def __getitem__(self, name: str) -> Any:
        return self.given[name]


def run(request: Request) -> int:
    """The scan; returns the exit code."""
    baseline = _baseline(request["baseline"])
    report, config = judged(request)
    if baseline is not None:
        from scanner.engine.baseline import without_old  # noqa: PLC0415 - only with --baseline

        report = without_old(report, baseline, whole=_whole(request))
    return _finish(request, config, report)


def _baseline(path: Path | None) -> Baseline | None:
    """The baseline of --baseline. Raises UsageError where the file is none."""
    if path is None:
        return None
    from scanner.engine.baseline import Baseline  # noqa: PLC0415 - only with --baseline

    try:
        return Baseline.read(path)
    except ConfigError as error:
        raise click.UsageError(f"--baseline: {error}") from error


def _whole(request: Request) -> bool:
    """Whether all that is scanned is directories: a file shows only what touches it."""
    return not request["changed_since"] and all(path.is_dir() for path in request["paths"])


def judged(request: Request) -> tuple[Report, Config]:
    """All that the scan has to say, and the configuration it was made with."""
    since = Since.of(request.given)
    tree, config, chosen = common.prepare(
        since.files or request["paths"], request["root"], request["config_file"], request["exclude"]
    )
    if since.nothing:
        tree.nothing()
        chosen = []
    config, layers = _overlaid(config, request), _layers(request["layers"])
    rules, frameworks, known, diagnostics = chosen_rules(request, config)
    judging = _judging(request, config, rules, known)
    target = common.target(tree, config, chosen, request.given, diagnostics=diagnostics)
    if request["beside"]:
        from scanner.cli.beside import place_beside  # noqa: PLC0415 - only with --context

        place_beside(target, config, chosen, request.given)
    built, report, judgement = _judge(target, config, judging)
    if "checkov" in request["peers"]:
        report = _with_checkov(request, config, report, judgement, built, judging)
    report = frameworks.told(report, judgement, built.graph, config, judging.today)
    if request["record"]:
        from scanner.report.record import record  # noqa: PLC0415 - only for the store of audits

        common.write(record(report, known), request["record"])
    report = _limited(replace(report, notes=(*report.notes, *since.notes)), layers)
    report = nothing.empty(report, target.ours or since.given, rules, target)
    return report if request["pre_commit"] else nothing.unrendered(report), config


def _judging(request: Request, config: Config, rules: Sequence[Rule], known: frozenset[str]) -> Judging:
    """How the options want the graph to be judged. Raises UsageError."""
    today, backend = common.day(request["today"]), _backend(request, config)
    from scanner.scan import Judging  # noqa: PLC0415 - after the usage errors, which should be quick

    posture = request["posture"] or request["posture_at_least"] is not None
    return Judging(rules, today, backend, not request["no_ignores"], known, posture=posture)


def _judge(target: Target, config: Config, judging: Judging) -> tuple[Built, Report, Judgement]:
    """Read, map and judge, saying how far it is."""
    from scanner import scan  # noqa: PLC0415 - as above

    try:
        with uncollected(), Progress() as progress:
            built = scan.build(target, progress.units(scan.read(target)), config)
            progress.say("judging")
            told = built, *scan.judge(built, config, judging)
            keep()
            return told
    finally:
        if judging.backend is not None:
            judging.backend.close()


def _overlaid(config: Config, request: Request) -> Config:
    """The configuration with what the command line says over it."""
    changes: dict[str, Any] = {}
    try:
        if request["fail_on"]:
            changes["fail_on"] = severity(request["fail_on"])
        if request["fail_on_unknown"]:
            changes["fail_on_unknown"] = severity(request["fail_on_unknown"])
        if request["kubernetes_version"]:
            changes["kubernetes_version"] = kubernetes_version(
                request["kubernetes_version"], "--kubernetes-version"
            )
    except ConfigError as error:
        raise click.UsageError(str(error)) from error
    return replace(config, **changes)


def _layers(texts: Sequence[str]) -> frozenset[Layer]:
    try:
        return frozenset(Layer.parse(text) for text in texts)
    except ValueError as error:
        raise click.UsageError(f"--layer: {error}") from error


def chosen_rules(
    request: Request | Mapping[str, Any], config: Config
) -> tuple[list[Rule], Frameworks, frozenset[str], list[Diagnostic]]:
    """The chosen rules and frameworks, the ids of all rules, and what is wrong with any. Raises UsageError."""
    rule_dirs = [*request["rule_dirs"], *(Path(each) for each in config.rules)]
    policy_dirs = [*request["policy_dirs"], *(Path(each) for each in config.policies)]
    rules, diagnostics = common.load_rules(rule_dirs, policy_dirs)
    known = frozenset(rule.id for rule in rules)
    frameworks = Frameworks.of(request["framework"], rules)
    select = (*config.select, *request["select"])
    plain = [glob for glob in request["ignore"] if not set("*?[") & set(glob)]  # a pattern may well mean none
    for option, globs in (("select", request["select"]), ("ignore", plain)):
        for glob in globs:
            if not common.matching(rules, [glob]):
                raise click.UsageError(f"--{option} {glob}: no such rule (see layerproof rules list)")
    if select:
        rules = common.matching(rules, select)
    left_out = {rule.id for rule in common.matching(rules, (*config.ignore_rules, *request["ignore"]))}
    rules = [rule for rule in rules if rule.id not in left_out]
    if request["principle"]:
        rules = [rule for rule in rules if rule.principle in request["principle"]]
    return frameworks.limit(rules), frameworks, known, diagnostics


def _backend(request: Request, config: Config) -> RegoBackend | None:
    """The engine for Rego; None is the embedded one. Raises UsageError."""
    if request["rego"] == "regorus":
        if request["opa_url"] or request["opa_push"]:
            raise click.UsageError("--opa-url and --opa-push go with --rego opa")
        return None
    url = request["opa_url"] or config.opa_url
    if not url:
        raise click.UsageError("--rego opa needs --opa-url URL")
    from scanner.cli.opa import connect  # noqa: PLC0415 - only for those who run a server

    return connect(url, request.given)


def _with_checkov(
    request: Request, config: Config, report: Report, judgement: Judgement, built: Built, judging: Judging
) -> Report:
    from scanner.cli.peer import with_checkov  # noqa: PLC0415 - only with --with checkov

    options = (request["checkov_path"] or config.checkov, request["allow_install"])
    return with_checkov(report, judgement, built, config, judging, options)


def _limited(report: Report, layers: frozenset[Layer]) -> Report:
    if not layers:
        return report
    return replace(report, findings=tuple(each for each in report.findings if each.layer in layers))


def _finish(request: Request, config: Config, report: Report) -> int:
    """Write every output, say why on the last line, and return the exit code."""
    code, why = ending.verdict(request.given, config, report)
    if request["pre_commit"] and code == common.CLEAN:
        return code
    from scanner.bundle import bundled  # noqa: PLC0415 - only where something is written
    from scanner.report import RenderOptions  # noqa: PLC0415 - as above

    for name, file in request.outputs:
        options = RenderOptions(
            tool_version=__version__,
            color=name == "text" and file is None and common.colored(request["color"]),
            width=_width(),
            show_unknown=request["show_unknown"],
            statistics=request["statistics"],
            verbose=request["verbose"],
            category=request["category"] or "layerproof/",
            sarif_profile=request["sarif_profile"],
            fixtures=bundled("fixtures"),
        )
        common.write(_rendered(name, report, options), file)
    plain = any(name == "text" and file is None for name, file in request.outputs)
    click.echo(f"exit {code}: {why}", err=not plain)
    return code


def _rendered(name: str, report: Report, options: RenderOptions) -> bytes:
    """The report in one format. Raises ClickException where its extra is not installed."""
    from scanner.report import render  # noqa: PLC0415 - only where something is written

    if name != "html":
        return render(name, report, options)
    from scanner.report.html import Missing  # noqa: PLC0415 - HTML only

    try:
        return render(name, report, options)
    except Missing as error:
        raise click.ClickException(str(error)) from error


def _width() -> int:
    from shutil import get_terminal_size  # noqa: PLC0415 - only where something is written

    return max(60, min(get_terminal_size((100, 24)).columns, 140))
