"""What several commands share: the tree, the configuration, the rules, exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner import config as configuration
from scanner.config import Config, ConfigError
from scanner.model.diagnostic import Diagnostic
from scanner.model.location import SourceFile
from scanner.model.rule import Rule
from scanner.model.settings import RootEntry
from scanner.sources.kubernetes.rendering import Find, Values
from scanner.sources.terraform.inputs import Environment, Settings
from scanner.sources.tree import Tree, tree_root

if TYPE_CHECKING:
    from scanner.scan import Target

CLEAN, FAILED, USAGE, INCOMPLETE, INTERNAL = 0, 1, 2, 3, 4
THRESHOLDS = click.Choice(["critical", "high", "medium", "low", "never"])


def outputs(formats: Sequence[str], known: Collection[str]) -> tuple[tuple[str, str | None], ...]:
    """`--format FMT[=FILE]` as formats with their files, text where none is given. Raises UsageError."""
    found = []
    for given in formats or ("text",):
        name, _, file = given.partition("=")
        if name not in known:
            raise click.UsageError(f"--format knows {', '.join(known)}; not {name!r}")
        found.append((name, file or None))
    if sum(file is None for _, file in found) > 1:
        raise click.UsageError(
            f"only one --format can go to standard output; give the others a file ({found[-1][0]}=FILE)"
        )
    return tuple(found)


_FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)
today_option = click.option(
    "--today", hidden=True, metavar="DATE", help="The day by which ignores are judged (tests)."
)


def further_rules(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--rules` and `--policies`: the user's own beside ours."""
    python = "Further Python rules. They run as code of yours."
    command = click.option("--policies", "policy_dirs", multiple=True, type=_FOLDER, help="Further Rego rules.")(
        command
    )
    return click.option("--rules", "rule_dirs", multiple=True, type=_FOLDER, help=python)(command)


def day(today: str | None) -> date:
    """The day by which ignores are judged: that of `--today`, else today. Raises UsageError."""
    try:
        return date.fromisoformat(today) if today else date.today()
    except ValueError:
        raise click.UsageError(f"--today takes YYYY-MM-DD, not {today!r}") from None


