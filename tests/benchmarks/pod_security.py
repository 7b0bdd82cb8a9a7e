"""Pod Security, control by control: our agreement with the labelled pods beside checkov's and trivy's.

    python tests/benchmarks/pod_security.py [--checkov PATH] [--trivy PATH] [--version 1.37]

The pods are those of kubernetes/pod-security-admission (../shared/corpora/psa). A failing pod is seen by a tool
when one of its checks for the control that the pod is named after fails on it more often than on the level's base
pod, which keeps every control. A passing pod is flagged when a check of any control of its level fails on it. Each
peer runs once, on the same files. Which of a peer's checks stand for which control was read from their
documentation; where one has none, its column says so. checkov's CKV_K8S_27 sees one host path, docker's socket.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

from tests.conformance.test_pod_security import CORPUS, OVERLAPS, broken

CHECKOV = {
    "allowprivilegeescalation": ("CKV_K8S_20",),
    "apparmorprofile": (),
    "capabilities_baseline": ("CKV_K8S_25", "CKV_K8S_39"),
    "capabilities_restricted": ("CKV_K8S_28", "CKV_K8S_37"),
    "hostnamespaces": ("CKV_K8S_17", "CKV_K8S_18", "CKV_K8S_19"),
    "hostpathvolumes": ("CKV_K8S_27",),
    "hostports": ("CKV_K8S_26",),
    "hostprobesandhostlifecycle": (),
    "privileged": ("CKV_K8S_16",),
    "procmount": (),
    "procmount_restricted": (),
    "restrictedvolumes": (),
    "runasnonroot": ("CKV_K8S_23",),
    "runasuser": ("CKV_K8S_40", "CKV_K8S_23"),
    "seccompprofile_baseline": ("CKV_K8S_31",),
    "seccompprofile_restricted": ("CKV_K8S_31",),
    "selinuxoptions": (),
    "sysctls": (),
    "windowshostprocess": (),
}
TRIVY = {
    "allowprivilegeescalation": ("KSV-0001",),
    "apparmorprofile": ("KSV-0002",),
    "capabilities_baseline": ("KSV-0005", "KSV-0022"),
    "capabilities_restricted": ("KSV-0003", "KSV-0106"),
    "hostnamespaces": ("KSV-0008", "KSV-0009", "KSV-0010"),
    "hostpathvolumes": ("KSV-0023",),
    "hostports": ("KSV-0024",),
    "hostprobesandhostlifecycle": (),
    "privileged": ("KSV-0017",),
    "procmount": ("KSV-0027",),
    "procmount_restricted": ("KSV-0027",),
    "restrictedvolumes": ("KSV-0028",),
    "runasnonroot": ("KSV-0012",),
    "runasuser": ("KSV-0105",),
    "seccompprofile_baseline": ("KSV-0104",),
    "seccompprofile_restricted": ("KSV-0030", "KSV-0104"),
    "selinuxoptions": ("KSV-0025",),
    "sysctls": ("KSV-0026",),
    "windowshostprocess": ("KSV-0103",),
}
_RESTRICTED_ONLY = frozenset(
    ("allowprivilegeescalation", "capabilities_restricted", "procmount_restricted", "restrictedvolumes",
     "runasnonroot", "runasuser", "seccompprofile_restricted")
)  # fmt: skip
Failed = dict[str, Counter[str]]


def cases(version: str) -> dict[str, tuple[str, bool, str, Path]]:
    """Each pod by a file name of its own: level, whether it passes, the control it is named after, its file."""
    found = {}
    for path in sorted(CORPUS.glob(f"*/v{version}/*/*.yaml")):
        level, _, verdict = path.parts[-4:-1]
        control = re.sub(r"\d+$|_linux$|_windows$", "", path.stem)
        found[f"{level}-{verdict}-{path.name}"] = (level, verdict == "pass", control, path)
    return found


def checkov(program: str, folder: Path) -> Failed:
    done = subprocess.run(
        [program, "-d", str(folder), "--framework", "kubernetes", "-o", "json", "--compact", "--quiet",
         "--skip-download"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    failed: Failed = defaultdict(Counter)
    told = json.loads(done.stdout)
    for report in told if isinstance(told, list) else [told]:
        for each in report["results"]["failed_checks"]:
            failed[Path(each["file_path"]).name][each["check_id"]] += 1
    return failed


def trivy(program: str, folder: Path) -> Failed:
    done = subprocess.run(
        [program, "config", "--skip-check-update", "-q", "--format", "json", "--misconfig-scanners", "kubernetes",
         str(folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    failed: Failed = defaultdict(Counter)
    for result in json.loads(done.stdout).get("Results") or ():
        for each in result.get("Misconfigurations") or ():
            number = int(each["ID"].removeprefix("KSV").removeprefix("-"))  # KSV001, as KSV-0001 was called
            failed[Path(result["Target"]).name][f"KSV-{number:04}"] += 1
    return failed


def seen(failed: Failed, checks: dict[str, tuple[str, ...]], name: str, base: str, control: str) -> bool:
    """Whether a check for the control fails more often on a pod than on the base pod of its level."""
    return any(failed[name][check] > failed[base][check] for check in checks[control])


def flagged(failed: Failed, checks: dict[str, tuple[str, ...]], name: str, level: str) -> bool:
    """Whether a check of a control of the level fails on a pod that keeps them all."""
    mine = [each for each in checks if level == "restricted" or each not in _RESTRICTED_ONLY]
    return any(failed[name][check] for control in mine for check in checks[control])


def ours(path: Path, level: str, version: str, control: str) -> bool:
    found = broken(path, level, version)
    others = {each for each in found if each.lower() != control and (control, each) not in OVERLAPS}
    return control in {each.lower() for each in found} and not others


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkov", default=shutil.which("checkov") or "")
    parser.add_argument("--trivy", default=shutil.which("trivy") or "")
    parser.add_argument("--version", default="1.37")
    given = parser.parse_args()
    pods = cases(given.version)
    with tempfile.TemporaryDirectory() as made:
        for name, (*_, path) in pods.items():
            shutil.copy(path, Path(made) / name)
        peers: dict[str, tuple[Failed, dict[str, tuple[str, ...]]]] = {}
        if given.checkov:
            peers["checkov"] = (checkov(given.checkov, Path(made)), CHECKOV)
        if given.trivy:
            peers["trivy"] = (trivy(given.trivy, Path(made)), TRIVY)
    _print(pods, given.version, peers)


def _print(
    pods: dict[str, tuple[str, bool, str, Path]],
    version: str,
    peers: dict[str, tuple[Failed, dict[str, tuple[str, ...]]]],
) -> None:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for name, (level, passes, control, path) in pods.items():
        row = counts[f"{level} pods that pass, flagged" if passes else control]
        row["pods"] += 1
        row["ours"] += bool(broken(path, level, version)) if passes else ours(path, level, version, control)
        for peer, (failed, checks) in peers.items():
            base = f"{level}-pass-base_linux.yaml"
            base = base if base in pods else f"{level}-pass-base.yaml"
            row[peer] += (
                flagged(failed, checks, name, level) if passes else seen(failed, checks, name, base, control)
            )
    width = max(map(len, counts))
    names = ["pods", "ours", *peers]
    print(f"{'failing pods seen, by control':<{width}}  " + "  ".join(f"{each:>8}" for each in names))
    for control in sorted(counts, key=lambda each: ("flagged" in each, each)):
        row = counts[control]
        told = [
            "no check"
            if each in peers and control in peers[each][1] and not peers[each][1][control]
            else str(row[each])
            for each in names
        ]
        print(f"{control:<{width}}  " + "  ".join(f"{each:>8}" for each in told))
    fails = [row for control, row in counts.items() if "flagged" not in control]
    print(f"{'all failing':<{width}}  " + "  ".join(f"{sum(row[each] for row in fails):>8}" for each in names))


if __name__ == "__main__":
    main()
