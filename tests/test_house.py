"""The house rules of DESIGN sections 3 and 8, read from the source: nothing here imports what it judges."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent
PACKAGE = TOP / "scanner"

# Room to floor (DESIGN section 3). A room imports only from floors below its own.
FLOORS = {
    "__init__": 0,  # the version, and nothing else
    "model": 1,
    "bundle": 2,
    "config": 2,
    "graph": 2,
    "hcl": 2,
    "rule": 3,
    "analysis": 4,
    "mapping": 4,
    "sources": 4,
    "docs": 5,
    "engine": 5,
    "report": 6,
    "scan": 6,
    "audit": 7,
    "fixture": 7,
    "cli": 8,
}

# Inside analysis/: tiers, exposure and copies may import network and access, never the reverse.
ANALYSIS_BELOW = {"network", "access"}
ANALYSIS_ABOVE = {"tiers", "exposure", "copies"}

# Files over 400 lines, with the reason that the second look found.
LONG = {
    "scanner/model/kinds.py": "the vocabulary: one declaration per kind, read from top to bottom",
}
MOST_LINES = 400

SOURCES = sorted(PACKAGE.rglob("*.py"))
RULES = sorted([*(TOP / "rules").rglob("*.py"), *(TOP / "policies").rglob("*.rego")])
TREES = {path: ast.parse(path.read_text("utf-8"), str(path)) for path in SOURCES}


def shown(path: Path) -> str:
    return path.relative_to(TOP).as_posix()


def module_of(path: Path) -> str:
    parts = path.relative_to(TOP).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of everything of ours that a file imports, wherever the import stands."""
    here = module_of(path).split(".") if path.name != "__init__.py" else [*module_of(path).split("."), "__init__"]
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = ".".join([*here[: -node.level], *([node.module] if node.module else [])]) if node.level else ""
            origin = base or node.module or ""
            for alias in node.names:
                known = (TOP / Path(*origin.split(".")) / f"{alias.name}.py").is_file() or (
                    TOP / Path(*origin.split(".")) / alias.name / "__init__.py"
                ).is_file()
                yield node.lineno, f"{origin}.{alias.name}" if known else origin
        elif isinstance(node, ast.Call) and _called(node) in {"import_module", "importlib.import_module"}:
            yield from ((node.lineno, name) for name in _literal(node.args[0]))


def _literal(argument: ast.expr) -> Iterator[str]:
    """The fixed lead of a dynamic import: `scanner.cli` of f"scanner.cli.{name}"."""
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value
    elif isinstance(argument, ast.JoinedStr) and isinstance(argument.values[0], ast.Constant):
        yield str(argument.values[0].value).rstrip(".")


def _called(node: ast.Call) -> str:
    return ast.unparse(node.func)


def ours(path: Path) -> Iterator[tuple[int, str]]:
    return ((line, name) for line, name in imports(path) if name.split(".")[0] == "scanner")


def test_every_room_has_a_floor():
    rooms = {room_of(module_of(path)) for path in SOURCES}
    assert rooms <= FLOORS.keys(), (
        f"no floor for {sorted(rooms - FLOORS.keys())}: draw it in DESIGN section 3 first"
    )