def reading(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say how it is read; what is read, the command says itself."""
    for option in reversed(_READING):
        command = option(command)
    return command


def reading_in(help: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`--in` PATH, repeatable, and what says how it is read."""
    paths = click.option(
        "--in", "paths", multiple=True, metavar="PATH|SNAPSHOT", type=click.Path(path_type=Path, allow_dash=True),
        help=f"{help}; repeatable. Default: the current directory.",
    )  # fmt: skip
    return lambda command: paths(reading(command))


def input_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what is read and how."""
    for option in reversed(_INPUT):
        command = option(command)
    return command


_READING: list[Callable[..., Any]] = [
    click.option("--root", type=click.Path(path_type=Path, file_okay=False, exists=True),
                 help="The scanned tree; nothing outside it is read. Default: the git work tree around PATH."),
    click.option("--config", "config_file", type=click.Path(path_type=Path, dir_okay=False, exists=True),
                 help="Configuration to use instead of the tree's layerproof.toml."),
    click.option("--exclude", multiple=True, metavar="GLOB", help="Leave out what matches (as in .gitignore)."),
    click.option("--var-file", "var_files", multiple=True,
                 type=click.Path(path_type=Path, dir_okay=False, exists=True),
                 help="Terraform variable file; repeatable, the last wins."),
    click.option("--var", "variables", multiple=True, metavar="NAME=VALUE",
                 help="Terraform variable; repeatable."),
    click.option("--workspace", metavar="NAME", help="Terraform workspace."),
    click.option("--helm-values", "helm_values", multiple=True,
                 type=click.Path(path_type=Path, dir_okay=False, exists=True),
                 help="Values for the Helm charts of the tree; repeatable, the last wins."),
    click.option("--no-render", is_flag=True,
                 help="Do not run helm and kustomize: judge manifests as they stand."),
    click.option("--jobs", type=click.IntRange(min=1), metavar="N",
                 help="Processes that read manifests side by side. Default: 1."),
]  # fmt: skip
_INPUT: list[Callable[..., Any]] = [
    click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path, allow_dash=True)),
    *_READING,
]


def prepare(
    paths: Sequence[Path],
    root: Path | None,
    config_file: Path | None,
    exclude: Sequence[str],
) -> tuple[Tree, Config, list[Path]]:
    """The tree, its configuration and the chosen paths. Raises UsageError for a path that does not exist."""
    real = [path for path in paths if str(path) != "-"]
    for path in real:
        if not path.exists():
            raise click.UsageError(f"{path} does not exist{_elsewhere(path)}")
    chosen = real or ([] if paths else [Path()])
    top = (root or tree_root(common_path(chosen))).resolve()
    for path in chosen:
        if not path.resolve().is_relative_to(top):
            raise click.UsageError(f"{path} lies outside the scanned tree {top}; give a --root that holds it")
    config = load_config(chosen[0] if chosen else Path(), top, config_file)
    tree = Tree(top, chosen, (*config.exclude, *exclude))
    return tree, config, chosen


def _elsewhere(path: Path) -> str:
    """What to do where a path names an object of S3: a scan opens no connection."""
    name = str(path)
    if not name.startswith("s3:/"):
        return ""
    return f" here; read it through a pipe: aws s3 cp s3://{name[4:].lstrip('/')} - | layerproof scan -"


def common_path(chosen: Sequence[Path]) -> Path:
    """The place that holds all chosen paths: the path itself where it is one."""
    return Path(os.path.commonpath([path.resolve() for path in chosen or [Path()]]))


def load_config(start: Path, top: Path, config_file: Path | None) -> Config:
    """The configuration in force. Raises UsageError where it cannot be used."""
    try:
        if config_file is not None:
            inside = config_file.resolve().is_relative_to(top)
            return configuration.load(config_file, trusted=not inside)
        found = configuration.find(start.resolve(), top)
        if found is not None:
            return configuration.load(found, trusted=False, shown=found.relative_to(top).as_posix())
        own = user_config()
        return configuration.load(own, trusted=True) if own is not None else Config()
    except ConfigError as error:
        raise click.UsageError(str(error)) from error


def user_config() -> Path | None:
    """The user's own configuration, where there is one."""
    base = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")  # noqa: PTH111 - no home is no error
    path = Path(base) / "layerproof" / "layerproof.toml"
    return path if path.is_file() else None


def user_data() -> Path:
    """The user's own data directory for us (XDG base directories)."""
    base = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")  # noqa: PTH111 - as above
    return Path(base) / "layerproof"


def settings(
    config: Config, tree: Tree, var_files: Sequence[Path], variables: Sequence[str], workspace: str | None
) -> Settings:
    """What is said of Terraform variables, configuration first. Raises UsageError."""
    absent = next((name for name in config.var_files if not tree.exists(name)), None)
    if absent is not None:
        raise click.UsageError(f"{config.origin}: var_files: {absent} does not exist in the scanned tree")
    common = [SourceFile(name, (tree.root / name).read_bytes()) for name in config.var_files]
    files = [SourceFile(str(path), path.read_bytes()) for path in var_files]
    pairs = []
    for text in variables:
        name, mark, value = text.partition("=")
        if not mark or not name:
            raise click.UsageError(f"--var takes NAME=VALUE, not {text!r}")
        pairs.append((name, value))
    environments: dict[str, tuple[Environment, ...]] = {}
    for entry in config.roots:
        told = _environment(entry, tree, config, workspace)
        environments[entry.path] = (*environments.get(entry.path, ()), told)
    return Settings(
        tuple(files), tuple(pairs), workspace or config.workspace, tuple(common), environments, config.aws
    )


def _environment(entry: RootEntry, tree: Tree, config: Config, workspace: str | None) -> Environment:
    """One `[[roots]]` with its files read; a file that is named and not there is an error of the configuration."""
    if not (tree.inside(entry.path) and (tree.root / entry.path).is_dir()):
        raise click.UsageError(f"{config.origin}: roots.path {entry.path!r} is no directory of the scanned tree")
    files = []
    for name in entry.var_files:
        outside = name.startswith(("/", "~", ".."))  # the configuration was trusted to say so
        path = tree.root / name
        if not (path.is_file() if outside else tree.exists(name)):
            raise click.UsageError(f"{config.origin}: roots.var_files: {name} does not exist in the scanned tree")
        file = SourceFile(name, path.read_bytes())
        files.append(file)
        tree.files.add(file)
    return Environment(entry.name, workspace or entry.workspace, tuple(files), entry.vars)


def charts(config: Config, tree: Tree) -> dict[str, tuple[Values, ...]]:
    """How the charts of the tree are rendered. Raises UsageError for values that are not there."""
    found: dict[str, tuple[Values, ...]] = {}
    for entry in config.charts:
        files = []
        for name in entry.values:
            if not tree.exists(name):
                told = f"charts.values: {name} does not exist in the scanned tree"
                raise click.UsageError(f"{config.origin}: {told}")
            files.append(SourceFile(name, (tree.root / name).read_bytes()))
        given = Values(entry.name, tuple(files), entry.release, entry.namespace)
        found[entry.path] = (*found.get(entry.path, ()), given)
    return found


def find_program(tree: Tree) -> Find:
    """A program of the search path by its name; what the scanned tree itself holds is never run."""

    def find(name: str) -> str | None:
        from shutil import which  # noqa: PLC0415 - only where something is rendered

        found = which(name)
        if found is None or Path(found).resolve().is_relative_to(tree.root):
            return None
        return str(Path(found).resolve())

    return find


def target(tree: Tree, config: Config, chosen: Sequence[Path], given: Mapping[str, Any], **more: Any) -> Target:
    """What the options of reading name, as a scan takes it; `-` is standard input. Raises UsageError."""
    from scanner import scan  # noqa: PLC0415 - after the usage errors, which should be quick

    piped = Path("-") in given.get("paths", ())
    if piped and not chosen:
        tree.nothing()
    if config.registry.rdap or config.registry.vrps:
        _registry_files(config, tree)
    return scan.Target(
        tree=tree,
        settings=settings(config, tree, given["var_files"], given["variables"], given["workspace"]),
        only=scan.only_files(tree, chosen),
        stdin=sys.stdin.buffer.read() if piped else None,
        jobs=given["jobs"] or 1,
        charts=charts(config, tree),
        values=tuple(SourceFile(str(path), path.read_bytes()) for path in given["helm_values"]),
        kubernetes=config.kubernetes_version,
        find=None if given["no_render"] else find_program(tree),
        **more,
    )


def _registry_files(config: Config, tree: Tree) -> None:
    """Raises UsageError for a file of [registry] that is not there, or not in the tree where it must be."""
    from scanner.sources.registry import Files  # noqa: PLC0415 - only where the user keeps such files

    for wrong in Files(config.registry, tree, []).missing():
        raise click.UsageError(f"{config.origin}: registry: {wrong}")


def load_rules(
    rule_dirs: Sequence[Path] = (), policy_dirs: Sequence[Path] = ()
) -> tuple[list[Rule], list[Diagnostic]]:
    """The bundled rules and those of the user's directories."""
    from scanner.bundle import bundled  # noqa: PLC0415 - most commands need no rules
    from scanner.engine.discover import discover  # noqa: PLC0415 - as above

    rules, diagnostics = discover([bundled("rules")], [bundled("policies")])
    if rule_dirs or policy_dirs:
        own, faults = discover(list(rule_dirs), list(policy_dirs), ours=False)
        known = {rule.id for rule in rules}
        rules.extend(rule for rule in own if rule.id not in known)
        diagnostics.extend(faults)
    return sorted(rules, key=lambda rule: rule.id), diagnostics


def matching(rules: Sequence[Rule], globs: Sequence[str]) -> list[Rule]:
    """The rules whose id matches one of the globs (a bare principle stands for all of its rules)."""
    return [rule for rule in rules if any(_matches(rule.id, glob) for glob in globs)]


def _matches(rule_id: str, glob: str) -> bool:
    return fnmatchcase(rule_id, glob) or fnmatchcase(rule_id, f"{glob}/*")


def colored(color: str | None = None) -> bool:
    """Whether to style text on standard output (NO_COLOR, FORCE_COLOR, TERM=dumb, a terminal)."""
    if color in ("always", "never"):
        return color == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def write(text: bytes | str, target: str | None = None) -> None:
    """Write to a file, or to standard output as it is. Raises ClickException where the file cannot be written."""
    data = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    if target and target != "-":
        try:
            Path(target).write_bytes(data)
        except OSError as error:
            raise click.ClickException(f"{target} cannot be written: {error.strerror}") from error
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def dump(value: Any) -> bytes:
    """JSON for programs: indented, with a line break at the end."""
    import orjson  # noqa: PLC0415 - only for JSON

    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE, default=str)
