# ruff: noqa: E501 - Terraform text and tables of it read better on one line
"""What one program is made of: the forms that surround an expression."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

from tests.conformance.terraform.generate import FORMS, FUNCTIONS, OPERATORS, SHAPES, Program, Writer

TYPES = {
    "s": "string", "n": "number", "b": "bool", "[s]": "list(string)", "[n]": "list(number)", "{s}": "map(string)",
    "{n}": "map(number)", "<s>": "set(string)", "<n>": "set(number)", "o": "any", "t": "any",
    "[[s]]": "list(list(string))", "{[s]}": "map(list(string))",
}  # fmt: skip
OPTIONAL = (
    'object({ name = string, on = optional(bool, false), tags = optional(map(string), { a = "b" }), n = optional(number) })',
    "list(object({ id = string, ports = optional(list(number), [80]), note = optional(string) }))",
    'map(object({ a = optional(string, "d"), inner = optional(object({ x = optional(number, 7) }), {}) }))',
    "object({ a = any, b = optional(list(any)) })",
    "tuple([string, number, bool])",
    'set(object({ k = string, v = optional(string, "none") }))',
)
GIVEN = (
    '{ name = "n" }', '{ name = 1, on = "true", extra = 1 }', '[{ id = 1 }, { id = "2", ports = ["443", 8080] }]', "[]", "{}",
    '{ k = {}, l = { a = "given", inner = { x = "9" } } }', '{ a = [1, "x"], b = [1, true] }', '["a", "2", "true"]',
    '[{ k = "a" }, { k = "a", v = null }, { k = "b", v = "w" }]', '{ name = null, tags = null, n = "1" }', "null", '"text"',
    '{ name = "x", tags = { b = 1 }, n = null }',
)  # fmt: skip


def program(number: int) -> Program:
    """The program of that number."""
    rng = random.Random(f"layerproof {number}")
    writer = Writer(
        rng,
        unknown=rng.choice((0, 0, 0.06, 0.12)),
        sensitive=rng.choice((0, 0, 0, 0.06)),
        null=rng.choice((0, 0, 0.01, 0.05)),
        wrong=rng.choice((0, 0, 0.01, 0.03)),
    )
    return Maker(number, writer).make()


class Maker:
    """Makes one program: its shape, and in it an expression around what has its turn."""

    def __init__(self, number: int, writer: Writer) -> None:
        self.writer = writer
        self.rng = writer.rng
        self.made = Program(number, {}, writer.features)
        self.number = number

    def make(self) -> Program:
        return self.make_as(SHAPES[self.number % len(SHAPES)] if self.number % 2 else "plain")

    def make_as(self, shape: str) -> Program:
        """The program, in one of SHAPES."""
        self.writer.features.add(f"shape {shape}")
        self.shapes()[shape]()
        return self.made

    def shapes(self) -> dict[str, Callable[[], None]]:
        """What writes a program of each shape."""
        modules = {name: partial(self._module, name) for name in SHAPES if "module" in name}
        return {
            "plain": self._plain, "locals": self._locals, "variable": self._variable, "optional": self._optional,
            "count": self._count, "for_each": self._for_each, **modules,
        }  # fmt: skip

    def focus(self, ahead: int = 0) -> str:
        """An expression around the function, operator or form whose turn it is, or one whose turn comes later."""
        wanted = self.turn(ahead)
        depth = self.rng.choice((1, 1, 2, 2, 3))
        writer = self.writer
        if wanted in FUNCTIONS:
            return writer.call(wanted, depth)
        if wanted in OPERATORS:
            return writer.operator(wanted, depth)
        writer.features.add(wanted)
        match wanted:
            case "for-list" | "for-if":
                return writer.for_list(self.rng.choice(("[s]", "[n]", "t")), depth)
            case "for-map" | "for-group":
                return writer.for_map(self.rng.choice(("{s}", "{n}", "o")), depth)
            case "splat":
                return writer.splat(depth)
            case "legacy-splat":
                return writer.legacy_splat()
            case "index" | "attribute":
                return writer.path(self.rng.choice(("s", "n", "t")), depth)
            case "heredoc":
                return writer.heredoc(depth)
            case "expand":
                return f"concat({writer.expression('[[s]]', depth)}...)"
        return writer.template(depth)

    def turn(self, ahead: int) -> str:
        """What has its turn, or will have it so many programs later."""
        every = (*FUNCTIONS, *OPERATORS, *FORMS)
        return every[(self.number // 2 + ahead) % len(every)]

    def any_expression(self) -> str:
        return self.writer.expression("?", self.rng.choice((1, 2, 2, 3)))

    def show(self, value: str, meta: str = "") -> str:
        return f'resource "terraform_data" "{self.made.name}" {{\n{meta}  input = {value}\n}}\n'

    def write(self, text: str, path: str = "") -> None:
        path = path or f"{self.made.name}.tf"
        self.made.files[path] = self.made.files.get(path, "") + text

    # shapes

    def _plain(self) -> None:
        value = self.focus()
        if self.number % 4 == 0:
            value = f"[{value}, {self.focus(71)}]"
        self.write(self.show(value))

    def _locals(self) -> None:
        name = self.made.name
        for at in range(self.rng.randrange(1, 4)):
            shape = self.rng.choice(tuple(TYPES))
            text = self.writer.expression(shape, 2)
            self.write(f"locals {{\n  {name}_{at} = {text}\n}}\n")
            self.writer.names[shape] = [*self.writer.names.get(shape, []), f"local.{name}_{at}"]
        self.write(f"locals {{\n  {name} = {self.focus()}\n}}\n")
        self.write(self.show(f"[local.{name}, {self.focus(37)}]"))

    def _variable(self) -> None:
        shape = self.rng.choice(tuple(TYPES))
        name = f"{self.made.name}_v"
        self.writer.everywhere = False
        kept = (self.writer.unknown, self.writer.sensitive)
        self.writer.sensitive = 0
        default = (
            self.writer.collection(shape, self.writer.leaf) if shape[0] in "[{<ot" else self.writer.leaf(shape)
        )
        default = default.replace("tolist(", "(").replace("tomap(", "(").replace("toset(", "(")
        self.writer.everywhere = True
        self.writer.unknown, self.writer.sensitive = kept
        marks = "  sensitive = true\n" if self.rng.random() < 0.15 else ""
        if marks:
            self.writer.features.add("sensitive-input")
        if self.rng.random() < 0.15:
            default = "null"
            self.writer.features.add("null-input")
        self.write(f'variable "{name}" {{\n  type    = {TYPES[shape]}\n  default = {default}\n{marks}}}\n')
        self.writer.names[shape] = [f"var.{name}"] * 3
        self.write(self.show(f"[var.{name}, {self.focus()}, {self.any_expression()}]"))

    def _optional(self) -> None:
        """A module with a typed variable: whatever is given must be converted."""
        self.writer.features |= {"optional", "module"}
        folder = self._folder()
        nullable = "  nullable = false\n" if self.rng.random() < 0.2 else ""
        sensitive = "  sensitive = true\n" if self.rng.random() < 0.1 else ""
        at = self.rng.randrange(len(OPTIONAL))
        self.write(f'variable "v" {{\n  type = {OPTIONAL[at]}\n{nullable}{sensitive}}}\n', f"{folder}/main.tf")
        value = "var.v" if not sensitive else "nonsensitive(var.v)"
        self.write(f'output "v" {{\n  value = {value}\n}}\n', f"{folder}/main.tf")
        given = self._given(at)
        self.write(f'module "{self.made.name}" {{\n  source = "./{folder}"\n  v = {given}\n}}\n')
        self.write(self.show(f"module.{self.made.name}.v"))

    def _given(self, at: int) -> str:
        fitting = ((0, 1, 9, 12), (2, 3), (4, 5), (6,), (7,), (8, 3))[at]
        roll = self.rng.random()
        if roll < 0.75:
            return GIVEN[self.rng.choice(fitting)]
        if roll < 0.8:
            return self.rng.choice(GIVEN)
        if roll < 0.84:
            return self.any_expression()
        self.writer.features.add("unknown-input")
        return self.rng.choice(
            ('{ name = local.us, n = local.un }', "{ a = local.ud, b = [local.us, null] }", "local.ud",
             "[{ id = local.us }, { id = null }]", "[local.us, local.un, local.ub]", "{ k = { a = local.us }, l = {} }")
        )  # fmt: skip

    def _folder(self) -> str:
        return f"m{self.number:06}"

    def _count(self) -> None:
        self.writer.features.add("count")
        amount = self.rng.choice(
            ("2", "1", "0", '"2"', "length(local.kl)", "true ? 1 : 0", self.writer.expression("n", 1))
        )
        self.writer.names["n"] = ["count.index"] * 2
        inner = self.focus()
        self.writer.names["n"] = []
        name = self.made.name
        self.write(self.show(f"[count.index, {inner}]", f"  count = {amount}\n"))
        self.write(f'resource "terraform_data" "{name}_u" {{\n  input = {self._uses("count")}\n}}\n')

    def _uses(self, form: str) -> str:
        """An expression over the instances of the program's block."""
        name = f"terraform_data.{self.made.name}"
        if form == "single":
            return self.writer.one(f"{name}.input", f"[{name}.id, {name}.output]", f"{name}.input[*]")
        if form == "count":
            return self.writer.one(
                f"{name}[*].input", f"length({name})", f"{name}[0].input", f"one({name}[*].input)",
                f'try({name}[1].input, "absent")', f"[for i, r in {name} : [i, r.input]]", f"{name}.*.input",
                f'join(",", {name}[*].id)', f"{name}[*].output",
            )  # fmt: skip
        return self.writer.one(
            f"{{ for k, r in {name} : k => r.input }}", f"length({name})", f'{name}["a"].input', f"keys({name})",
            f"values({name})[*].input", f'try({name}["b"].input, "absent")', f"[for k, r in {name} : r.id]",
            f"[for k, r in {name} : k]",
        )  # fmt: skip

    def _over(self) -> str:
        return self.writer.one(
            'toset(["a", "b"])', "{ a = 1, b = 2 }", 'toset(["a", "a"])', "{}", "local.km", "toset(local.kl)",
            "{ for s in local.kl : s => upper(s) }", '{ for p in setproduct(["a", "b"], ["1", "2"]) : join("-", p) => p }',
            "{ for g in local.kg : g.id => g }", self.writer.expression("{s}", 2), self.writer.expression("<s>", 2),
            "{ a = local.us, b = null }", '["a", "b"]', "toset([])", "local.ko", "toset([1, 2])", "null", "local.uset",
            "toset([local.us])", 'sensitive(toset(["a"]))', "toset([null])", '"a"',
        )  # fmt: skip

    def _for_each(self) -> None:
        self.writer.features.add("for_each")
        over = self._over()
        self.writer.names["s"] = ["each.key"] * 2
        inner = self.focus()
        self.writer.names["s"] = []
        self.write(self.show(f"[each.key, each.value, {inner}]", f"  for_each = {over}\n"))
        self.write(f'resource "terraform_data" "{self.made.name}_u" {{\n  input = {self._uses("for_each")}\n}}\n')

    def _module(self, shape: str = "module") -> None:
        self.writer.features |= {"module"}
        folder, name = self._folder(), self.made.name
        kind = self.rng.choice(tuple(TYPES))
        self.write(self._inside(kind, nested=shape == "nested-module"), f"{folder}/main.tf")
        if shape == "nested-module":
            self.write(self._inside(self.rng.choice(tuple(TYPES)), nested=False), f"{folder}/inner/main.tf")
        meta, use = "", f"module.{name}.out"
        if shape == "module-count":
            self.writer.features.add("count")
            meta = f"  count = {self.writer.one('2', '1', '0', 'length(local.kl)')}\n"
            use = self.writer.one(
                f"module.{name}[*].out", f"module.{name}[0].out", f"length(module.{name})", f"module.{name}",
                f"one(module.{name}[*].out)", f'try(module.{name}[1].out, "absent")',
            )  # fmt: skip
        if shape == "module-for_each":
            self.writer.features.add("for_each")
            meta = f"  for_each = {self._over()}\n"
            use = self.writer.one(
                f"{{ for k, m in module.{name} : k => m.out }}", f'module.{name}["a"].out', f"values(module.{name})[*].out",
                f"keys(module.{name})", f"module.{name}", f'try(module.{name}["b"].again, "absent")',
            )  # fmt: skip
        argument = self.writer.expression(kind, 2)
        if shape == "module-for_each" and kind == "s" and self.rng.random() < 0.5:
            argument = "each.key"
        needed = "default" not in self.made.files[f"{folder}/main.tf"]
        given = f"  v = {argument}\n" if needed or self.rng.random() < 0.7 else ""
        self.write(f'module "{name}" {{\n  source = "./{folder}"\n{meta}{given}}}\n')
        self.write(self.show(f"[{use}, {self.focus()}]"))

    def _inside(self, kind: str, *, nested: bool) -> str:
        """A module with one variable and two outputs; its expressions name nothing of the root."""
        writer = self.writer
        writer.everywhere = False
        before, writer.names = writer.names, {kind: ["var.v"] * 3}
        default = self.rng.choice(("  default = null\n", "", "", "  nullable = false\n"))
        if default and self.rng.random() < 0.3:
            default += "  sensitive = true\n"
            writer.features.add("sensitive-input")
        text = f'variable "v" {{\n  type = {TYPES[kind]}\n{default}}}\n'
        if nested:
            text += f'module "inner" {{\n  source = "./inner"\n  v = {writer.expression("?", 2)}\n}}\n'
            writer.names["t"] = ["[module.inner.out]"]
        body = writer.expression(self.rng.choice((kind, "s", "t")), 3)
        text += f"locals {{\n  l = {body}\n}}\n"
        text += 'output "out" {\n  value = local.l\n}\n'
        text += (
            'output "again" {\n  value = var.v\n'
            + ("  sensitive = true\n" if "sensitive" in default else "")
            + "}\n"
        )
        text += f'resource "terraform_data" "{self.made.name}_i" {{\n  input = [path.module, var.v]\n}}\n'
        writer.names, writer.everywhere = before, True
        return text
