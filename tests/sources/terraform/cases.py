"""Module trees for the real terraform and for us: what a `terraform_data` holds, by address, must be the same.

They follow the hard cases that other evaluators get wrong (unresolved or silently different). Every case is a
tree of files; the values that `terraform plan` gives are kept in `planned.json`, and a slow test holds that file
to the real program. Functions by themselves are tested with the language; here it is what crosses blocks, files
and modules.
"""

from __future__ import annotations


def data(name: str, value: str, meta: str = "") -> str:
    """One resource that shows a value."""
    return f'resource "terraform_data" "{name}" {{\n{meta}\n  input = {value}\n}}\n'


CASES: dict[str, dict[str, str]] = {}

CASES["conditions"] = {
    "main.tf": """
variable "e" { default = "p" }
variable "d" { default = "x" }
variable "ab" { default = "short" }
variable "a" { default = "s" }
"""
    + data("ternary", 'var.e == "p" ? (var.d != "d" ? "A" : "B") : "C"')
    + data("trim", 'trimprefix("www.wwwx", "www.")')
    + data("arithmetic", "(3 + 4) * 2 % 5 - 1")
    + data("logic", "!false && (true || false) && 3 >= 2")
    + data("convert", 'tobool("true") && !false')
    + data("prefix", '"${var.ab}/${var.a}"')
    + data("quoted", 'upper("a \\"b\\" $${c}")')
    + data("branches", 'true ? 1 : "x"')
    + data("numbers", "[1 / 3, 10 / 4, 2 * 0.5, -5 % 3, 1e3, 100000000000000000000]"),
}

CASES["the word resource before a type"] = {
    "main.tf": data("one", '"a"')
    + data("two", "count.index", "count = 2")
    + data("named", "resource.terraform_data.one.input")
    + data("indexed", "resource.terraform_data.two[1].input")
    + data("within", "[for resource in [{ name_of = 1 }] : resource.name_of]")
    + "locals {\n  whole = resource.terraform_data.one\n}\n"
    + data("handed", "local.whole.input")
}

CASES["variables"] = {
    "variables.tf": """
variable "cfg" {
  type = object({ name = string, public = optional(bool, false), tags = optional(map(string), { a = "b" }) })
  default = { name = "n" }
}
variable "names" {
  type = set(string)
  default = ["b", "a", "b"]
}
variable "count_text" {
  type    = string
  default = 3
}
variable "pairs" {
  type    = map(any)
  default = { a = 1, b = "two" }
}
variable "tuple" {
  type    = tuple([string, number])
  default = [1, "2"]
}
variable "nothing" { default = null }
variable "nested" {
  type = list(object({ on = optional(bool), ports = optional(list(number), [80]) }))
  default = [{}, { on = true, ports = ["443"] }]
}
""",
    "main.tf": data("public", "var.cfg.public")
    + data("whole", "var.cfg")
    + data("set", "[for n in var.names : n]")
    + data("length", "length(var.names)")
    + data("text", 'var.count_text == "3"')
    + data("pairs", "var.pairs")
    + data("tuple", "var.tuple")
    + data("null", "var.nothing == null")
    + data("nested", "var.nested"),
}

CASES["precedence"] = {
    "main.tf": """
variable "a" { default = "default" }
variable "b" { default = "default" }
variable "c" { default = "default" }
variable "d" { default = "default" }
variable "e" {
  type    = list(string)
  default = []
}
"""
    + data("all", "[var.a, var.b, var.c, var.d, var.e]"),
    "terraform.tfvars": 'b = "tfvars"\nc = "tfvars"\nd = "tfvars"\n',
    "terraform.tfvars.json": '{"c": "json", "d": "json"}',
    "a.auto.tfvars": 'd = "auto a"\n',
    "z.auto.tfvars.json": '{"d": "auto z", "e": ["x"]}',
    "other.tfvars": 'a = "never read by itself"\n',
}

CASES["locals"] = {
    "z.tf": "locals {\n  a = local.b + 1\n  obj = { b = local.a, list = [for i in range(3) : i * local.a] }\n}\n",
    "a.tf": "locals { b = local.c * 2 }\n",
    "m.tf": "locals { c = 5 }\n"
    + data("a", "local.a")
    + data("deep", "local.obj.list[2]")
    + data("obj", "local.obj"),
}

