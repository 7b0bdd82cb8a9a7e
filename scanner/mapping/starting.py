"""What a command line asks for when a program starts: talkative logs, code from the network."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_LEVEL = re.compile(r"(?:^|_)LOG(?:GING)?_?(?:LEVEL|VERBOSITY)$|^LOGLEVEL$|^RUST_LOG$", re.IGNORECASE)
_LOW = frozenset(("debug", "trace", "verbose", "all", "finest", "silly"))
LONGEST = max(map(len, _LOW)) + 2  # characters of a value that names one, with some space around it
_OPTION = re.compile(r"--?(?:[a-z]+[._-])*log[._-]?level(?:=|\s+)([\w-]+)", re.IGNORECASE)
# klog: 6 and more show requested resources, headers and bodies (Kubernetes logging conventions).
_KLOG = re.compile(r"(?:^|\s)--?v(?:=|\s+)([0-9]+)(?=\s|$)")
_TALKATIVE = 6
# A download that is handed to a shell or an interpreter: by a pipe, or in the place of its script.
_FETCH = re.compile(
    r"\b(?:curl|wget)\b[^|;&\n]*\|\s*(?:sudo\s+(?:-\S+\s+)*)?(?:[\w/]*/)?(?:ba|z|da|k)?sh\b"
    r"|\b(?:curl|wget)\b[^|;&\n]*\|\s*(?:sudo\s+)?(?:python3?|perl|ruby|node)\b"
    r"|\b(?:ba|z)?sh\s+(?:-c\s+)?[\"']?(?:<\(|\$\()\s*(?:curl|wget)\b"
)


def verbose_variables(pairs: Iterable[tuple[str, object]]) -> Iterator[str]:
    """Names of the variables that ask for logs of level debug or lower."""
    for name, value in pairs:
        if isinstance(value, str) and value.strip().lower() in _LOW and _LEVEL.search(name):
            yield name


def verbose_options(line: str) -> Iterator[str]:
    """The options of a command line that do."""
    for match in _OPTION.finditer(line):
        if match.group(1).lower() in _LOW:
            yield match.group(0)
    for match in _KLOG.finditer(line):
        if int(match.group(1)) >= _TALKATIVE:
            yield match.group(0).strip()


def fetches_code(line: str) -> bool:
    """Whether a command line runs what it downloads."""
    return ("curl" in line or "wget" in line) and _FETCH.search(line) is not None
