# ruff: noqa: E501 - Terraform text and tables of it read better on one line
"""Random programs: one is a file of a root module, with the modules that it calls, and one `terraform_data` that
shows what it comes to. Many of them stand side by side in one root and share COMMON. A program is a function of its
number alone.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.conformance.terraform.functions import FILES, POOLS, signatures

COMMON = """
resource "terraform_data" "seed" { input = "x" }
variable "secret" {
  default   = "hush"
  sensitive = true
}
variable "nothing" {
  default = null
}
locals {
  us = terraform_data.seed.id
  ud = terraform_data.seed.output
  un = tonumber(terraform_data.seed.id)
  ub = tobool(terraform_data.seed.id)
  ul = split(",", terraform_data.seed.id)
  uset = toset(split(",", terraform_data.seed.id))
  um = zipmap(split(",", terraform_data.seed.id), split(",", terraform_data.seed.id))
  ks = "known"
  kl = ["x", "y", "z"]
  km = { a = "1", b = "2" }
  ko = { name = "n", size = 3, on = true, tags = ["t", "u"], inner = { a = 1 } }
  kt = ["a", 1, true, null]
  kg = [{ id = "i1", n = 1, in = [{ v = "p" }] }, { id = "i2", n = 2, in = [{ v = "q" }, { v = "r" }] }]
  template1 = "T$${a}"
  template2 = "%%{ for x in [1, 2] }<$${x}>%%{ endfor }"
  template3 = "$${b}-$${a}"
}
"""
SHARED_FILES = {"common.tf": COMMON, **FILES}
SIGNATURES = signatures()
FUNCTIONS = sorted(SIGNATURES)
BINARY = ("+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||")
OPERATORS = (*BINARY, "!", "neg", "?:")
FORMS = ("for-list", "for-map", "for-group", "for-if", "splat", "legacy-splat", "index", "attribute", "template",
         "directive", "heredoc", "trim-marker", "expand")  # fmt: skip
SHAPES = ("plain", "locals", "variable", "optional", "count", "for_each", "module", "module-count", "module-for_each",
          "nested-module")  # fmt: skip
SCALARS = ("s", "n", "b")
ANYTHING = ("s", "n", "b", "[s]", "[n]", "{s}", "{n}", "<s>", "<n>", "o", "t", "[[s]]", "{[s]}")
STRINGS = ('"a"', '"b"', '""', '"Hello World"', '"x-y_z"', '"ab"', '"äöü"', '"1"', '"true"', '"a,b"', '"a\\"b"',
           '"$${x}"', '"line\\n"', '"known"', '"10"', '"Zz"', '" pad "')  # fmt: skip
NUMBERS = (
    "0",
    "1",
    "2",
    "3",
    "-1",
    "7",
    "10",
    "0.5",
    "1.5",
    "100",
    "3.14159",
    "-2.5",
    "1e3",
    "255",
    "12345678901234567890",
)


@dataclass
class Program:
    """One program: its number, files by path, the address that shows its value, and what occurs in it."""

    number: int
    files: dict[str, str]
    features: set[str]

    @property
    def name(self) -> str:
        return f"p{self.number:06}"


@dataclass
class Writer:
    """Writes expressions of a wanted shape. `names` are names in scope by shape."""

    rng: random.Random
    unknown: float
    sensitive: float
    null: float
    wrong: float
    features: set[str] = field(default_factory=set)
    names: dict[str, list[str]] = field(default_factory=dict)
    counter: int = 0
    everywhere: bool = True

    def one(self, *choices: str) -> str:
        return self.rng.choice(choices)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def fresh(self) -> str:
        self.counter += 1
        return f"x{self.counter}"

    # expressions

    def expression(self, shape: str, depth: int) -> str:
        """An expression that should have the shape; now and then it has not."""
        if shape.startswith("@"):
            return self.pooled(shape[1:], depth)
        if self.chance(self.wrong):
            shape = self.one(*ANYTHING)
        if shape == "?":
            shape = self.one(*ANYTHING)
        if self.chance(self.null):
            self.features.add("null-input")
            return "null"
        if self.everywhere and self.chance(self.unknown):
            return self.unknown_leaf(shape)
        if self.chance(self.sensitive):
            self.features |= {"sensitive-input", "sensitive()"}
            if shape == "s" and self.everywhere and self.chance(0.5):
                return "var.secret"
            return f"sensitive({self.expression(shape, depth - 1)})"
        if depth <= 0 or self.stops():
            return self.leaf(shape)
        return self.composite(shape, depth)

    def stops(self) -> bool:
        """Whether an expression ends here."""
        return self.chance(0.25)

    def pooled(self, pool: str, depth: int) -> str:
        if self.chance(self.wrong):
            return self.expression("?", depth - 1)
        if pool == "file" and not self.everywhere:
            return '"${path.root}/files/a.txt"'
        if pool in ("templates",) and not self.everywhere:
            return '"plain"'
        return self.one(
            *(POOLS[pool] if self.chance(0.25) else POOLS[pool][:3])
        )  # what a function refuses comes last

    def unknown_leaf(self, shape: str) -> str:
        self.features.add("unknown-input")
        found = {"s": "local.us", "n": "local.un", "b": "local.ub", "[s]": "local.ul", "<s>": "local.uset",
                 "{s}": "local.um"}  # fmt: skip
        return found.get(shape) or self.one("local.ud", "local.us")

    def leaf(self, shape: str) -> str:
        if self.names.get(shape) and self.chance(0.6):
            return self.one(*self.names[shape])
        if shape == "s":
            return self.one(*STRINGS)
        if shape == "n":
            return self.one(*NUMBERS)
        if shape == "b":
            return self.one("true", "false")
        return self.collection(shape, self.leaf)

    def collection(self, shape: str, inner: Callable[[str], str], least: int = 0) -> str:
        """A collection's literal, with elements as `inner` writes them."""
        amount = max(least, self.rng.randrange(4))
        if shape == "o":
            return (
                "{ "
                + ", ".join(f"{key} = {inner(self.one(*SCALARS))}" for key in ("a", "b", "name")[:amount])
                + " }"
            )
        if shape == "t":
            return "[" + ", ".join(inner(self.one(*SCALARS, "[s]", "o")) for _ in range(amount)) + "]"
        element = shape[1:-1]
        if shape[0] == "{":
            keys = self.rng.sample(["a", "b", "c", "name", '"k 1"'], amount)
            text = "{ " + ", ".join(f"{key} = {inner(element)}" for key in keys) + " }"
            return f"tomap({text})" if self.chance(0.5) else text
        text = "[" + ", ".join(inner(element) for _ in range(amount)) + "]"
        if shape[0] == "<":
            return f"toset({text})"
        return f"tolist({text})" if self.chance(0.5) else text

    def composite(self, shape: str, depth: int) -> str:
        """An operator, a call, a for, a splat, a template or a path of the shape."""
        roll = self.rng.random()
        if roll < 0.45:
            return self.call(self.function_for(shape), depth, shape)
        if roll < 0.57:
            return self.conditional(shape, depth)
        if roll < 0.67:
            return self.path(shape, depth)
        if roll < 0.72:
            return f"({self.expression(shape, depth - 1)})"
        if shape == "n":
            return self.operator(self.one("+", "-", "*", "/", "%", "neg"), depth)
        if shape == "b":
            return self.operator(self.one("==", "!=", "<", "<=", ">", ">=", "&&", "||", "!"), depth)
        if shape == "s":
            return self.template(depth)
        if shape[0] in "[<{" or shape in "ot":
            return self.gathered(shape, depth)
        return self.leaf(shape)

    def function_for(self, shape: str) -> str:
        fitting = _GIVING.get(shape) or FUNCTIONS
        return self.one(*fitting)

    def call(self, name: str, depth: int, wanted: str = "") -> str:
        self.features.add(f"{name}()")
        alternatives = SIGNATURES[name]
        fitting = [each for each in alternatives if each[1] == wanted] or alternatives
        shapes, _ = self.rng.choice(fitting)
        args: list[str] = []
        for shape in shapes:
            if shape.startswith("*"):
                args += [self.expression(shape[1:], depth - 1) for _ in range(self.rng.randrange(3))]
            else:
                args.append(self.expression(shape, depth - 1))
        if self.chance(self.wrong / 3):
            args = args[:-1] if self.chance(0.5) else [*args, "1"]
        elif shapes and args and shapes[-1].startswith("*") and self.chance(0.15):
            self.features.add("expand")
            return f"{name}({', '.join([*args[:-1], f'[{args[-1]}]...'])})"
        return f"{name}({', '.join(args)})"

    def operator(self, op: str, depth: int) -> str:
        self.features.add(op)
        if op == "?:":
            return self.conditional(self.one(*SCALARS), depth)
        if op == "!":
            return f"!({self.expression('b', depth - 1)})"
        if op == "neg":
            return f"-({self.expression('n', depth - 1)})"
        if op in ("&&", "||"):
            kind = "b"
        elif op in ("==", "!="):
            kind = self.one(*SCALARS, "s", "n", "?")
            other = kind if self.chance(0.8) else "?"
            return f"({self.expression(kind, depth - 1)} {op} {self.expression(other, depth - 1)})"
        else:
            kind = "n"
        left, right = self.expression(kind, depth - 1), self.expression(kind, depth - 1)
        if self.chance(0.2):  # precedence decides
            more = self.one("+", "*", "-") if kind == "n" else self.one("&&", "||")
            self.features.add(more)
            return (
                f"({left} {op} {right} {more} {self.expression(kind, 0)})"
                if op not in ("<", "<=", ">", ">=")
                else f"({left} {more} {self.expression(kind, 0)} {op} {right})"
            )
        return f"({left} {op} {right})"

    def conditional(self, shape: str, depth: int) -> str:
        self.features.add("?:")
        other = shape if self.chance(0.93) else "?"
        return (
            f"({self.expression('b', depth - 1)} ? {self.expression(shape, depth - 1)} : "
            f"{self.expression(other, depth - 1)})"
        )

    def path(self, shape: str, depth: int) -> str:
        """An index or an attribute that leads to the shape."""
        if self.chance(0.3):
            known = {"s": ("local.ko.name", "local.kt[0]", 'local.km["a"]', "local.kl[1]", "local.kg[0].id", "local.ks"),
                     "n": ("local.ko.size", "local.kt[1]", "local.ko.inner.a", "local.kg[1].n"),
                     "b": ("local.ko.on", "local.kt[2]"), "{s}": ("local.km",), "[s]": ("local.kl", "local.ko.tags"),
                     "o": ("local.ko", "local.kg[0]"), "t": ("local.kt", "local.kg", "local.kl")}  # fmt: skip
            if shape in known and self.everywhere:
                self.features |= {"attribute", "index"}
                return self.one(*known[shape])
        self.features.add("index")
        roll = self.rng.random()
        if roll < 0.35:
            return f"{self.collection(f'[{shape}]', lambda inner: self.expression(inner, depth - 2), 1)}[{self.one('0', '0', '0', '1')}]"
        if roll < 0.65:
            return f'{self.collection("{" + shape + "}", lambda inner: self.expression(inner, depth - 2), 3)}["{self.one("a", "b", "name")}"]'
        self.features.add("attribute")
        if roll < 0.9:
            return f"{{ a = {self.expression(shape, depth - 1)}, b = {self.expression('?', 0)} }}.{self.one('a', 'a', 'a', 'b', 'c')}"
        return (
            f"[{self.expression(shape, depth - 1)}, {self.expression('?', 0)}][{self.expression('n', depth - 2)}]"
        )

    def gathered(self, shape: str, depth: int) -> str:
        """A for expression, a splat or a literal."""
        roll = self.rng.random()
        if roll < 0.3:
            return self.collection(shape, lambda inner: self.expression(inner, depth - 1))
        if shape[0] == "{" or shape == "o":
            return self.for_map(shape, depth)
        text = self.splat(depth) if roll < 0.5 else self.for_list(shape, depth)
        return f"toset({text})" if shape[0] == "<" else text

    def bound(self, shape: str, name: str, write: Callable[[], str]) -> str:
        """What `write` writes with one more name in scope."""
        before = self.names.get(shape, [])
        self.names[shape] = [*before, name, name]
        try:
            return write()
        finally:
            self.names[shape] = before

    def for_list(self, shape: str, depth: int) -> str:
        self.features.add("for-list")
        over = self.one("[s]", "[n]", "{s}", "<s>", "t", "o", "{n}")
        element = over[1:-1] if len(over) == 3 else self.one(*SCALARS)
        key, value = self.fresh(), self.fresh()
        names = value if self.chance(0.5) else f"{key}, {value}"
        inner = shape[1:-1] if shape[0] in "[<" else self.one(*SCALARS)

        def body() -> str:
            text = self.expression(inner or "s", depth - 1)
            return text + self.condition(depth)

        collection = self.expression(over, depth - 1)
        return f"[for {names} in {collection} : {self.bound(element, value, body)}]"

    def condition(self, depth: int) -> str:
        if not self.chance(0.3):
            return ""
        self.features.add("for-if")
        return f" if {self.expression('b', depth - 1)}"

    def for_map(self, shape: str, depth: int) -> str:
        self.features.add("for-map")
        over = self.one("[s]", "{s}", "<s>", "{n}", "o", "t")
        element = over[1:-1] if len(over) == 3 else self.one(*SCALARS)
        key, value = self.fresh(), self.fresh()
        inner = shape[1:-1] if shape[0] == "{" else self.one(*SCALARS)
        group = self.chance(0.25)
        if group:
            self.features.add("for-group")

        def body() -> str:
            name = self.one(f'"${{{key}}}"', f'"k${{{key}}}"', key, self.expression("s", depth - 2))
            return f"{name} => {self.expression(inner or 's', depth - 1)}{'...' if group else ''}{self.condition(depth)}"

        collection = self.expression(over, depth - 1)
        return f"{{ for {key}, {value} in {collection} : {self.bound(element, value, body)} }}"

    def splat(self, depth: int) -> str:
        if not self.everywhere or self.chance(0.5):
            over = self.expression(self.one("[s]", "t", "s", "<s>", "o", "n"), depth - 1)
            self.features.add("splat")
            return f"{over}[*]" if over[0] not in "-!0123456789" else f"({over})[*]"
        if self.chance(0.3):
            return self.legacy_splat()
        self.features.add("splat")
        return self.one("local.kg[*].id", "local.kg[*].in[*].v", "local.ko[*].name", "var.nothing[*]", "local.kg[*].in[0].v",
                        "local.ks[*]", "local.kl[*]", "flatten(local.kg[*].in[*].v)", "local.kg[*].zz",
                        "local.ud[*]", "local.ul[*]")  # fmt: skip

    def legacy_splat(self) -> str:
        self.features.add("legacy-splat")
        return self.one("local.kg.*.id", "local.kg.*.n", "local.ko.*.name", "local.kl.*", "local.kg.*.in[0].v")

    def template(self, depth: int) -> str:
        roll = self.rng.random()
        self.features.add("template")
        if roll > 0.98 and depth > 1:
            return f"chomp({self.heredoc(depth - 1)})"
        if roll < 0.5:
            return f'"pre-${{{self.expression(self.one(*SCALARS), depth - 1)}}}-${{{self.expression("s", depth - 2)}}}"'
        if roll < 0.6:
            self.features.add("trim-marker")
            return f'"a ${{~ {self.expression("s", depth - 1)} ~}} b"'
        if roll < 0.75:
            self.features.add("directive")
            return (
                f'"%{{ if {self.expression("b", depth - 1)} }}yes ${{{self.expression("s", depth - 2)}}}'
                f'%{{ else }}no%{{ endif }}"'
            )
        if roll < 0.9:
            self.features.add("directive")
            name = self.fresh()

            def body() -> str:
                return f"${{{self.expression('s', depth - 2)}}}"

            over = self.expression(self.one("[s]", "{s}", "<s>"), depth - 1)
            return f'"%{{ for {name} in {over} ~}} <{self.bound("s", name, body)}> %{{ endfor }}"'
        return f'"${{{self.expression(self.one(*ANYTHING), depth - 1)}}}"'

    def heredoc(self, depth: int) -> str:
        self.features |= {"heredoc", "directive", "template"}
        mark = self.one("<<-", "<<")
        name = self.fresh()
        trim = self.one("~", "")
        flat = {f: self.expression(f, depth - 1) for f in ("s", "b", "[s]")}
        return (
            f"{mark}EOT\n    first ${{{flat['s']}}}\n      %{{ for {name} in {flat['[s]']} {trim}}}\n    - ${{{name}}}\n"
            f"    %{{ endfor {trim}}}\n  %{{ if {flat['b']} }}on%{{ else }}off%{{ endif }}\n\n    last $${{x}}\n  EOT\n"
        )


def _giving() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, alternatives in SIGNATURES.items():
        for _, returns in alternatives:
            if name not in found.setdefault(returns, []):
                found[returns].append(name)
    for shape in ("o", "t"):
        found[shape] = found["?"]
    return found


_GIVING = _giving()
