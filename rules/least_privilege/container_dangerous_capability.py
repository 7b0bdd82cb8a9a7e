"""Container with a dangerous Linux capability."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Undetermined, rule, text

# What the Pod Security Standards allow at the level baseline (Kubernetes 1.37).
BASELINE = frozenset({
    "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP",
    "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
})  # fmt: skip

# These only let a process hold resources: memory that is not swapped out, wake-ups, leases (capabilities(7)).
HOLDING = frozenset({"IPC_LOCK", "WAKE_ALARM", "BLOCK_SUSPEND", "LEASE"})


@rule(
    severity=Severity.HIGH,
    selects="container",
    message="{node} adds {capabilities}",
    controls={
        "reference-model": ["application/encapsulation"],
        "nist-800-53": ["AC-6", "CM-7"],
        "nist-800-207": ["tenet-3"],
        "pod-security-standards": ["baseline/capabilities"],
        "catalogue": ["K8S-PSS"],
        "checkov": ["CKV_K8S_39"],
        "trivy": ["KSV-0005", "KSV-0022"],
        "kubescape": ["C-0046"],
    },
)
def check(container: Node) -> Iterator[Match]:
    """Capabilities beyond the baseline reach the machine: SYS_ADMIN mounts its disks, SYS_PTRACE reads other
    processes, NET_ADMIN and NET_RAW forge traffic. IPC_LOCK and what else only holds resources weighs less. A
    privileged container has all of them, and a finding of its own.

    ## Remedy
    Drop ALL and add back only what the baseline allows; give an agent that needs more a namespace of its own.
    """
    if container["privileged"] is True:
        return
    found: list[str] = []
    pending: Undetermined | None = None
    for capability in container["added_capabilities"] or ():
        try:
            if text(capability) not in BASELINE:
                found.append(text(capability))
        except Undetermined as undetermined:
            pending = undetermined
    if found:
        yield Match(
            container,
            at="added_capabilities",
            values={"capabilities": ", ".join(sorted(found))},
            severity=Severity.LOW if HOLDING.issuperset(found) else None,
        )
    elif pending is not None:
        raise pending
