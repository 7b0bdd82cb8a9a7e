"""The door to all formats."""

import subprocess
import sys

import pytest

from scanner.report import FORMATS, RenderOptions, render
from tests.report.sample import hostile, report


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_writes_bytes_that_are_unicode(name):
    for of in (report(), hostile(), report(findings=(), diagnostics=(), coverage=(), suppressed=(), rules=())):
        written = render(name, of, RenderOptions(show_unknown=True, verbose=True, statistics=True))

        assert written.decode().endswith("\n")


@pytest.mark.parametrize("name", FORMATS)
def test_the_order_of_findings_does_not_matter(name):
    turned = report(findings=report().findings[::-1], diagnostics=report().diagnostics[::-1])

    assert render(name, turned, RenderOptions()) == render(name, report(), RenderOptions())


def test_a_format_is_imported_when_it_is_asked_for():
    program = "import scanner.report, sys; print(sorted({'orjson', 'sarif_om', 'html'} & sys.modules.keys()))"
    told = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout

    assert told == "[]\n"
    program = (
        "from tests.report.sample import report; from scanner.report import *; import sys\n"
        "render('text', report(), RenderOptions())\n"
        "print(sorted({'orjson', 'sarif_om', 'rich'} & sys.modules.keys()))"
    )
    told = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert told == "[]\n"


def test_an_unknown_format_is_a_key_error():
    with pytest.raises(KeyError):
        render("pdf", report(), RenderOptions())
