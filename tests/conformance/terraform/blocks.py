"""Programs with nested blocks, written out and dynamic: nested in each other, with an iterator, with labels."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tests.conformance.terraform.provider import TYPE
from tests.conformance.terraform.trees import Trees

_INNER = {"item": "part", "part": "leaf"}
_SHAPES = ("[s]", "{s}", "<s>", "{n}", "t", "o", "[n]")


class Blocks(Trees):
    """Programs of the provider's resource."""

    def shapes(self) -> dict[str, Callable[[], None]]:
        return super().shapes() | {
            "dynamic": partial(self._dynamic, "item", "tag", "one", "named"),
            "dynamic list": partial(self._dynamic, "item"),
            "dynamic set": partial(self._dynamic, "tag"),
            "dynamic labels": partial(self._dynamic, "named"),
            "dynamic nested": partial(self._dynamic, "item"),
        }

    def _dynamic(self, *kinds: str) -> None:
        """A resource with some blocks of each kind, of which most are dynamic."""
        self.writer.features |= {"shape", "dynamic"}
        meta = self.writer.one("", "", "", "  count = 2\n", '  for_each = toset(["a", "b"])\n')
        if meta:
            self.writer.names["s"] = ["each.key" if "each" in meta else '"${count.index}"']
        first = self.writer.one(*kinds)
        names = (
            first,
            self.writer.one(
                *(each for each in ("item", "tag", "one", "named", "named", "named") if each != first)
            ),
        )
        text = "".join(self.block(name, 2) for name in names)
        own = f"  v = {self.focus()}\n"
        self.writer.names["s"] = []
        self.write(f'resource "{TYPE}" "{self.made.name}" {{\n{meta}{own}{text}}}\n')

    def block(self, name: str, depth: int) -> str:
        """A block, or several from a dynamic one."""
        if self.rng.random() < 0.75:
            return self.dynamic(name, depth)
        label = f' "{self.writer.one("a", "b")}"' if name == "named" else ""
        return f"{name}{label} {{\n{self.content(name, depth)}}}\n"

    def dynamic(self, name: str, depth: int) -> str:
        """A dynamic block; what its for_each gives is in scope inside."""
        writer = self.writer
        renamed = writer.chance(0.6)
        iterator = writer.fresh() if renamed else name
        if renamed:
            writer.features.add("dynamic iterator")
        over = self._over_blocks(name)
        lines = [f"for_each = {over}"]
        if renamed:
            lines.append(f"iterator = {iterator}")
        if name == "named":
            writer.features.add("dynamic labels")
            label = writer.one(f"{iterator}.key", f'"l${{{iterator}.key}}"')
            lines.append(f"labels = [{label}]")
        before = writer.names.get("s", [])
        writer.names["s"] = [*before, f"{iterator}.key", f"{iterator}.value", f'"${{{iterator}.value}}"']
        inside = self.content(name, depth)
        writer.names["s"] = before
        listed = "\n".join(lines)
        return f'dynamic "{name}" {{\n{listed}\ncontent {{\n{inside}}}\n}}\n'

    def _over_blocks(self, name: str) -> str:
        writer = self.writer
        if name == "one":
            return writer.one(
                '["a"]',
                "[]",
                "local.ko.on ? [1] : []",
                "var.nothing == null ? [] : [1]",
            )
        known = writer.one(
            '["a", "b"]', "{ x = 1, y = 2 }", "local.kl", "local.km", "local.kg", "[]", "toset(local.kl)", "null",
            '"text"', "[for g in local.kg : g if g.n > 1]", "{ for g in local.kg : g.id => g }",
        )  # fmt: skip
        if name == "named":  # a label must be known
            return known
        over = writer.one(*_SHAPES)
        written = writer.expression(over, self.rng.choice((1, 2)))
        return writer.one(
            known, known, written, writer.one("local.ul", "local.uset") if not writer.wrong else known
        )

    def content(self, name: str, depth: int) -> str:
        """The attributes of one block, and blocks within it."""
        writer = self.writer
        value = writer.expression("s" if name == "tag" else writer.one("s", "n", "[s]", "o"), 2)
        text = f'v = "${{{value}}}-"\n' if name == "tag" else f"v = {value}\n"
        if name != "tag" and writer.chance(0.5):
            text += f"w = {writer.expression('?', 1)}\n"
        if name in _INNER and depth > 0:
            writer.features.add("dynamic nested")
            text += "".join(self.block(_INNER[name], depth - 1) for _ in range(self.rng.randrange(3)))
        return text