CASES["long_chain"] = {
    "main.tf": "locals {\n  v0 = 1\n"
    + "".join(f"  v{n} = local.v{n - 1} + 1\n" for n in range(1, 400))
    + "}\n"
    + data("end", "local.v399"),
}

CASES["collections"] = {
    "main.tf": """
locals {
  groups = [{ k = "x", v = 1 }, { k = "y", v = 2 }, { k = "x", v = 3 }]
  rules  = { a = { on = true, p = 1 }, b = { on = false, p = 2 }, c = { on = true, p = 3 } }
  o      = { a = 1 }
  none   = []
  nested = [{ id = "1", in = [{ n = "a" }] }, { id = "2", in = [{ n = "b" }, { n = "c" }] }]
}
"""
    + data("grouped", "{ for i in local.groups : i.k => i.v... }")
    + data("filtered", "{ for k, v in local.rules : upper(k) => v.p if v.on }")
    + data("tried", 'try(local.o.b.c, "x")')
    + data("can", "[can(local.o.a), can(local.o.z)]")
    + data("splat", "local.groups[*].k")
    + data("deep_splat", "local.nested[*].in[*].n")
    + data("legacy_splat", "local.nested.*.id")
    + data("null_splat", "null[*]")
    + data("one_splat", '"x"[*]')
    + data("element", "[element([1, 2, 3], 4), one(local.none[*]), one([5])]")
    + data(
        "tests", '[alltrue([true, "true"]), anytrue([]), startswith("abc", "ab"), contains(keys(local.o), "a")]'
    )
    + data("subnets", '[for i in range(2) : cidrsubnet("10.0.0.0/16", 8, i)]')
    + data("format", 'format("%03d-%v-%q-%5.1f|%-4s|", 7, true, "a\\"b", 3.14159, "x")')
    + data("indexed", '[for i, v in ["a", "b"] : "${i}${v}"]')
    + data("sorted", "[for k, v in { b = 1, a = 2 } : k]")
    + data("merged", "merge(local.o, { b = 2 }, null)"),
}

CASES["text"] = {
    "main.tf": """
locals {
  names = ["a", "b"]
  json  = <<-EOT
    {"buckets": [{"acl": "private", "n": null}],
     "on": true}
  EOT
  looped = <<-EOT
    %{for n in local.names~}
    - ${n}
    %{endfor~}
    %{if length(local.names) > 1}many%{else}few%{endif}
  EOT
}
"""
    + data("decoded", "jsondecode(local.json).buckets[0]")
    + data("looped", "local.looped")
    + data("template", 'templatefile("${path.module}/t.tpl", { names = local.names, on = true })')
    + data("yaml", 'yamldecode(file("${path.module}/b.yaml")).buckets[1].acl')
    + data("encoded", 'jsonencode({ b = true, n = null, s = "<&>", l = [1, 2.5], e = {} })')
    + data("number_text", '"${1.0}-${1e3}-${0.1 + 0.2}-${true}"')
    + data("unicode", '[length("äö"), upper("straße"), substr("añb", 1, 1), strrev("añ")]')
    + data("hash", '[md5("a"), base64encode("ä"), base64sha256("x"), sha1("")]')
    + data("where", "[path.module, path.root, basename(path.module), terraform.workspace]"),
    "t.tpl": '%{ for n in names ~}\n* ${n}${on ? "!" : ""}\n%{ endfor ~}\nend $${kept}\n',
    "b.yaml": "buckets:\n- acl: private\n- acl: public-read\n  on: yes\n",
}

CASES["count"] = {
    "main.tf": """
variable "on" { default = false }
locals { l = ["x", "y"] }
"""
    + data("off", '"never"', "  count = var.on ? 1 : 0")
    + data("two", "local.l[count.index]", "  count = length(local.l)")
    + data("all", "terraform_data.two[*].input")
    + data("last", "terraform_data.two[1].input")
    + data("none", "one(terraform_data.off[*].input)")
    + data("size", "[length(terraform_data.off), length(terraform_data.two)]")
    + data("joined", 'join(",", terraform_data.off[*].input)')
    + data("tried", 'try(terraform_data.off[0].input, "absent")')
    + data("text_count", "count.index", '  count = "2"'),
}

