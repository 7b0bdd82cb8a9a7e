# ruff: noqa: E501 - Terraform text and tables of it read better on one line
"""The fifty hard cases (facts/terraform.md, section 2), written anew as small trees, by their numbers there.

`files` are read by the real terraform and by us. Where terraform cannot show what is meant (a dynamic block needs a
provider, `.tofu` is OpenTofu's), `theirs` states it in other words for terraform, `ours` holds the real thing, and
`same` says which of our values (address, path) is which of terraform's outputs.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    """One tree, or two that mean the same."""

    files: dict[str, str]
    theirs: dict[str, str] = field(default_factory=dict)
    ours: dict[str, str] = field(default_factory=dict)
    same: dict[tuple[str, str], str] = field(default_factory=dict)
    var_files: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    workspace: str = "default"
    manifest: bool = False  # .terraform/modules is part of the files: nothing is to be installed


def out(name: str, value: str) -> str:
    """An output."""
    return f'output "{name}" {{\n  value = {value}\n}}\n'


def data(name: str, value: str, meta: str = "") -> str:
    """A resource that shows a value."""
    return f'resource "terraform_data" "{name}" {{\n{meta}  input = {value}\n}}\n'


def one(text: str) -> Case:
    """A case of one file."""
    return Case({"main.tf": text})


def var(name: str, default: str, type_: str = "") -> str:
    """A variable with a default."""
    told = f"  type = {type_}\n" if type_ else ""
    return f'variable "{name}" {{\n{told}  default = {default}\n}}\n'


_SEED = data("seed", '"x"')
_NAMED = 'variable "name" {}\noutput "out" { value = "<${var.name}>" }\n'
_RULES = (
    'locals { rules = { ssh = { port = 22, cidr = "0.0.0.0/0" }, web = { port = 443, cidr = "10.0.0.0/8" } } }\n'
)

CASES: dict[str, Case] = {
    "01 nested ternary": one(
        var("e", '"p"') + var("d", '"x"') + out("v", 'var.e == "p" ? (var.d != "d" ? "A" : "B") : "C"')
        + out("w", 'var.e != "p" ? "C" : var.d == "d" ? "A" : "B"')
    ),
    "02 trimprefix": one(out("v", '[trimprefix("www.wwwx", "www."), trimprefix("abab", "ab"), trimsuffix("xx.x", ".x")]')),
    "03 precedence": one(out("v", "[(3 + 4) * 2 % 5 - 1, 2 + 3 * 4 - 8 / 2, -2 * 3 % 4]")),
    "04 logic": one(var("a", "true") + var("b", "false") + out("v", "!var.b && (var.a || var.b) && 3 >= 2")),
    "05 tobool": one(out("v", '[tobool("true") && !false, tobool(null) == null]')),
    "06 names that begin alike": one(
        var("a", '"short"') + var("ab", '"longer"') + out("v", '"${var.ab}/${var.a}/${var.ab}"')
    ),
    "07 quotes and dollars in values": one(
        var("q", '"say \\"hi\\" $${now} %%{ x }: y"') + out("v", "upper(var.q)") + out("w", 'replace("${var.q}!", "\\"", "\'")')
    ),
    "08 optional default": one(
        var("cfg", '{ name = "n" }', "object({ name = string, public = optional(bool, false), l = optional(list(string), [\"d\"]) })")
        + out("v", "var.cfg.public") + out("w", "var.cfg")
    ),
    "09 try": one("locals { o = { b = { a = 1 } } }\n" + out("v", '[try(local.o.b.c, "x"), try(local.o.b.a, "x"), can(local.o.z)]')),
    "10 grouping for": one(
        'locals { l = [{ k = "a", v = 1 }, { k = "b", v = 2 }, { k = "a", v = 3 }] }\n' + out("v", "{ for i in local.l : i.k => i.v... }")
    ),
    "11 count false": one(
        var("on", "false") + data("r", '"never"', "  count = var.on ? 1 : 0\n") + out("v", "length(terraform_data.r)")
        + out("w", "one(terraform_data.r[*].input)")
    ),
    "12 module instance by key": Case({
        "main.tf": 'module "m" {\n  source   = "./m"\n  for_each = { a = "one", b = "two" }\n  name     = each.value\n}\n'
        + out("v", 'module.m["b"].out') + out("w", "{ for k, m in module.m : k => m.out }"),
        "m/main.tf": _NAMED,
    }),
    "13 one-element list through two modules": Case({
        "main.tf": 'module "a" {\n  source = "./a"\n  o = { l = ["only"] }\n}\nmodule "b" {\n  source = "./a"\n  o = { l = ["x", "y"] }\n}\n'
        + out("v", "[module.a.l, module.b.l]"),
        "a/main.tf": 'variable "o" { type = object({ l = list(string) }) }\nmodule "in" {\n  source = "./in"\n  o = var.o\n}\n'
        + out("l", "module.in.l"),
        "a/in/main.tf": 'variable "o" {}\n' + out("l", "var.o.l") + data("l", "var.o"),
    }),
    "14 contains and keys": one(
        'locals { m = { x = 1 } }\n' + out("v", 'contains(["a", "b"], "a") && !contains(keys(local.m), "y")')
    ),
    "15 override file": Case({
        "main.tf": data("r", '"original"', "  triggers_replace = 1\n") + var("v", '"original"', "string") + out("v", "var.v"),
        "main_override.tf": data("r", '"overridden"') + 'variable "v" { default = "overridden" }\n',
    }),
    "16 jsonencode": one(
        out("v", 'jsonencode({ s = "<a&b>", n = null, t = true, i = 1, f = 2.50, l = [], e = {}, u = "é\\u2028" })')
        + out("w", '"x=${jsonencode([true, null])}"')
    ),
    "17 for_each over flatten": one(
        'locals { c = { a = { p = [22, 80] }, b = { p = [443] } } }\n'
        + data("r", "each.value.port", '  for_each = { for f in flatten([for n, c in local.c : [for p in c.p : { a = n, port = p }]]) : "${f.a}.${f.port}" => f }\n')
        + out("v", "keys(terraform_data.r)")
    ),
    "18 setproduct for_each": one(
        data("r", "each.value", '  for_each = { for p in setproduct(["a", "b"], toset(["y", "x"])) : "${p[0]}-${p[1]}" => p[1] }\n')
        + out("v", "[for r in terraform_data.r : r.input]")
    ),
    "19 for_each over another resource": one(
        data("a", 'upper(each.key)', '  for_each = toset(["x", "y"])\n')
        + data("b", '"${each.key}:${each.value.input}"', "  for_each = terraform_data.a\n") + out("v", 'terraform_data.b["y"].input')
    ),
    "20 index by count": one('locals { l = ["p", "q"] }\n' + data("r", "local.l[count.index]", "  count = length(local.l)\n") + out("v", "terraform_data.r[*].input")),
    "21 nullable": Case({
        "main.tf": 'module "a" {\n  source = "./m"\n  strict = null\n  loose = null\n}\n' + out("v", "module.a.v"),
        "m/main.tf": 'variable "strict" {\n  default = "kept"\n  nullable = false\n}\nvariable "loose" { default = "lost" }\n'
        + out("v", "[var.strict, var.loose, var.loose == null]"),
    }),
    "22 map-for with if": one(_RULES + out("v", "{ for k, r in local.rules : upper(k) => r.port if r.port < 100 }")),
    "23 splat": one(
        'locals {\n  l = [{ id = "a", s = [{ n = 1 }] }, { id = "b", s = [] }]\n  n = null\n}\n'
        + out("v", "[local.l[*].id, local.l[*].s[*].n, local.l.*.id, local.n[*], \"x\"[*]]")
    ),
    "24 cidrsubnet in for": one(out("v", '[for i in range(2) : cidrsubnet("10.0.0.0/16", 8, i)]') + out("w", 'cidrsubnets("10.1.0.0/16", 4, 8, 2)')),
    "25 format": one(out("v", 'format("%03d-%v-%q", 7, true, "a\\"b")') + out("w", 'format("%-5s|%5.1f|%x|%%|%[1]s", "ab", 3.14159, 255)')),
    "26 jsondecode of a heredoc": one(
        'locals {\n  d = jsondecode(<<-EOT\n    {"a": [1, {"b": null}],\n     "t": true}\n    EOT\n  )\n}\n' + out("v", "local.d.a[1].b == null && local.d.t") + out("w", "local.d")
    ),
    "27 templatefile with for": Case({
        "main.tf": out("v", 'templatefile("${path.module}/t.tpl", { ports = [80, 443], on = true })'),
        "t.tpl": "start\n%{ for i, p in ports ~}\nlisten ${p}${i == 0 ? \"!\" : \"\"}\n%{ endfor ~}\n%{ if on }on%{ else }off%{ endif }\n",
    }),
    "28 yamldecode of a file": Case({
        "main.tf": out("v", 'yamldecode(file("${path.module}/b.yaml")).buckets[1].acl') + out("w", 'yamldecode(file("b.yaml"))'),
        "b.yaml": "buckets:\n- acl: private\n- {acl: public-read, on: yes, n: 0o17, d: null}\nmore: &a [1, 2.5]\nsame: *a\n",
    }),
    "29 element, alltrue, startswith, one": one(
        'locals { e = [{ y = 1 }] }\n' + out("v", '[element(["a", "b", "c"], 4), alltrue([true, "true"]), alltrue([]), startswith("abc", "ab"), one(local.e[*].y), one([])]')
    ),
    "30 workspace and paths": Case(
        {"main.tf": out("v", "[terraform.workspace, path.module, path.root]") + 'module "m" { source = "./mods/net" }\n' + out("w", "module.m.v"),
         "mods/net/main.tf": out("v", "[basename(path.module), path.module, path.root, terraform.workspace]")},
        workspace="default",
    ),
    "31 .tf.json": Case({
        "main.tf.json": json.dumps({
            "locals": {"l": ["a", "${upper(\"b\")}"], "n": "${1 + 1}", "t": "n=${local.n}"},
            "resource": {"terraform_data": {"r": {"count": "${local.n}", "input": "${local.l[count.index]}"}}},
            "output": {"v": {"value": "${terraform_data.r[*].input}"}, "w": {"value": {"t": "${local.t}", "k": "$${x}"}}},
        }),
    }),
    "32 .tofu over .tf": Case(
        {}, theirs={"main.tf": out("v", '"from tofu"') + out("w", '"from tf"')},
        ours={"a.tf": out("v", '"from tf"'), "a.tofu": out("v", '"from tofu"'), "b.tf": out("w", '"from tf"')},
        same={("output.v", "value"): "v", ("output.w", "value"): "w"},
    ),
    "33 dynamic with iterator": Case(
        {"main.tf": _RULES}, theirs={"t.tf": out("v", "[for k, r in local.rules : { description = k, from_port = r.port, cidr_blocks = [r.cidr] }]")},
        ours={"t.tf": 'resource "aws_security_group" "g" {\n  dynamic "ingress" {\n    for_each = local.rules\n    iterator = r\n'
              "    content {\n      description = r.key\n      from_port = r.value.port\n      cidr_blocks = [r.value.cidr]\n    }\n  }\n}\n"},
        same={("aws_security_group.g", "ingress"): "v"},
    ),
    "34 dynamic over a null": Case(
        {"main.tf": var("v", "null") + var("w", '"logs"')},
        theirs={"t.tf": out("v", "[for x in (var.v == null ? [] : [var.v]) : { target_bucket = x }]") + out("w", "[for x in (var.w == null ? [] : [var.w]) : { target_bucket = x }]")},
        ours={"t.tf": "".join(f'resource "aws_s3_bucket" "{n}" {{\n  dynamic "logging" {{\n    for_each = var.{n} == null ? [] : [var.{n}]\n    content {{\n'
                              "      target_bucket = logging.value\n    }\n  }\n}\n" for n in "vw")},
        same={("aws_s3_bucket.v", "logging"): "v", ("aws_s3_bucket.w", "logging"): "w"},
    ),
    "35 nested dynamic": Case(
        {"main.tf": 'locals { o = [{ n = "a", in = [1, 2] }, { n = "b", in = [] }] }\n'},
        theirs={"t.tf": out("v", '[for i, x in local.o : { name = "${i}${x.n}", inner = [for y in x.in : { id = y, of = x.n }] }]')},
        ours={"t.tf": 'resource "aws_x" "r" {\n  dynamic "outer" {\n    for_each = local.o\n    content {\n      name = "${outer.key}${outer.value.n}"\n'
              '      dynamic "inner" {\n        for_each = outer.value.in\n        content {\n          id = inner.value\n          of = outer.value.n\n'
              "        }\n      }\n    }\n  }\n}\n"},
        same={("aws_x.r", "outer"): "v"},
    ),
    "36 sibling modules": Case({
        "main.tf": 'module "z" {\n  source = "./m"\n  name = "z"\n}\nmodule "y" {\n  source = "./m"\n  name = "y"\n}\n'
        'module "a" {\n  source = "./m"\n  name = "${module.z.out}${module.y.out}"\n}\n' + out("v", "module.a.out"),
        "m/main.tf": _NAMED + data("r", "var.name"),
    }),
    "37 a resource as relay": Case({
        "main.tf": 'module "a" {\n  source = "./m"\n  in = "first"\n  back = terraform_data.relay.input\n}\n' + data("relay", '"${module.b.out}!"')
        + 'module "b" {\n  source = "./m"\n  in = module.a.out\n  back = "none"\n}\n' + out("v", "[module.a.seen, module.b.out]"),
        "m/main.tf": 'variable "in" {}\nvariable "back" {}\n' + out("out", '"<${var.in}>"') + out("seen", "var.back"),
    }),
    "38 recursion": Case(
        {}, theirs={"main.tf": out("v", '"stands"')},
        ours={"main.tf": 'module "x" { source = "." }\n' + out("v", '"stands"')}, same={("output.v", "value"): "v"},
    ),
    "39 unknown and null in map(any)": Case({
        "main.tf": _SEED + 'module "m" {\n  source = "./m"\n  v = { a = terraform_data.seed.id, b = null, c = "k" }\n}\n' + out("v", "module.m.v"),
        "m/main.tf": 'variable "v" { type = map(any) }\n' + out("v", "[var.v.c, var.v.a, var.v.b == null, keys(var.v)]"),
    }),
    "40 known prefix of an unknown": one(
        _SEED + out("v", '[startswith("foo-${terraform_data.seed.id}", "foo-"), "foo-${terraform_data.seed.id}" == "bar", "foo-${terraform_data.seed.id}"]')
        + out("w", '"foo-${terraform_data.seed.id}" == null')
    ),
    "41 sensitive values in for_each": one(
        'variable "s" {\n  default = { a = "hush", b = "x" }\n  sensitive = true\n}\n'
        + data("r", "var.s[each.key]", "  for_each = nonsensitive(toset(keys(var.s)))\n") + data("t", "each.value", '  for_each = { k = sensitive("v") }\n')
    ),
    "42 unknown object values in for_each": one(
        _SEED + 'locals { m = { a = { id = terraform_data.seed.id, n = 1 }, b = { id = "k", n = 2 } } }\n'
        + data("r", "each.value", "  for_each = local.m\n") + data("n", "each.value.n", "  for_each = { for k, v in local.m : k => v }\n")
    ),
    "43 keys of for_each": one(
        data("dup", "each.key", '  for_each = toset(["a", "b", "a"])\n') + data("none", "each.key", "  for_each = {}\n")
        + out("v", "[length(terraform_data.dup), length(terraform_data.none)]")
    ),
    "43b a tuple in for_each": one('\nresource "terraform_data" "t" {\n  for_each = ["a", "b"]\n  input = each.key\n}\n'),
    "44 data source with for_each and count": Case({
        "main.tf": 'data "terraform_remote_state" "s" {\n  for_each = toset(["a", "b"])\n  backend = "local"\n  config = { path = "${each.key}.state" }\n}\n'
        'data "terraform_remote_state" "n" {\n  count = 2\n  backend = "local"\n  config = { path = "a.state" }\n}\n'
        + out("v", "{ for k, d in data.terraform_remote_state.s : k => d.config.path }") + out("w", "length(data.terraform_remote_state.n)"),
        **{f"{n}.state": json.dumps({"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": n, "outputs": {}, "resources": []}) for n in "ab"},
    }),
    "45 policy documents": Case(
        {"main.tf": 'locals { buckets = ["x", "y"] }\n'},
        theirs={"t.tf": out("v", 'jsonencode({ Statement = concat([for b in local.buckets : { Action = "s3:*", Effect = "Allow", Resource = "arn:aws:s3:::${b}/*", Sid = "S${b}" }],'
                            ' [{ Action = "*", Effect = "Deny", Resource = "*", Sid = "last" }]), Version = "2012-10-17" })')},
        ours={"t.tf": 'data "aws_iam_policy_document" "one" {\n  for_each = toset(local.buckets)\n  statement {\n    sid = "S${each.key}"\n    actions = ["s3:*"]\n'
              '    resources = ["arn:aws:s3:::${each.key}/*"]\n  }\n}\ndata "aws_iam_policy_document" "all" {\n'
              "  source_policy_documents = [for d in data.aws_iam_policy_document.one : d.json]\n"
              '  dynamic "statement" {\n    for_each = true ? [1] : []\n    content {\n      sid = "last"\n      effect = "Deny"\n      actions = ["*"]\n      resources = ["*"]\n    }\n  }\n}\n'
              + out("v", "jsonencode(jsondecode(data.aws_iam_policy_document.all.json))")},
        same={("output.v", "value"): "v"},
    ),
    "46 precedence of variable files": Case(
        {"main.tf": "".join(var(n, '"default"') for n in "abcdef") + out("v", "[var.a, var.b, var.c, var.d, var.e, var.f]"),
         "terraform.tfvars": 'b = "tfvars"\nc = "tfvars"\nd = "tfvars"\ne = "tfvars"\nf = "tfvars"\n', "terraform.tfvars.json": '{"c": "json"}',
         "x.auto.tfvars": 'd = "auto"\n', "y.auto.tfvars.json": '{"e": "auto json"}', "env/prod.tfvars": 'e = "file"\nf = "file"\n'},
        var_files=("env/prod.tfvars",), variables=(("f", "option"),),
    ),
    "47 a called directory is no root": Case({
        "main.tf": 'module "m" {\n  source = "./m"\n  name = "given"\n}\n' + out("v", "module.m.out"),
        "m/main.tf": 'variable "name" { default = "never" }\noutput "out" { value = var.name }\n' + data("r", "var.name"),
    }),
    "48 two versions of one module": Case({
        "main.tf": 'module "old" {\n  source = "acme/net/aws"\n  version = "1.0.0"\n}\nmodule "new" {\n  source = "acme/net/aws"\n  version = "2.0.0"\n}\n'
        + out("v", "[module.old.v, module.new.v]"),
        ".terraform/modules/modules.json": json.dumps({"Modules": [
            {"Key": "", "Source": "", "Dir": "."},
            {"Key": "old", "Source": "registry.terraform.io/acme/net/aws", "Version": "1.0.0", "Dir": ".terraform/modules/old"},
            {"Key": "new", "Source": "registry.terraform.io/acme/net/aws", "Version": "2.0.0", "Dir": ".terraform/modules/new"},
        ]}),
        ".terraform/modules/old/main.tf": out("v", '"one"'), ".terraform/modules/new/main.tf": out("v", '"two"'),
    }, manifest=True),
    "49 byte order mark": Case({"main.tf": "\ufeff" + out("v", '"é"') + data("r", '"marked"')}),
    "50 undefined references": one(
        "\n" + data("a", "local.nowhere") + data("b", '"stands"') + 'module "m" { source = "./m" }\n' + data("c", "module.m.nothing") + data("d", "var.missing"),
    ),
}  # fmt: skip
CASES["50 undefined references"].files["m/main.tf"] = out("v", "1")
