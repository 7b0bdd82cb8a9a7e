"""Input made to break a scanner: it ends soon, says what it met, and never shows a traceback."""

# ruff: noqa: E501 - inputs stand one to a line

from __future__ import annotations

import json

import pytest

from tests.cli.running import CLEAN, PUBLIC, process, run, write


def nested(opening: str, closing: str, depth: int) -> str:
    return opening * depth + "1" + closing * depth


MODULE = 'variable "n" { default = 0 }\n'
CASES: dict[str, dict[str, str | bytes]] = {
    "deep lists": {"a.tf": f"locals {{ x = {nested('[', ']', 5000)} }}\n"},
    "deep parentheses": {"a.tf": f"locals {{ x = {nested('(', ')', 5000)} }}\n"},
    "deep objects": {"a.tf": f"locals {{ x = {nested('{ a = ', ' }', 3000)} }}\n"},
    "deep templates": {"a.tf": "locals { x = " + '"${' * 1000 + "1" + '}"' * 1000 + " }\n"},
    "deep conditionals": {"a.tf": "locals { x = " + "true ? 1 : " * 3000 + "2 }\n"},
    "deep operators": {"a.tf": "locals { x = " + "1 + " * 20000 + "1 }\n" + 'resource "x_y" "z" { a = local.x }\n'},
    "deep negation": {"a.tf": "locals { x = " + "!" * 5000 + 'true }\nresource "x_y" "z" { a = local.x }\n'},
    "deep calls": {"a.tf": "locals { x = " + "upper(" * 2000 + '"a"' + ")" * 2000 + " }\n"},
    "deep blocks": {"a.tf": 'resource "x_y" "z" {\n' + "b {\n" * 2000 + "}\n" * 2000 + "}\n"},
    "deep traversal": {"a.tf": 'resource "x_y" "z" { a = local.x' + ".a" * 20000 + " }\nlocals { x = {} }\n"},
    "huge number": {"a.tf": 'resource "x_y" "z" { a = ' + "9" * 20000 + " }\n"},
    "huge exponent": {"a.tf": 'resource "x_y" "z" { a = 1e999999999 * 2 }\n'},
    "huge product": {"a.tf": "locals {\n  a0 = 99999999999\n"
                     + "".join(f"  a{n} = local.a{n - 1} * local.a{n - 1}\n" for n in range(1, 40))
                     + '}\nresource "x_y" "z" { a = local.a39 }\n'},
    "doubling text": {"a.tf": 'locals {\n  a0 = "xxxxxxxxxxxxxxxx"\n'
                      + "".join(f'  a{n} = "${{local.a{n - 1}}}${{local.a{n - 1}}}"\n' for n in range(1, 60))
                      + '}\nresource "x_y" "z" { a = local.a59 }\n'},
    "doubling lists": {"a.tf": "locals {\n  a0 = [1]\n"
                       + "".join(f"  a{n} = [local.a{n - 1}, local.a{n - 1}]\n" for n in range(1, 60))
                       + '}\nresource "x_y" "z" { a = flatten(local.a59) }\n'},
    "huge range": {"a.tf": 'resource "x_y" "z" { a = range(1000000000) }\n'},
    "huge product of sets": {"a.tf": "locals { l = range(900) }\n"
                             'resource "x_y" "z" { a = length(setproduct(local.l, local.l, local.l)) }\n'},
    "huge padding": {"a.tf": 'resource "x_y" "z" { a = format("%999999999d", 1) }\n'},
    "huge count": {"a.tf": 'resource "x_y" "z" { count = 1000000000 }\n'},
    "bad pattern": {"a.tf": 'resource "x_y" "z" { a = regex("(a+)+$", "' + "a" * 5000 + 'b") }\n'},
    "chain of locals": {"a.tf": "locals {\n  v0 = 1\n"
                        + "".join(f"  v{n} = local.v{n - 1} + 1\n" for n in range(1, 5000))
                        + '}\nresource "x_y" "z" { a = local.v4999 }\n'},
    "ring of locals": {"a.tf": "locals {\n"
                       + "".join(f"  v{n} = local.v{(n + 1) % 1000}\n" for n in range(1000))
                       + '}\nresource "x_y" "z" { a = local.v0 }\n'},
    "for_each over itself": {"a.tf": 'resource "x_y" "z" {\n  for_each = x_y.z\n  a = each.key\n}\n'},
    "count of itself": {"a.tf": 'resource "x_y" "z" { count = length(x_y.z) }\n'},
    "a provider that asks its resource": {"a.tf": 'provider "x" { region = x_y.z.id }\nresource "x_y" "z" {}\n'},
    "module that calls itself": {"a.tf": 'module "m" { source = "./" }\n' + MODULE},
    "modules that call each other": {"a.tf": 'module "b" { source = "./b" }\n',
                                     "b/b.tf": 'module "c" { source = "../c" }\n',
                                     "c/c.tf": 'module "b" { source = "../b" }\n'},
    "modules that multiply": {f"m{n}/a.tf": (f'module "x" {{\n  source = "../m{n + 1}"\n  count  = 10\n}}\n'
                                             if n < 12 else 'resource "x_y" "z" {}\n') for n in range(13)},
    "module with a variable of its own output": {
        "a.tf": 'module "m" {\n  source = "./m"\n  n = module.m.n\n}\n',
        "m/a.tf": MODULE + 'output "n" { value = var.n }\n'},
    "binary": {"a.tf": bytes(range(256)) * 64, "b.yaml": bytes(range(256)) * 64, "c.tf.json": bytes(range(256))},
    "random text": {"a.tf": '}}}}{{{{"""\'\'\'<<<EOF\n${{%{ ]] )) == => ... ?:::'},
    "unclosed heredoc": {"a.tf": "locals { x = <<EOF\n" + "text\n" * 1000},
    "one long line": {"a.tf": 'resource "x_y" "z" { a = "' + "x" * 10_000_000 + '" }\n'},
    "one long yaml line": {"a.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: " + "x" * 10_000_000 + "}\n"},
    "many blocks on one line": {"a.tf": 'variable "v" {} ' * 50_000},
    "yaml bomb": {"a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\na0: &a0 [x, x, x, x, x, x, x, x, x]\n"
                  + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))},
    "yaml that holds itself": {"a.yaml": "apiVersion: v1\nkind: Pod\nmetadata: &m {name: a, self: *m}\n"},
    "deep yaml": {"a.yaml": "apiVersion: v1\nkind: Pod\nx: " + "[" * 20_000 + "]" * 20_000 + "\n"},
    "many documents": {"a.yaml": "---\n" * 100_000},
    "yaml tags": {"a.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: !!python/object:os.system x}\n"},
    "odd scalars": {"a.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: 2026-99-99T99:99:99Z, a: .inf, b: 0o9}\n"
                    "spec: 12\n"},
    "manifest of wrong shapes": {"a.yaml": "apiVersion: [1]\nkind: {}\n---\napiVersion: v1\nkind: Pod\nmetadata: []\n"
                                 "spec: {containers: {a: 1}}\n---\napiVersion: v1\nkind: Service\nspec: null\n"},
    "lists in lists": {"a.yaml": "apiVersion: v1\nkind: List\nitems: " + json.dumps(
        [{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "List", "items": 3}]}]) + "\n"},
    "deep json": {"a.tf.json": '{"locals": {"x": ' + "[" * 50_000 + "]" * 50_000 + "}}"},
    "json of wrong shapes": {"a.tf.json": '{"resource": [1, {"aws_eip": "x"}, {"aws_eip": {"e": [null, 3]}}], "locals": 7}'},
    "blocks of wrong shapes": {"a.tf": 'resource "a" {}\nresource {}\nresource "a" "b" "c" {}\nmodule {}\nvariable {}\n'
                               'locals "x" {}\nprovider {}\nresource "aws_eip" "" {}\noutput "o" {}\nmodule "m" {}\n'},
    "attributes of wrong types": {"a.tf": "".join(
        f'resource "{type_}" "r{n}" {{\n  policy = {value}\n  ingress = {value}\n  tags = {value}\n  vpc_config = {value}\n'
        f"  cidr_blocks = {value}\n  rule = {value}\n  engine = {value}\n}}\n"
        for type_ in ("aws_security_group", "aws_s3_bucket", "aws_iam_role", "aws_db_instance", "aws_eks_cluster",
                      "aws_iam_policy", "aws_lb", "aws_instance", "aws_kms_key", "aws_lambda_function")
        for n, value in enumerate(("3", "null", '"{not json"', "[[]]", "{ a = [1, null] }", '"[1, 2]"', "true")))},
    "names with controls": {"a.tf": 'resource "aws_db_instance" "d\u202e" {\n  identifier = "\\u001b[31m::error::"\n}\n'},
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_it_ends_with_a_clear_answer(tmp_path, name):
    write(tmp_path, {**CASES[name], "zz_good.tf": PUBLIC})
    ran = process("scan", tmp_path, "--format", "json", "--fail-on", "never", timeout=60)

    assert ran.code in (0, 3), ran.err[-2000:]
    assert "Traceback" not in ran.err
    assert "zero-trust/database-public" in {each["rule"] for each in ran.json["findings"]}


@pytest.mark.parametrize("form", ["text", "sarif", "markdown", "junit", "gitlab"])
def test_controls_in_names_never_reach_a_terminal(tmp_path, form):
    text = PUBLIC.replace("aws_db_instance", "aws_db_instance").replace(
        "{\n", '{\n  identifier = "\\u001b[31m\\u0007::error::x\\u202e"\n', 1
    )
    write(tmp_path, {"main.tf": text, "a\x1b[31mb.tf": PUBLIC.replace('"d"', '"e"')})
    out = run("scan", tmp_path, "--format", form, "--color", "never").out

    for sign in ("\x1b", "\x07", "\u202e"):
        assert sign not in out


def test_a_tree_of_many_small_files_is_no_trouble(tmp_path):
    write(tmp_path, {f"d{n % 50}/f{n}.tf": f'resource "aws_eip" "e{n}" {{}}\n' for n in range(1000)})
    write(tmp_path, {"main.tf": CLEAN})

    assert process("scan", tmp_path, "--fail-on", "never", timeout=30).code == 0
