"""Machine on an operating system past its end."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, text

# The oldest release in public support on 2026-11-23 (Debian with its LTS; ESM, ELS and ESU are contracts of one's
# own). Sources: the vendors' calendars as collected by endoflife.date on 2026-08-22.
OLDEST = {
    "Amazon Linux": (2023,),
    "Ubuntu": (22, 4),
    "Debian": (12,),
    "Debian GNU/Linux": (12,),
    "CentOS": (9,),
    "Windows Server": (2016,),
    "Red Hat Enterprise Linux": (8,),
}
INTERIM = frozenset(((22, 10), (23, 4), (23, 10), (24, 10), (25, 4), (25, 10)))  # of Ubuntu, nine months each


@rule(
    severity=Severity.MEDIUM,
    selects=("instance", "machine", "node_group"),
    message="{node} runs {system}, which gets no more fixes",
    controls={
        "reference-model": ["lifecycle/out-of-date", "security/patching", "compute/nodes"],
        "nist-800-53": ["SI-2", "SA-22"],
        "nist-800-207": ["tenet-5"],
        "catalogue": ["LIF-001", "CMP-002"],
    },
)
def check(machine: Node) -> Iterator[Match]:
    """Holes found since then stay open in the kernel and in every library of the image. Whoever pays for extended
    fixes (ESM, ELS, ESU) may ignore this with that reason. The calendar is as of 2026-11-23.

    ## Remedy
    Move to an image of a release in support, and replace machines rather than raise them in place.
    """
    system = machine["system"]
    if system is None:
        return
    name, version = parted(text(system))
    oldest = OLDEST.get(name)
    if oldest is None or not version:
        return
    if version[: len(oldest)] < oldest or (name == "Ubuntu" and version[:2] in INTERIM):
        yield Match(machine, "system", values={"system": system})


def parted(system: str) -> tuple[str, tuple[int, ...]]:
    """`Ubuntu 20.04.6 LTS` as its name and the numbers of its version."""
    words = system.split()
    at = next((number for number, word in enumerate(words) if word[:1].isdigit()), len(words))
    version = words[at].split(".") if at < len(words) else []
    return " ".join(words[:at]), tuple(int(each) for each in version if each.isdigit())