CASES["for_each"] = {
    "main.tf": """
locals {
  apps = { web = { ports = [80, 443] }, db = { ports = [5432] } }
  flat = flatten([for a, c in local.apps : [for p in c.ports : { app = a, port = p }]])
}
"""
    + data("flat", "each.value.port", '  for_each = { for f in local.flat : "${f.app}.${f.port}" => f }')
    + data(
        "product", "each.key", '  for_each = toset([for p in setproduct(["a", "b"], ["1", "2"]) : join("-", p)])'
    )
    + data("over", '"${each.key}=${each.value.input}"', "  for_each = terraform_data.flat")
    + data("duplicates", "each.value", '  for_each = toset(["a", "a", "b"])')
    + data("empty", "each.value", "  for_each = {}")
    + data("one", 'terraform_data.flat["web.443"].input')
    + data("values", "{ for k, v in terraform_data.flat : k => v.input }")
    + data("known_keys", "each.value", "  for_each = { a = terraform_data.one.id, b = 2 }")
    + data("condition", "each.key", '  for_each = true ? toset(["x"]) : toset([])'),
}

CASES["unknown"] = {
    "main.tf": data("a", '"x"')
    + data("id", "terraform_data.a.id")
    + data("template", '"foo-${terraform_data.a.id}-bar"')
    + data("within", '{ known = 1, not = terraform_data.a.id, list = [terraform_data.a.output, "z"] }')
    + data("keys", "keys({ a = terraform_data.a.id })")
    + data("length", "length([terraform_data.a.id, 1])")
    + data("condition", 'terraform_data.a.id == "x" ? "one" : "other"')
    + data("and", 'terraform_data.a.id == "x" && false')
    + data("or", 'terraform_data.a.id == "x" || true')
    + data("coalesce", 'coalesce(terraform_data.a.id, "z")')
    + data("input", "terraform_data.a.input")
    + data("merged", '{ for k, v in merge({ a = terraform_data.a.id }, { a = "1" }) : k => v }'),
}

CASES["module_for_each"] = {
    "main.tf": """
module "m" {
  source   = "./m"
  for_each = { a = 1, b = 2 }
  name     = each.key
  number   = each.value
}
module "n" {
  source = "./m"
  count  = 2
  name   = "n${count.index}"
}
module "off" {
  source = "./m"
  count  = 0
  name   = "off"
}
"""
    + data("b", 'module.m["b"].out')
    + data("all", "{ for k, m in module.m : k => m.out }")
    + data("values", "values(module.m)[*].out")
    + data("counted", "module.n[*].out")
    + data("second", "module.n[1].out")
    + data("off", "one(module.off[*].out)")
    + data("tried", 'try(module.off[0].out, "none")'),
    "m/main.tf": """
variable "name" {}
variable "number" {
  type     = number
  default  = 7
  nullable = false
}
output "out" { value = "${var.name}:${var.number}" }
"""
    + data("in", '"${var.name}-${var.number}"'),
}

CASES["module_nulls"] = {
    "main.tf": """
module "a" {
  source = "./m"
  strict = null
  loose  = null
}
"""
    + data("a", "module.a.out"),
    "m/main.tf": """
variable "strict" {
  default  = "kept"
  nullable = false
}
variable "loose" { default = "lost" }
variable "absent" { default = "default" }
output "out" { value = [var.strict, var.loose == null, var.absent] }
""",
}

CASES["module_nested"] = {
    "main.tf": """
module "outer" {
  source = "./outer"
  rules  = [{ ports = ["22"], cidr = "0.0.0.0/0" }]
}
"""
    + data("top", "module.outer.rules"),
    "outer/main.tf": """
variable "rules" { type = list(object({ ports = list(number), cidr = string, note = optional(string) })) }
module "inner" {
  source   = "./inner"
  for_each = { for i, r in var.rules : "r${i}" => r }
  rule     = each.value
}
output "rules" { value = { for k, m in module.inner : k => m.rule } }
""",
    "outer/inner/main.tf": """
variable "rule" { type = any }
output "rule" { value = var.rule }
"""
    + data("ports", "var.rule.ports")
    + data("path", "path.module")
    + data("file", 'file("${path.module}/note.txt")'),
    "outer/inner/note.txt": "a note",
}