@pytest.mark.parametrize("path", SOURCES, ids=shown)
def test_imports_lead_downward(path: Path):
    room = room_of(module_of(path))
    wrong = [
        f"{shown(path)}:{line}: {room} (floor {FLOORS[room]}) imports {name} (floor {FLOORS[target]})"
        for line, name in ours(path)
        if (target := room_of(name)) != room and FLOORS[target] >= FLOORS[room]
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", [path for path in SOURCES if room_of(module_of(path)) == "analysis"], ids=shown)
def test_analysis_has_two_floors_of_its_own(path: Path):
    part = path.relative_to(PACKAGE / "analysis").parts[0].removesuffix(".py")
    if part in ANALYSIS_BELOW:
        wrong = [
            name
            for _, name in ours(path)
            if name.split(".")[1:2] == ["analysis"] and _part(name) in ANALYSIS_ABOVE
        ]
        assert not wrong, f"{shown(path)} imports {wrong}"


def _part(name: str) -> str:
    return [*name.split("."), "", "", ""][2]


@pytest.mark.parametrize("path", [path for path in SOURCES if room_of(module_of(path)) == "model"], ids=shown)
def test_the_model_needs_the_standard_library_only(path: Path):
    import sys

    wrong = [
        f"{shown(path)}:{line}: {name}"
        for line, name in imports(path)
        if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("scanner.model")
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", [path for path in SOURCES if room_of(module_of(path)) == "mapping"], ids=shown)
def test_providers_do_not_know_each_other(path: Path):
    parts = path.relative_to(PACKAGE / "mapping").parts
    if len(parts) < 2:
        return
    others = {each.name for each in (PACKAGE / "mapping").iterdir() if each.is_dir()} - {parts[0], "__pycache__"}
    wrong = [name for _, name in ours(path) if name.startswith("scanner.mapping.") and _part(name) in others]
    assert not wrong, f"{shown(path)} imports {wrong}"


# rules and policies

PROVIDER_NAMES = re.compile(r"\b(?:aws|azurerm|azuread|google|kubernetes|oci|alicloud)_[a-z]\w*|\bAWS::\w+")


def strings_of_code(path: Path) -> Iterator[tuple[int, str]]:
    """Names and texts of a rule's code: comments, docstrings and `controls` may name what they like."""
    if path.suffix == ".rego":
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if not line.lstrip().startswith("#"):
                yield number, line
        return
    tree = ast.parse(path.read_text("utf-8"))
    skipped = {id(each) for node in ast.walk(tree) for each in _documentation(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.lineno, node.value
        elif isinstance(node, ast.Name):
            yield node.lineno, node.id


def _documentation(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef)) and node.body:
        first = node.body[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            yield first.value
    if isinstance(node, ast.keyword) and node.arg in {"controls", "remediation"}:
        yield from ast.walk(node.value)


LANGUAGE = [path for path in SOURCES if room_of(module_of(path)) == "hcl"]


@pytest.mark.parametrize("path", [*RULES, *LANGUAGE], ids=shown)
def test_rules_and_the_language_name_no_provider(path: Path):
    wrong = [
        f"{shown(path)}:{line}: {found.group()}"
        for line, text in strings_of_code(path)
        if (found := PROVIDER_NAMES.search(text))
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", [path for path in RULES if path.suffix == ".py"], ids=shown)
def test_a_rule_imports_the_rule_door_and_the_model_only(path: Path):
    tree = ast.parse(path.read_text("utf-8"))
    names = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    wrong = [
        name
        for name in names
        if name.startswith("scanner") and not (name == "scanner.rule" or name.startswith("scanner.model"))
    ]
    assert not wrong, f"{shown(path)} imports {wrong}"


def test_a_rule_file_is_in_snake_case_under_its_principle():
    principles = {"zero_trust", "least_privilege", "backup", "tiers", "hygiene"}
    wrong = []
    for path in RULES:
        parts = path.relative_to(TOP).parts
        if len(parts) != 3 or parts[1] not in principles or not re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", path.stem):
            wrong.append(shown(path))
    assert not wrong, "\n".join(wrong)


# no import that acts

ACTING = re.compile(
    r"^(open|print|input|exec|eval|compile|__import__|breakpoint|exit|quit"
    r"|(os|sys|subprocess|shutil|socket|urllib|requests|time|random|secrets|uuid|tempfile|logging|gc|signal)\..*"
    r"|threading\.(?!Lock$).*"  # a lock waits for no one by being made
    r"|(Path|PurePath)\(.*|.*\.(read_text|read_bytes|write_text|write_bytes|mkdir|resolve|exists|is_file|is_dir|glob|rglob)"
    r"|(datetime\.)*(datetime|date)\.(now|today|utcnow))$"
)
ENVIRONMENT = re.compile(r"\bos\.(environ|getenv|getcwd)|\bsys\.argv|\bPath\.(cwd|home)\b")


def at_import(body: Iterable[ast.stmt]) -> Iterator[ast.AST]:
    """Everything that runs when a module is imported: not the bodies of functions, but their defaults."""
    for statement in body:
        if isinstance(statement, ast.If) and ast.unparse(statement.test) in {
            "TYPE_CHECKING",
            "__name__ == '__main__'",
        }:
            continue
        yield from _running(statement)


def _running(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        for each in [*node.decorator_list, *node.args.defaults, *(one for one in node.args.kw_defaults if one)]:
            yield from _running(each)
        return
    if isinstance(node, ast.Lambda):
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _running(child)


@pytest.mark.parametrize("path", [*SOURCES, *(path for path in RULES if path.suffix == ".py")], ids=shown)
def test_an_import_does_nothing(path: Path):
    tree = TREES.get(path) or ast.parse(path.read_text("utf-8"))
    wrong = []
    for node in at_import(tree.body):
        text = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        if text and ACTING.match(text):
            wrong.append(f"{shown(path)}:{node.lineno}: calls {text}")  # type: ignore[attr-defined]
        if isinstance(node, ast.Attribute) and ENVIRONMENT.search(ast.unparse(node)):
            wrong.append(f"{shown(path)}:{node.lineno}: reads {ast.unparse(node)}")
        if isinstance(node, (ast.For, ast.While, ast.With)):
            wrong.append(f"{shown(path)}:{node.lineno}: a {type(node).__name__.lower()} at module level")
    assert not wrong, "\n".join(wrong)


# names and sizes


def test_no_base_classes_managers_or_utilities():
    wrong = [
        shown(path) for path in SOURCES if path.stem in {"utils", "util", "helpers", "misc", "base", "manager"}
    ]
    named = re.compile(r"^_?Base[A-Z]|Manager$|Helper$|Utils?$")
    for path, tree in TREES.items():
        classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and named.search(node.name)]
        wrong.extend(f"{shown(path)}:{node.lineno}: class {node.name}" for node in classes)
    assert not wrong, "\n".join(wrong)


def test_files_are_short():
    lengths = {shown(path): len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    wrong = {name: lines for name, lines in lengths.items() if lines > MOST_LINES and name not in LONG}
    assert not wrong, f"over {MOST_LINES} lines: split them, or list them here with a reason: {wrong}"


def test_the_list_of_long_files_is_not_longer_than_needed():
    needless = [
        name
        for name in LONG
        if not (TOP / name).is_file() or len((TOP / name).read_text("utf-8").splitlines()) <= MOST_LINES
    ]
    assert not needless, f"no longer over {MOST_LINES} lines: {needless}"


# what must not stand in the repository

SUFFIXES = {".py", ".rego", ".tf", ".yaml", ".yml", ".toml", ".md", ".json", ".txt", ""}
TEXTS = sorted(
    path
    for folder in ("scanner", "rules", "policies", "fixtures", "tests", ".github", ".ci")
    for path in (TOP / folder).rglob("*")
    if path.is_file() and path.suffix in SUFFIXES and "__pycache__" not in path.parts
)
TEXTS += [TOP / "pyproject.toml", TOP / "README.md", TOP / "action.yml"]
MACHINE = re.compile(r"(?<![\w.])/(?:work|home/[a-z]\w+|Users/[A-Za-z]\w+|root)/[\w.]")


def test_no_path_of_one_machine():
    wrong = []
    for path in TEXTS:
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
            found = MACHINE.search(line)
            if found and path != Path(__file__).resolve() and not line.rstrip().endswith("# an example's path"):
                wrong.append(f"{shown(path)}:{number}: {line.strip()[:100]}")
    assert not wrong, "\n".join(wrong)


def test_every_lint_exemption_says_why():
    """`# noqa: CODE - reason`: an exemption without a reason is a habit (DESIGN section 8)."""
    wrong = []
    for path in [*SOURCES, *(path for path in RULES if path.suffix == ".py")]:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            found = re.search(r"#\s*(noqa|type: ignore|pragma)\b(.*)", line)
            if found and not re.search(r"(- |# )\S+", found.group(2)):
                wrong.append(f"{shown(path)}:{number}: {line.strip()[-80:]}")
    assert not wrong, "\n".join(wrong)
