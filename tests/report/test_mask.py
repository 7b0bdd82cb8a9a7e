"""Credentials in source lines."""

import time

import pytest

from scanner.report.mask import mask


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('  password = "hunter2"', '  password = "*******"'),
        ('master_password="a\\"b" # x', 'master_password="****" # x'),
        ("  password: hunter2", "  password: *******"),
        ('"db_secret": "hunter2",', '"db_secret": "*******",'),
        ("export API_TOKEN=hunter2 && run", "export API_TOKEN=******* && run"),
        ('password = "never closed', 'password = "************'),
        ("url = postgres://app:hunter2@db/x", "url = postgres://***********@db/x"),
        ("id = AKIAIOSFODNN7EXAMPLE", "id = ********************"),
        ("key MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIB", "key " + "*" * 48),
    ],
)
def test_credentials_are_starred_at_their_length(line, shown):
    assert mask(line) == shown
    assert len(shown) == len(line)


@pytest.mark.parametrize(
    "line",
    [
        "  password = var.password",
        '  password = "${random_password.db.result}"',
        "  secret_name = data.aws_secret.x.name",
        "  http_tokens = required",
        "  automountServiceAccountToken: true",
        "  password = null",
        "  image: nginx@sha256:" + "0123456789abcdef" * 4,
        '  source = "git::https://example.com/x.git?ref=0123456789012345678901234567890123456789"',
        "resource aws_secretsmanager_secret_rotation x {",
    ],
)
def test_references_and_switches_stay_readable(line):
    assert mask(line) == line


@pytest.mark.parametrize("piece", ["password", 'password="', "x", "secret_", "a1B/", "://a:", "eyJaaaaaaaaaa."])
def test_a_long_line_costs_no_more_than_its_length(piece):
    started = time.perf_counter()
    mask(piece * 20_000)

    assert time.perf_counter() - started < 2


def test_the_default_of_a_variable_is_hidden():
    assert mask('  default     = "Aa1234321Bb"') == '  default     = "***********"'
    assert mask("  default = true") == "  default = true"
    assert mask("  default = var.other") == "  default = var.other"
