# ruff: noqa: E501 - Terraform text and tables of it read better on one line
"""Programs of several files, and with blocks about other blocks: what is asserted, overridden, moved, written as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.conformance.terraform.programs import TYPES, Maker

TREES: tuple[str, ...] = (
    "validation", "condition", "output-condition", "check", "override", "json", "siblings", "moved",
)  # fmt: skip
_KNOWN = "local.ko.on"  # a condition must name something


class Trees(Maker):
    """Further shapes of programs."""

    def shapes(self) -> dict[str, Callable[[], None]]:
        return super().shapes() | {
            "validation": self._validation, "condition": self._condition, "output-condition": self._output_condition,
            "check": self._check, "override": self._override, "json": self._json, "siblings": self._siblings,
            "moved": self._moved,
        }  # fmt: skip

    def rule(self, block: str, named: str, kind: str = "b") -> str:
        """A rule about what `named` names; mostly a plain comparison."""
        writer = self.writer
        condition = writer.one(
            f"({writer.expression('b', 2)}) == ({named})", f"({writer.expression('b', 1)}) == ({named})",
            f"{named} ? {writer.expression('b', 2)} : {writer.one('true', 'false')}",
        )  # fmt: skip
        message = writer.one('"Told so."', '"Not with this."', writer.template(2), writer.expression("s", 2))
        return f"{block} {{\n    condition = {condition}\n    error_message = {message}\n  }}\n"

    def inside(self, kind: str, body: Callable[[], str]) -> str:
        """What `body` writes for a module with a variable `v` and nothing of the root in scope."""
        writer = self.writer
        before, writer.names, writer.everywhere = writer.names, {kind: ["var.v"] * 3}, False
        try:
            return body()
        finally:
            writer.names, writer.everywhere = before, True

    def _validation(self) -> None:
        kind = self.rng.choice(tuple(TYPES))
        folder, name = self._folder(), self.made.name

        def declared() -> str:
            rules = "  ".join(self.rule("validation", "var.v == var.v") for _ in range(1 + self.rng.randrange(2)))
            mark = self.writer.one("", "", "  sensitive = true\n", "  nullable = false\n")
            return f'variable "v" {{\n  type = {TYPES[kind]}\n{mark}  {rules}}}\n'

        text = self.inside(kind, declared)
        shown = "nonsensitive(var.v)" if "sensitive = true" in text else "var.v"
        self.write(f'{text}output "v" {{\n  value = {shown}\n}}\n', f"{folder}/main.tf")
        self.write(f'module "{name}" {{\n  source = "./{folder}"\n  v = {self.writer.expression(kind, 2)}\n}}\n')
        self.write(self.show(f"[module.{name}.v, {self.focus()}]"))

    def _condition(self) -> None:
        meta = self.writer.one("", "", "  count = 2\n", '  for_each = toset(["a", "b"])\n')
        form = "for_each" if "each" in meta else "count" if meta else "single"
        inner = {"": "", "  count = 2\n": "count.index"}.get(meta, "each.key")
        own = self.writer.one("self.input == self.input", "self.id == self.id", "self.input.0 == self.input[0]")
        rules = [self.rule("precondition", _KNOWN)]
        if self.rng.random() < 0.7:
            rules.append(self.rule("postcondition", own))
        lifecycle = "  lifecycle {\n  " + "  ".join(rules) + "  }\n"
        self.write(self.show(f"[{self.focus()}, {inner or '1'}]", meta + lifecycle))
        self.write(f'resource "terraform_data" "{self.made.name}_u" {{\n  input = {self._uses(form)}\n}}\n')

    def _output_condition(self) -> None:
        kind = self.rng.choice(tuple(TYPES))
        folder, name = self._folder(), self.made.name

        def declared() -> str:
            rule = self.rule("precondition", "var.v == var.v")
            return (
                f'output "out" {{\n  value = [{self.writer.expression(kind, 2)}]\n  sensitive = true\n  {rule}}}\n'
            )

        text = self.inside(kind, declared)
        self.write(f'variable "v" {{\n  type = {TYPES[kind]}\n}}\n{text}', f"{folder}/main.tf")
        self.write(f'module "{name}" {{\n  source = "./{folder}"\n  v = {self.writer.expression(kind, 2)}\n}}\n')
        self.write(self.show(f"[length(nonsensitive(module.{name}.out)), {self.focus()}]"))

    def _check(self) -> None:
        rules = "  ".join(self.rule("assert", _KNOWN) for _ in range(1 + self.rng.randrange(3)))
        self.write(f'check "{self.made.name}" {{\n  {rules}}}\n')
        self.write(self.show(self.focus()))

    def _override(self) -> None:
        """An override file replaces what it names, and merges the rest."""
        name = self.made.name
        later = f"{name}_override.tf"
        self.write(f"locals {{\n  {name}_a = {self.any_expression()}\n  {name}_b = {self.focus()}\n}}\n")
        self.write(
            f'variable "{name}_v" {{\n  type = {self.writer.one("any", "string", "list(string)")}\n  default = null\n}}\n'
        )
        self.write(self.show(f"[local.{name}_a, local.{name}_b, var.{name}_v]"))
        if self.rng.random() < 0.7:
            self.write(f"locals {{\n  {name}_a = {self.any_expression()}\n}}\n", later)
        if self.rng.random() < 0.5:
            default = self.writer.one("[1, 2]", "3", '"x"', "true")
            self.write(f'variable "{name}_v" {{\n  default = {default}\n}}\n', later)
        if self.rng.random() < 0.5 or later not in self.made.files:
            meta = self.writer.one("", "  count = 2\n")
            self.write(
                f'resource "terraform_data" "{name}" {{\n{meta}  input = [{self.any_expression()}, var.{name}_v]\n}}\n',
                later,
            )

    def _json(self) -> None:
        """The JSON syntax: text is a template, and so is each key of an object."""
        name = self.made.name
        flat = [self.any_expression().replace("\n", " ") for _ in range(2)]
        value = self.writer.one(
            f"${{{flat[0]}}}", f"a ${{{flat[0]}}} b", f"%{{ if {_KNOWN} }}${{{flat[0]}}}%{{ endif }}"
        )
        told: dict[str, object] = {
            "locals": {f"{name}_l": [f"${{{flat[1]}}}", 1, True, None, {"${local.ks}": value, "k": "$${x}"}]},
            "resource": {"terraform_data": {name: {"input": [f"${{local.{name}_l}}", value]}}},
        }
        if self.rng.random() < 0.5:
            told["variable"] = {f"{name}_v": {"type": "list(string)", "default": ["a", 1, "x$"]}}
            told["output"] = {f"{name}_o": {"value": f"${{var.{name}_v}}"}}
        if self.rng.random() < 0.3:
            told = {key: [each] for key, each in told.items()}
        self.write(json.dumps(told, ensure_ascii=False), f"{name}.tf.json")
        self.write(f'resource "terraform_data" "{name}_u" {{\n  input = [local.{name}_l, {self.focus()}]\n}}\n')

    def _siblings(self) -> None:
        """Calls of one module that consume one another, on the way through locals and resources."""
        folder, name = self._folder(), self.made.name
        kind = self.rng.choice(tuple(TYPES))

        def declared() -> str:
            return f'output "a" {{\n  value = {self.writer.expression(kind, 2)}\n}}\noutput "b" {{\n  value = [var.w, path.module]\n}}\n'

        self.write(
            f'variable "v" {{\n  default = null\n}}\nvariable "w" {{\n  default = "w"\n}}\n{self.inside(kind, declared)}',
            f"{folder}/main.tf",
        )
        first, second, third = f"{name}_a", f"{name}_b", f"{name}_c"
        relay = self.writer.one(
            f"local.{name}_r",
            f"terraform_data.{name}_r.input",
            f"terraform_data.{name}_r.output",
            f"module.{first}.a",
        )
        self.write(
            f'module "{third}" {{\n  source = "./{folder}"\n  v = module.{second}.a\n  w = [for m in [module.{first}, module.{second}] : m.b]\n}}\n'
        )
        self.write(f'module "{second}" {{\n  source = "./{folder}"\n  v = {relay}\n  w = module.{first}.b\n}}\n')
        self.write(
            f'module "{first}" {{\n  source = "./{folder}"\n  v = {self.writer.expression(kind, 2)}\n  w = {self.writer.one("null", f"module.{second}.a", self.focus())}\n}}\n'
        )
        self.write(f"locals {{\n  {name}_r = module.{first}.a\n}}\n")
        self.write(f'resource "terraform_data" "{name}_r" {{\n  input = module.{first}.a\n}}\n')
        self.write(self.show(f"[module.{third}.a, module.{third}.b, module.{first}]"))

    def _moved(self) -> None:
        """Blocks about the past change nothing of what is declared."""
        name = self.made.name
        self.write(f"moved {{\n  from = terraform_data.{name}_old\n  to   = terraform_data.{name}\n}}\n")
        self.write(
            f"removed {{\n  from = terraform_data.{name}_gone\n  lifecycle {{\n    destroy = {self.writer.one('true', 'false')}\n  }}\n}}\n"
        )
        self.write(
            self.show(
                self.focus(),
                self.writer.one(
                    "",
                    "  lifecycle {\n    ignore_changes = [input]\n  }\n",
                    "  depends_on = [terraform_data.seed]\n",
                ),
            )
        )
