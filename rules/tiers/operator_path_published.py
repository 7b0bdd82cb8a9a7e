"""Path for operators that is published."""

import re
from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, text

# Paths under which frameworks show their inside: Spring Boot's actuator, Go's pprof and expvar, status pages of
# Apache and NGINX, Prometheus's metrics, Jolokia.
INSIDE = re.compile(
    r"^\^?/(?:actuator|metrics|debug(?:/(?:pprof|vars))?|server-status|server-info|nginx_status|stub_status|jolokia"
    r"|heapdump|threaddump)(?:/|$|\(|\.\*)"
)


@rule(
    severity=Severity.LOW,
    selects="ingress",
    message="{node} publishes {path}, which shows the inside of an application",
    controls={
        "reference-model": ["application-network/structure"],
        "nist-800-53": ["AC-3", "CM-7", "SC-7"],
        "nist-800-207": ["tenet-2"],
        "catalogue": ["APN-001"],
    },
)
def check(ingress: Node) -> Iterator[Match]:
    """What operators read of a program, its variables, memory and load, tells an attacker where to begin; some of
    these paths change it too. An ingress that serves inside networks only is not judged.

    ## Remedy
    Let monitoring ask the pods directly, and take the path out of the ingress.
    """
    if ingress["internal"] is True:
        return
    for position, each in enumerate(ingress["paths"]):
        path = text(each)
        if INSIDE.match(path):
            yield Match(ingress, f"paths[{position}]", values={"path": path})
            return
