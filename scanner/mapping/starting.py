"""What a command line asks for when a program starts: talkative logs, code from the network."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator

from scanner.mapping.reader import Extract, Reader
from scanner.mapping.secrets import written
from scanner.model.value import Undetermined, Unknown, Value, unwrap

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
# The same in PowerShell: Invoke-Expression of what was downloaded.
_GIVEN = r"(?:DownloadString|Invoke-WebRequest|Invoke-RestMethod|iwr|irm)"
_POWERSHELL = re.compile(
    rf"\b(?:iex|Invoke-Expression)\b[^\n]*\b{_GIVEN}\b|\b{_GIVEN}\b[^\n]*\|\s*(?:iex|Invoke-Expression)\b",
    re.IGNORECASE,
)
# A line of a file of settings: log_level: debug, logging.level.org.example=DEBUG, rootLogger.level = trace
_SETTING = re.compile(
    r"""^[\s"'-]*((?:[\w-]+\.)*(?:log[._-]?level|loglevel|logging\.level(?:\.[\w.-]+)?|rootlogger(?:\.level)?))["']?"""
    r"""\s*[:=]\s*["']?(\w+)["']?\s*(?:[,;#].*)?$""",
    re.IGNORECASE | re.MULTILINE,
)
_REMARK = re.compile(r"^\s*#.*$", re.MULTILINE)
_BASE64 = 16  # characters from which on a text may be one


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


def verbose_map(path: str) -> Extract:
    """The keys of a map of variables at a path that ask for it; the last is what is shown."""

    def extract(reader: Reader) -> Value:
        held = reader.get(path)
        found = list(verbose_variables(held.items())) if isinstance(held, dict) else []
        if found:
            reader.peek(f"{path}.{found[-1]}")
        return list(found)

    return extract


def verbose_settings(pairs: Iterable[tuple[str, object]]) -> Iterator[str]:
    """Keys that ask for it by themselves, or hold a file of settings that does. Raises Undetermined at a key that
    may: one that is called after a level, and of which the value is not known."""
    for name, value in pairs:
        if isinstance(value, Unknown) and _LEVEL.search(name):
            raise Undetermined(value)
        if not isinstance(value, str):
            continue
        if any(verbose_variables([(name, value)])) or ("\n" in value and _verbose_file(value)):
            yield name


def _verbose_file(text: str) -> bool:
    return any(match.group(2).lower() in _LOW for match in _SETTING.finditer(text))


def fetches_code(line: str) -> bool:
    """Whether a command line runs what it downloads."""
    return ("curl" in line or "wget" in line) and _FETCH.search(line) is not None


def machine_fetches(*paths: str) -> Extract:
    """Whether a start-up script at one of the paths, plain or in base64, runs what it downloads. At a path may
    also stand the metadata of a machine: a map whose keys name scripts."""

    def extract(reader: Reader) -> Value:
        pending: Undetermined | None = None
        for path in paths:
            try:
                if any(_script_fetches(script) for script in _scripts(reader, path)):
                    return True
            except Undetermined as undetermined:
                pending = pending or undetermined
        if pending is not None:
            raise pending
        return False

    return extract


def _scripts(reader: Reader, path: str) -> Iterator[str]:
    held = unwrap(reader.peek(path))
    if isinstance(held, dict):
        named = [value for key, value in held.items() if "script" in str(key) or "user-data" in str(key)]
        yield from (script for value in named if (script := written(value)) is not None)
    elif (script := written(held)) is not None:
        yield script


def _script_fetches(script: str) -> bool:
    lines = _REMARK.sub("", plain(script))
    return fetches_code(lines) or _POWERSHELL.search(lines) is not None


def plain(script: str) -> str:
    """The script itself, where it is base64 of readable text; else the text as it stands."""
    compact = "".join(script.split())
    if len(compact) < _BASE64 or len(compact) % 4:
        return script
    try:
        return base64.b64decode(compact, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return script
