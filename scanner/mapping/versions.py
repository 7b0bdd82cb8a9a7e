"""What something runs, with its version: engines of stores by their arguments, systems by the names of images."""

from __future__ import annotations

import re

from scanner.mapping.reader import Extract, Reader
from scanner.model.value import Cause, Undetermined, Unknown, Value, unwrap

_CHOSEN = Unknown("its service chose the version when it was made", Cause.OUTSIDE_SCAN)


def engine_release(engine: str, path: str = "engine_version", *, named: str = "") -> Extract:
    """Engine and version in one text, `postgres 13.7`. `named` is the path that holds the engine's name, and
    `engine` what it is where nothing stands there. Unknown where no version is written: the service takes what
    it deems newest on the day that the store is made."""

    def extract(reader: Reader) -> Value:
        product = str(reader.get(named, engine)) if named else engine
        version = reader.get(path)
        return _CHOSEN if version is None else f"{product.lower()} {version}"

    return extract


# Names of images and of the systems in them. Of what is kept beyond its public end by a contract that comes with
# the image (Ubuntu Pro, SLES LTSS) nothing is said.
_CONTRACT = re.compile(r"\bpro\b|-pro-|ubuntu-pro|ltss|-els\b|\bels-", re.IGNORECASE)
_UBUNTU = {"trusty": "14.04", "xenial": "16.04", "bionic": "18.04", "focal": "20.04", "jammy": "22.04",
           "noble": "24.04"}  # fmt: skip
_AMAZON = re.compile(
    r"\b(?:al|amazon-linux-)(2023)\b|\bal(2023)-ami|\bamzn(2)-ami|\bamazon-?linux-?(2)\b|\bAL(2|2023)_(?:x86_64|ARM)"
    r"|\bAmazon Linux (\d+)\b|\bamazon-eks-(?:gpu-|arm64-)?node-al(2023)",
    re.IGNORECASE,
)
_RED_HAT = re.compile(r"\brhel[-_:/ ]*(\d{1,2})(?!\d)|\bRed Hat Enterprise Linux.*?(\d{1,2})", re.IGNORECASE)
_NAMED = "|".join(_UBUNTU)
_SYSTEMS = (
    ("Amazon Linux", _AMAZON),
    ("Ubuntu", re.compile(r"ubuntu(?:[^0-9\n]*?)[-_/: ]?(\d\d[._]?(?:04|10))(?!\d)", re.IGNORECASE)),
    ("Ubuntu", re.compile(rf"ubuntu\S*?\b({_NAMED})\b", re.IGNORECASE)),
    ("Debian", re.compile(r"\bdebian(?: GNU/Linux)?[-_/: ]?(\d{1,2})(?!\d)", re.IGNORECASE)),
    ("CentOS", re.compile(r"\bcentos(?:[-_/: ]|linux|[-_ ]stream)*(\d)(?!\d{2})", re.IGNORECASE)),
    ("Windows Server", re.compile(r"\bwindows[-_ ]?server[-_ /:]*(?:\w+[-_/])?(20\d\d)", re.IGNORECASE)),
    ("Red Hat Enterprise Linux", _RED_HAT),
)
_FIRST = re.compile(r"\bamzn-ami-(?:hvm|pv|minimal)", re.IGNORECASE)


def system_of(image: str) -> str | None:
    """The operating system and its version, as the name of an image tells them: `Ubuntu 20.04`."""
    if _CONTRACT.search(image):
        return None
    if _FIRST.search(image):
        return "Amazon Linux 1"
    for system, form in _SYSTEMS:
        if found := form.search(image):
            version = next(each for each in found.groups() if each).lower().replace("_", ".")
            version = _UBUNTU.get(version, version)
            if system == "Ubuntu" and "." not in version:
                version = f"{version[:2]}.{version[2:]}"
            return f"{system} {version}"
    return None


_ID = Unknown("the id of an image does not tell what is in it", Cause.OUTSIDE_SCAN)


def image_system(extract: Extract | str) -> Extract:
    """The system that the image names which an extractor or a path gives; null where a name tells none."""

    def read(reader: Reader) -> Value:
        value = unwrap(reader.get(extract) if isinstance(extract, str) else extract(reader))
        if isinstance(value, Unknown):
            raise Undetermined(value)
        return None if value is None else system_of(str(value))

    return read


_PATTERNS = ("name", "description")


def machine_image_system(*paths: str) -> Extract:
    """Of a machine of AWS, by the look-up that found its image (`data.aws_ami`) or the public parameter that names
    it; an id alone tells nothing."""

    def read(reader: Reader) -> Value:
        for lookup in reader.folded("data.aws_ami"):
            return _looked_up(lookup)
        for parameter in reader.folded("data.aws_ssm_parameter"):
            return system_of(str(parameter.get("name", "")))
        written = next((value for path in paths if (value := reader.get(path)) is not None), None)
        if written is None or str(written).startswith("ami-"):
            return _ID
        return system_of(str(written))

    return read


def _looked_up(lookup: Reader) -> Value:
    """The system that every name of a look-up's filters tells; two systems tell none."""
    found = {system_of(str(lookup.get("name_regex")))} if lookup.get("name_regex") is not None else set()
    for each in lookup.blocks("filter"):
        if each.get("name") in _PATTERNS:
            found.update(system_of(str(value)) for value in each.items("values"))
    return found.pop() if len(found) == 1 else _ID
