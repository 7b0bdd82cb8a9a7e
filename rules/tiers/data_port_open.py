"""Data store's port open to the internet."""

from collections.abc import Iterator

from scanner.rule import (
    Match,
    Node,
    Severity,
    Undetermined,
    Value,
    admits_all_ports,
    admits_port,
    certain,
    in_force,
    open_ports,
    open_to_world,
    rule,
    widest,
)

PORTS = {
    111: "portmapper",
    1433: "SQL Server",
    1521: "Oracle",
    2049: "NFS",
    2379: "etcd",
    3306: "MySQL",
    5432: "PostgreSQL",
    5439: "Redshift",
    5601: "Kibana",
    5672: "AMQP",
    6379: "Redis",
    7000: "Cassandra",
    8086: "InfluxDB",
    9042: "Cassandra",
    9092: "Kafka",
    9200: "Elasticsearch",
    9300: "Elasticsearch",
    11211: "memcached",
    15672: "RabbitMQ",
    27017: "MongoDB",
}
# Of tiers/management-port-open, which is told instead where one range opens both.
CONTROL = (22, 23, 135, 445, 2375, 2376, 3389, 5900, 5985, 5986, 6443, 10250)


@rule(
    severity=Severity.HIGH,
    selects="security_group",
    message="{node} admits the whole internet on port {ports}",
    controls={
        "reference-model": ["cluster-network/structure", "security/resources"],
        "nist-800-53": ["AC-4", "SC-7", "SC-7(5)"],
        "nist-800-207": ["tenet-1", "tenet-2"],
        "catalogue": ["TIER-002", "TIER-006"],
        "prowler": ["ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_mysql_3306"],
    },
)
def check(group: Node) -> Iterator[Match]:
    """Data stores belong to the inner tiers. Many of them trust whoever connects, and those that ask for a
    password have it guessed.

    ## Remedy
    Open the port to the security group of the application only.
    """
    rules = group["rules"]
    if certain(lambda: open_to_world(rules, admits_all_ports)):
        return  # tiers/all-ports-open says so
    controlled = surely_open(rules)
    found = [each for each in open_ports(rules, PORTS) if not beside_control(rules, each, controlled)]
    if found:
        named = ", ".join(f"{port} ({PORTS[port]})" for port in found)
        first, *others = dict.fromkeys(at for port in found for at in widest(rules, admits_port(port)))
        if at := in_force(group, f"rules[{first}]"):
            yield Match(
                group,
                at=at,
                related=[group.at(f"rules[{other}]", "admits it too") for other in others],
                values={"ports": named},
            )


def surely_open(rules: Value) -> list[int]:
    """The ports of remote control that the whole world reaches; none where that is not known."""
    try:
        return open_ports(rules, CONTROL)
    except Undetermined:
        return []


def beside_control(rules: Value, port: int, controlled: list[int]) -> bool:
    """Whether all that admits the port admits remote control too: tiers/management-port-open tells of it."""
    told = {at for each in controlled for at in widest(rules, admits_port(each))}
    return told.issuperset(widest(rules, admits_port(port)))