CASES["siblings"] = {
    "main.tf": """
module "zeta" {
  source = "./m"
  name   = module.alpha.out
}
module "alpha" {
  source = "./m"
  name   = "start"
}
module "third" {
  source = "./other"
  given  = { (module.zeta.out) = module.alpha.out }
}
"""
    + data("third", "module.third.keys"),
    "m/main.tf": 'variable "name" {}\noutput "out" { value = "${var.name}+" }\n',
    "other/main.tf": 'variable "given" {}\noutput "keys" { value = keys(var.given) }\n'
    + data("given", "var.given"),
}

CASES["module_ring"] = {
    "main.tf": """
module "a" {
  source = "./m"
  in     = "first"
  other  = module.b.out
}
module "b" {
  source = "./m"
  in     = module.a.out
  other  = "last"
}
"""
    + data("relay", "[module.a.out, module.b.out, module.a.seen]"),
    "m/main.tf": """
variable "in" {}
variable "other" {}
output "out" { value = "<${var.in}>" }
output "seen" { value = var.other }
""",
}

CASES["override"] = {
    "main.tf": data("a", '"original"', "  triggers_replace = 1")
    + data("b", '"kept"')
    + 'locals {\n  x = "original"\n  y = "kept"\n}\nvariable "v" { default = "original" }\n'
    + data("locals", "[local.x, local.y, var.v]"),
    "main_override.tf": data("a", '"overridden"') + 'locals { x = "overridden" }\n',
    "override.tf": 'variable "v" { default = "overridden" }\n',
}

CASES["json_syntax"] = {
    "main.tf.json": """{
  "variable": {"n": {"default": 2}},
  "locals": {"l": ["a", "${var.n}"], "plain": "${var.n}", "mixed": "n=${var.n}"},
  "resource": {"terraform_data": {
    "j": {"input": "${local.l}"},
    "k": {"count": "${var.n}", "input": "${count.index}"},
    "m": {"input": {"a": "${local.mixed}", "b": [1, true, null], "c": "$${kept}"}}
  }},
  "module": {"c": {"source": "./c", "x": "${local.plain}"}}
}""",
    "c/main.tf": 'variable "x" {}\n' + data("x", "var.x"),
    "more.tf": data("native", "terraform_data.k[1].input"),
}

CASES["sensitive"] = {
    "main.tf": """
variable "s" {
  default   = "secret"
  sensitive = true
}
locals { derived = "x-${var.s}" }
"""
    + data("direct", "var.s")
    + data("derived", "local.derived")
    + data("length", "length(local.derived)")
    + data("open", "nonsensitive(upper(var.s))")
    + data("is", "issensitive(local.derived)"),
}

CASES["blocks_without_values"] = {
    "main.tf": data("a", '"x"')
    + """
moved {
  from = terraform_data.old
  to   = terraform_data.a
}
removed {
  from = terraform_data.gone
  lifecycle { destroy = false }
}
check "c" {
  assert {
    condition     = terraform_data.a.input == "x"
    error_message = "no"
  }
}
variable "v" {
  default = 1
  validation {
    condition     = var.v > 0
    error_message = "no"
  }
}
"""
    + data(
        "v",
        "var.v",
        "  lifecycle {\n    ignore_changes = [input]\n    precondition {\n"
        '      condition     = var.v > 0\n      error_message = "x"\n    }\n  }',
    ),
}

CASES["names_that_shadow"] = {
    "main.tf": """
variable "name" { default = "variable" }
locals {
  name = "local"
  each = { key = "shadow" }
  list = [for name in ["inner"] : name]
  map  = { name = "literal", (local.name) = "computed", "${var.name}!" = "template" }
}
"""
    + data("names", "[var.name, local.name, local.list, local.each.key]")
    + data("map", "local.map")
    + data("path", '{ module = local.map["name"], count = local.map.name }'),
}
