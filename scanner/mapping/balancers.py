"""What controllers are asked to make on AWS of a Service, an Ingress or a TargetGroupBinding.

One entry is {"controller", "flavour", "target", "subnets", "groups", "managed", "clients", "listens", "group"}:
`target` is `ip` or `instance`; `subnets` and `groups` are ids or names (of tags), or unknown texts that refer to
them, empty where the controller chooses; `managed` is whether it admits its balancer to the machines; `clients`
are ranges (empty: everyone); `listens` are ports (null: those of the service); `group` is a target group that
exists already (null: one that is made).

Sources: AWS Load Balancer Controller, "Service annotations", "Ingress annotations", "TargetGroupBinding";
Kubernetes cloud-provider-aws, "Service controller"; EKS User Guide, "Auto Mode, Network Load Balancer".
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from scanner.mapping.extract import elements
from scanner.mapping.reader import Reader
from scanner.model.value import Unknown, Value, unwrap

OWN, AUTO, BUILT_IN, BOUND = "aws-load-balancer-controller", "eks-auto-mode", "cloud-provider", "bound"
_SERVICE = "service.beta.kubernetes.io/aws-load-balancer-"
_INGRESS = "alb.ingress.kubernetes.io/"
_CLASSES = {"service.k8s.aws/nlb": OWN, "eks.amazonaws.com/nlb": AUTO}


def of_service(reader: Reader, class_at: str = "spec.loadBalancerClass") -> Value:
    """What is made of a service; nothing where another class of balancers is named, or another cloud's."""
    if str(reader.get("spec.type", "ClusterIP")) != "LoadBalancer":
        return []
    wanted, type_ = reader.get(class_at), _said(reader, f"{_SERVICE}type")
    controller = _CLASSES.get(str(wanted)) if wanted else OWN if type_ in ("external", "nlb-ip") else BUILT_IN
    if controller is None:
        return []
    target = "ip" if type_ == "nlb-ip" or controller == AUTO else "instance"
    groups = _listed(_said(reader, f"{_SERVICE}security-groups"))
    return [
        {
            "controller": controller,
            "flavour": "network" if controller != BUILT_IN or type_ == "nlb" else "classic",
            "target": _said(reader, f"{_SERVICE}nlb-target-type", target)
            if controller != BUILT_IN
            else "instance",
            "subnets": _listed(_said(reader, f"{_SERVICE}subnets")),
            "groups": groups,
            "managed": controller == BUILT_IN
            or not groups
            or _said(reader, f"{_SERVICE}manage-backend-security-group-rules") == "true",
            "clients": [],
            "listens": None,
            "group": None,
        }
    ]


def of_ingress(reader: Reader, name: Value) -> Value:
    """What is made of an ingress of a class; only the class `alb`, or annotations of the controller, say so."""
    if name != "alb" and not any(key.startswith(_INGRESS) for key in _annotations(reader)):
        return []
    groups = _listed(_said(reader, f"{_INGRESS}security-groups"))
    return [
        {
            "controller": OWN,
            "flavour": "application",
            "target": _said(reader, f"{_INGRESS}target-type", "instance"),
            "subnets": _listed(_said(reader, f"{_INGRESS}subnets")),
            "groups": groups,
            "managed": not groups or _said(reader, f"{_INGRESS}manage-backend-security-group-rules") == "true",
            "clients": _listed(_said(reader, f"{_INGRESS}inbound-cidrs")),
            "listens": list(_listens(reader)),
            "group": None,
        }
    ]


def _listens(reader: Reader) -> Iterator[Value]:
    """The ports of `listen-ports`; without them 80, or 443 where a certificate is named."""
    said = _said(reader, f"{_INGRESS}listen-ports")
    if said is None:
        yield 443 if _said(reader, f"{_INGRESS}certificate-arn") is not None else 80
        return
    try:
        listed = json.loads(said) if isinstance(said, str) else None
    except ValueError:
        listed = None
    if not isinstance(listed, list):
        yield said if isinstance(said, Unknown) else Unknown(f"{said} is no list of ports")
        return
    for each in listed:
        yield from (port for port in each.values() if isinstance(port, int)) if isinstance(each, dict) else ()


def of_binding(reader: Reader) -> Value:
    """A service registered with a target group that something else made."""
    return [
        {
            "controller": BOUND,
            "flavour": None,
            "target": str(reader.get("spec.targetType", "instance")),
            "subnets": [],
            "groups": [],
            "managed": bool(elements(reader.get("spec.networking.ingress"))),
            "clients": [],
            "listens": None,
            "group": _named(reader),
        }
    ]


def _named(reader: Reader) -> Value:
    arn = reader.peek("spec.targetGroupARN")
    return arn if arn is not None else reader.peek("spec.targetGroupName")


def _annotations(reader: Reader) -> dict[str, Value]:
    held = unwrap(reader.get("metadata.annotations"))
    return held if isinstance(held, dict) else {}


def _said(reader: Reader, name: str, default: Value = None) -> Value:
    """An annotation, unknown where only that is; the default where it is absent."""
    value = unwrap(_annotations(reader).get(name))
    if value is None:
        return default
    return value if isinstance(value, Unknown) else str(value).strip()


def _listed(said: Value) -> list[Value]:
    """The parts of a text with commas; an unknown text is one part."""
    if said is None:
        return []
    if isinstance(said, Unknown):
        return [said]
    return [each.strip() for each in str(said).split(",") if each.strip()]
