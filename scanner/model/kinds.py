"""The vocabulary: every kind of node, its layer, what can be asked of it, and how kinds relate.

Rules read these names and nothing else. `layerproof schema` and the reference page are generated from here.
Conventions: booleans are adjectives or participles that read well after `not`; `statements` is always a list
of normalized policy statements, {"effect": "Allow"|"Deny", "actions": [...], "not_actions": [...],
"resources": [...], "not_resources": [...], "principals": [{"type", "id"}], "not_principals": [...],
"conditions": [{"operator", "key", "values": [...]}]}, absent parts as empty lists (and, where it has elements
that there are none of, "strange": their names); `rules` of a filter is a
list of {"direction": "in"|"out", "protocol": "tcp"|"udp"|"icmp"|"any"|NUMBER, "from": N, "to": N (both null for
all ports), "cidrs": [...], "groups": [...], "action": "allow"|"deny", "description"}; `groups` holds ids,
"self", or the address within its root of a group whose id is not known yet; rules of a network_acl are in order
and carry "number"; of icmp, from and to are type and code.
"""

from scanner.model.kind import Attribute, Kind, Relation
from scanner.model.layer import Layer

_FORMS = {"?": "boolean", "$": "string", "#": "number", "[]": "strings", "{}": "objects", "%": "map"}


# What a network can bring to it, as the reachability analysis finds: of everything that has interfaces.
_REACHED = frozenset(
    [
        "instance",
        "instance_group",
        "function",
        "cluster",
        "node_group",
        "container_service",
        "file_system",
        "database",
        "cache",
        "stream",
        "load_balancer",
    ]
)
_FLOWS = """={} exposures: ways in which the internet reaches it: list of {direct, via, connections, certain, ...}
={} crossings: flows into it that the matrix of tiers does not permit: list of {node, from, to, ...}
={} departures: flows out of it that the matrix does not permit: list of {node, from, to, ...}"""


def _kind(name: str, layer: Layer, doc: str, attributes: str = "", relations: str = "") -> Kind:
    """A kind from its table row: one attribute per line, `SIGN name: what it means`; `=SIGN` is derived."""
    parsed = []
    if name in _REACHED:
        attributes = f"{attributes}\n{_FLOWS}"
    for line in filter(str.strip, attributes.splitlines()):
        sign, _, rest = line.strip().partition(" ")
        attribute, _, meaning = rest.partition(": ")
        parsed.append(Attribute(attribute, _FORMS[sign.removeprefix("=")], meaning, sign.startswith("=")))
    return Kind(name, layer, doc, tuple(parsed), tuple(relations.split()))


# What every node carries, whatever its kind.
COMMON = (
    Attribute("name", "string", "the thing's own name, as its provider shows it"),
    Attribute("type", "string", "the native type it was mapped from"),
    Attribute("provider", "string", "aws, google, azure, kubernetes, terraform, ..."),
    Attribute("account", "string", "account, project, subscription or cluster that holds it"),
    Attribute("region", "string", "region, or namespace in Kubernetes"),
    Attribute("tags", "map", "tags or labels, defaults of the provider included"),
    Attribute("api_version", "string", "GROUP/VERSION that it is written for (null: no object of Kubernetes)"),
)

RELATIONS = {
    each.name: each
    for each in (
        Relation("attaches", "a principal holds a policy"),
        Relation("trusts", "a role is assumed under a trust policy"),
        Relation("bounded_by", "a principal's permissions end where a policy's do"),
        Relation("assumes", "a workload, function or instance acts as a role or service account"),
        Relation("binds", "a binding grants a cluster role"),
        Relation("grants_to", "a binding or policy names a principal of the scan"),
        Relation("admits_to", "a binding lets identities of a cloud into a cluster"),
        Relation("member_of", "a user belongs to a group, an account to an organization unit"),
        Relation("in_network", "stands in a network"),
        Relation("in_subnet", "stands in a subnet"),
        Relation("routes_by", "a subnet is routed by a route table, a network by its main table"),
        Relation("routes_to", "a route table sends traffic to a gateway"),
        Relation("uses", "is filtered by a security group"),
        Relation("filters", "a network policy or access list selects a workload or subnet"),
        Relation("encrypted_with", "is encrypted with a key"),
        Relation("logs_to", "writes its logs to a store or log group"),
        Relation("backs_up", "a backup plan selects a store"),
        Relation("keeps_in", "a backup plan keeps its copies in a vault"),
        Relation("keeps_state_in", "a root keeps its state, or the lock on it, in a store"),
        Relation("copied_to", "its data is replicated or copied to a store or vault"),
        Relation("snapshot_of", "a snapshot holds the data of a store"),
        Relation("made_by", "a volume is made by a storage class"),
        Relation("mounts", "uses a volume, secret, file system or claim"),
        Relation("forwards_to", "sends requests on: listener, balancer, route, service, event rule"),
        Relation("listens_on", "a listener belongs to a load balancer"),
        Relation("protects", "a firewall or WAF stands before it"),
        Relation("runs_on", "runs on a cluster or node group"),
        Relation("contains", "a workload's container, a cluster's node group"),
        Relation("in_namespace", "lives in a namespace"),
        Relation("serves", "a certificate or record is used by an endpoint"),
        Relation("selects", "a mesh policy or webhook selects a workload or namespace"),
        Relation("calls", "a module or integration uses another"),
        Relation("attached_to", "an attachment joins a network or a line to a transit gateway"),
        Relation("announces_to", "an attachment's ranges are announced to a transit route table"),
        Relation("has_interface", "a machine has a network interface that is declared by itself"),
        Relation("joins_by", "an agent joins an overlay by a key"),
        Relation("shares", "a share lends a resource to principals of other accounts"),
    )
}

_B, _P, _N = Layer.BILLING, Layer.PRIVILEGE, Layer.CLUSTER_NETWORK
_A, _C, _S = Layer.PERMISSIONS, Layer.COMPUTE, Layer.STORAGE
_W, _X, _I = Layer.APPLICATION_NETWORK, Layer.APPLICATION, Layer.INTEGRATION

_ENCRYPTED = "? encrypted: its data is encrypted at rest (null where it holds none)"
_STORE = f"""
{_ENCRYPTED}
? customer_key: encrypted with a key of the customer's own, not the provider's default
$ placement: node-local, self-managed or managed
"""
_WIRING = "{} wiring: how it hangs in its network, for the reachability analysis: one object, or none"
# What holds data: how plans name it, the copies that its own settings make, and what analysis/copies counts.
_COPIED = """
% selectable: how backup plans name it: type and ARN, with {} for what is not known of it (null: none can)
{} own_copies: copies that its own settings make, and the history that it keeps itself; an unknown at the end: more
=$ asset: declared or inferred, where copies of its data are asked for; exempt; null: it has no data of its own
=# copies: places that surely hold its data, itself included
=# media: different mediums among them
=? copied_enough: as many copies as are asked for, three unless the configuration says otherwise
=? media_differ: on as many mediums as are asked for, two
=? copied_offsite: one of them elsewhere
=? copies_fresh: recent enough for the recovery point objective
=? copies_kept: kept as long as is asked for
=? copies_independent: one of them outlives it, and its own administrators control neither that one nor its key
=? copies_immutable: one of them cannot be deleted early by anyone
=? restore_tested: restores are tried regularly
=? restore_in_time: a restore was fast enough for the recovery time objective
=? three_two_one: the 3-2-1 with fresh and kept
={} observations: every copy, with its place, whether it counts, and why
=? planned: a backup plan selects it
=$ missed_by: which plan all but selects it, and what stands in the way (null: none)
=? plan_at_fault: a plan that selects it has a trap of its own, which says what is missing
=$ change: the smallest change that would help (null: none is needed)
"""
# What the registry says of a name, by the files that [registry] gives; null where it is registered with another.
_REGISTERED = """
            =# expires_days: days until its registration ends (null: see the domain that it belongs to)
            =? registry_locked: the registry refuses transfers (null: as above)
            =? anchored: the zone above vouches for its keys, by DS records
            =$ registrar: who registered it"""
_POLICY = "{} statements: the normalized statements of its own policy (empty without one)"

KINDS: dict[str, Kind] = {
    each.name: each
    for each in (
        # -1 billing
        _kind(
            "account",
            _B,
            "An account, project or subscription that someone pays for.",
            """
            $ email: the address of its owner
            $ parent: the organization unit or folder above it
            ? guardable: statements of guardrails above it bind it (null: guardrails of its provider hold none)
            ? default_network: was made with a network that lets everyone in (null: none can come with it)""",
            "member_of",
        ),
        _kind(
            "password_policy",
            _B,
            "What an account asks of its users' passwords.",
            """
            # minimum_length: fewest characters allowed
            ? reuse_prevented: earlier passwords are refused
            # maximum_age_days: days until a password must change (null: never)""",
        ),
        _kind(
            "domain",
            _B,
            "A registered domain name.",
            """
            ? transfer_locked: cannot be moved to another registrar unasked
            ? auto_renewed: is renewed by itself
            ? private: all four contacts are hidden from RDAP and Whois
            $ expires: when its registration ends, as the registrar says (null: it does not say)"""
            + _REGISTERED,
        ),
        _kind(
            "address_range",
            _B,
            "A prefix of one's own that a provider announces to the Internet.",
            """
            $ prefix: the range as a CIDR
            ? announced: others are told of it (false: it is planned for networks inside only)
            [] origins: numbers of the autonomous systems that announce it, all of which must be authorized
            =$ origin_validation: valid, invalid or not found (RFC 6811), of its worst origin (null: none)""",
        ),
        _kind(
            "budget",
            _B,
            "A spending limit.",
            """
            # limit: the amount
            ? notified: reaches at least one subscriber""",
        ),
        _kind("cost_alert", _B, "An anomaly detector for spending.", "? notified: reaches a subscriber"),
        _kind(
            "contact",
            _B,
            "Whom a provider turns to about an account.",
            """
            $ role: billing, operations or security
            $ email: address""",
        ),
        _kind(
            "cost_tag",
            _B,
            "A tag by which costs are told apart.",
            """
            $ key: the tag's key
            ? active: bills are split by it""",
        ),
        # 0 privilege
        _kind(
            "organization",
            _P,
            "A tree of accounts.",
            """
            ? all_features: guardrail policies can be used (null: a unit within one)
            $ management_account: account that pays for it (null: the one that it is declared in, or a unit)""",
            "member_of",
        ),
        _kind(
            "guardrail",
            _P,
            "A policy that limits whole accounts (SCP, RCP, Azure policy).",
            f"""
            $ limits: principals (of the accounts it filters) or resources (in them); null: something else
            [] tag_keys: tags whose spelling or values it fixes
            {_POLICY}""",
            "filters",
        ),
        _kind(
            "account_guard",
            _P,
            "A switch that holds for everything in an account or Region.",
            """
            $ guards: what it keeps from happening
            ? active: is switched on (null: it is another setting)""",
        ),
        _kind(
            "repository",
            _P,
            "A repository of code.",
            """
            ? holes_reported: holes of what it depends on are reported (null: it takes no changes any more)""",
        ),
        # 0 or 2: derived, see analysis
        _kind(
            "role",
            _A,
            "An identity that others assume.",
            """
            ? service_linked: made and bounded by the provider
            ? bounded: carries a permissions boundary
            $ boundary: ARN or name of the provider-managed policy that bounds it (null: none does)
            $ path: where its name stands in the account's tree of names (null: there is no such tree)
            # session_seconds: longest session
            [] managed_policies: names or ARNs of provider-managed policies that it holds
            [] members: principals that may act as it, where the provider lists them (Google, Azure)
            $ used: when it was last assumed, or made where it never was (null: not recorded)
            {} services: services that it may use: list of {service, used}; used null: never (null: not recorded)
            =# unused_days: days since it was last used, when the account was read (null: not recorded)
            =[] unused_services: services that it is allowed and has not used in 90 days (null: not recorded)
            ={} exposes: reads of any secret or data that it opens: list of {sort, actions, at, because}
            ={} delegates: makes or widens principals without a boundary: list of {actions, at, because}
            =% manages_and_operates: changes who may do what, and what runs: {managing, operating, because}
            =$ admin: can become an administrator: yes, conditional or no (null: not judged)
            ={} escalations: ways to administrator that a statement here opens: list of {id, principals, way}""",
            "attaches trusts bounded_by",
        ),
        _kind(
            "user",
            _A,
            "A human or technical user with credentials of its own.",
            """
            ? console: may sign in to the console
            ? second_factor: signs in with a second factor (null: not recorded)
            $ used: when its password was last used, or made where it never was (null: none, or not recorded)
            {} services: services that it may use: list of {service, used}; used null: never (null: not recorded)
            =# unused_days: days since its password was last used, when the account was read (null: not recorded)
            =[] unused_services: services that it is allowed and has not used in 90 days (null: not recorded)
            ? bounded: carries a permissions boundary
            $ boundary: ARN or name of the provider-managed policy that bounds it (null: none does)
            $ path: where its name stands in the account's tree of names (null: there is no such tree)
            [] managed_policies: names or ARNs of provider-managed policies that it holds
            ={} exposes: reads of any secret or data that it opens: list of {sort, actions, at, because}
            ={} delegates: makes or widens principals without a boundary: list of {actions, at, because}
            =% manages_and_operates: changes who may do what, and what runs: {managing, operating, because}
            ={} outgrown: what others let it do past its boundary: list of {names, limit, action, through}
            =$ admin: can become an administrator: yes, conditional or no (null: not judged)
            ={} escalations: ways to administrator that a statement here opens: list of {id, principals, way}""",
            "attaches member_of bounded_by",
        ),
        _kind(
            "group",
            _A,
            "A set of users.",
            """
            [] managed_policies: names or ARNs of provider-managed policies that it holds
            ={} exposes: reads of any secret or data that it opens: list of {sort, actions, at, because}
            ={} delegates: makes or widens principals without a boundary: list of {actions, at, because}
            ={} escalations: ways to administrator that a statement here opens: list of {id, principals, way}""",
            "attaches",
        ),
        _kind(
            "policy",
            _A,
            "Permissions: statements that a principal can hold.",
            """
            {} statements: the normalized statements
            ? inline: belongs to one principal only
            $ path: where its name stands in the account's tree of names (null: there is no such tree)
            $ granted_on: project, folder or organization, where it is a grant on all of one (null: it is none)
            ={} unscoped: changes on every resource where one could be named: list of {actions, permissions}
            ={} exposes: reads of any secret or data that it opens: list of {sort, actions, at, because}
            ={} delegates: makes or widens principals without a boundary: list of {actions, at, because}
            ={} escalations: ways to administrator that a statement here opens: list of {id, principals, way}""",
            "grants_to",
        ),
        _kind(
            "trust",
            _A,
            "Who may assume a role, and on which conditions.",
            """
            {} statements: the normalized statements of the trust policy
            ={} outgrown: ways past the limits of those who take it: list of {names, limit, action, through}
            ={} escalations: ways to administrator that a statement here opens: list of {id, principals, way}""",
            "grants_to",
        ),
        _kind(
            "access_key",
            _A,
            "A long-lived credential of a user or service account.",
            """
            ? active: can be used
            ? root: belongs to the account itself
            $ created: when it was made (null: not recorded)
            $ used: when it was last used, or made where it never was (null: not recorded)
            =# age_days: days since it was made, when the account was read (null: not recorded)
            =# unused_days: days since it was last used, when the account was read (null: not recorded)""",
            "grants_to",
        ),
        _kind(
            "root_user",
            _P,
            "The user that an account itself is.",
            """
            ? second_factor: signs in with a second factor (null: it has no password and no key)
            ? virtual_factor: one of its second factors is a program that makes codes""",
        ),
        _kind(
            "identity_provider",
            _A,
            "Someone whose word on identity is believed (OIDC, SAML, directory).",
            """
            $ url: its issuer
            [] audiences: client ids it accepts
            ? for_people: people sign in to the account by it (null: programs do, or users of an application)
            ? second_factor: asks for a second factor (null where that is told elsewhere)
            ? risk_weighed: refuses sign-ins that look stolen, or asks more of them (null: told elsewhere)""",
        ),
        _kind(
            "permission_set",
            _A,
            "Permissions that single sign-on hands out.",
            """
            {} statements: normalized inline statements
            # session_seconds: longest session
            [] managed_policies: provider-managed policies in it
            [] customer_policies: path and name of policies that each account it goes to holds by itself
            $ boundary: ARN or name of the provider-managed policy that bounds it (null: none does)
            $ customer_boundary: path and name of the policy of each account that bounds it (null: none does)
            ={} unscoped: changes on every resource where one could be named: list of {actions, permissions}
            ={} exposes: reads of any secret or data that it opens: list of {sort, actions, at, because}
            ={} delegates: makes or widens principals without a boundary: list of {actions, at, because}
            =% manages_and_operates: changes who may do what, and what runs: {managing, operating, because}
            =$ admin: can become an administrator: yes, conditional or no (null: not judged)
            ={} escalations: ways to administrator that a statement here opens: list of {id, principals, way}""",
            "attaches bounded_by",
        ),
        _kind(
            "assignment",
            _A,
            "A permission set given to a user or group in one account; there it is a role.",
            "",
            "attaches grants_to",
        ),
        _kind(
            "share",
            _A,
            "What lends resources to other accounts.",
            """
            [] receivers: accounts, organizations, units, roles and users that it lends to
            ? external: receivers may stand outside the organization""",
            "shares",
        ),
        _kind(
            "key",
            _A,
            "An encryption key.",
            f"""
            ? rotated: key material is renewed regularly (null for keys that cannot)
            # deletion_days: days between deletion order and loss
            ? ends: has a date at which it ends (null: that is not chosen here)
            ? usable: what it encrypts can be read: it is neither disabled nor awaiting its deletion
            {{}} grants: statements that its grants make, beside its policy
            {_POLICY}""",
            "encrypted_with",
        ),
        _kind(
            "secret",
            _A,
            "A stored secret (its value is never read).",
            f"""
            ? rotated: has a rotation schedule
            ? customer_key: encrypted with a key of the customer's own
            # recovery_days: days between deletion and loss (0: lost at once)
            ? ends: has a date at which it ends (null: that is not chosen here)
            ? purgeable: what was deleted in it can be destroyed before its time (null: no such thing)
            ? any_network: takes calls from every network, where they have credentials (null: no such switch)
            [] literal_secrets: where its value stands in clear text in the code (keys or attribute names)
            =? for_show: its credentials stand in documentation, an example or a test (null: it has none)
            {_POLICY}""",
            "encrypted_with in_namespace",
        ),
        _kind(
            "parameter",
            _A,
            "A configuration parameter.",
            "? encrypted: stored as a secret string",
            "encrypted_with",
        ),
        _kind(
            "trail",
            _A,
            "A record of who called which API.",
            """
            ? multi_region: sees every region
            ? validated: its files are signed so that changes show
            ? customer_key: encrypted with a key of the customer's own
            ? active: is recording
            ? management_events: records management events, reads and writes
            $ objects_recorded: calls on objects that it records: all, writes, reads, some or none (null: not told)
            ? organization_wide: records every account of the organization""",
            "logs_to encrypted_with",
        ),
        _kind(
            "detector",
            _A,
            "Watches for threats or drift (GuardDuty, Config, Security Hub, Defender).",
            """
            ? active: is switched on
            [] features_off: what it could watch and is told not to
            $ looks_for: threats or holes (null: something else)""",
        ),
        _kind(
            "cluster_role",
            _A,
            "Permissions inside a Kubernetes cluster.",
            """
            {} permissions: list of {groups, resources, verbs, names, urls}
            ? cluster_wide: a ClusterRole
            ? aggregated: its permissions are collected from others by label
            {} collects: selectors of the cluster roles whose permissions it takes over""",
            "",
        ),
        _kind(
            "binding",
            _A,
            "Grants a cluster role to subjects.",
            """
            $ role_name: name of the role it binds
            $ role_kind: Role or ClusterRole
            {} subjects: list of {kind, name, namespace}; of kind Applier is who applies the code; Principal: AWS
            ? cluster_wide: a ClusterRoleBinding
            [] namespaces: the namespaces that it is limited to (null: it is not)
            ? transient: taken away once what it is for has run (null: it stays)
            ={} powers: ways to more power that it opens: list of {id, sort, reach, note, unknown}
            ={} escalations: ways to administrator of the account that it opens: list of {id, principals, way}""",
            "binds grants_to in_namespace admits_to",
        ),
        _kind(
            "service_account",
            _A,
            "The identity of workloads in a cluster.",
            """
            ? token_mounted: its token is mounted unless a pod says no
            $ role: the cloud role it assumes (null: none)
            $ namespace: the namespace of the pods that it stands for""",
            "assumes in_namespace runs_on",
        ),
        _kind(
            "document",
            _A,
            "A script or setting by which machines are managed.",
            """
            ? public_access: every account may run it
            ? sessions_logged: what is typed in sessions is kept (null: it is not about sessions)""",
        ),
        # 1 cluster network
        _kind(
            "network",
            _N,
            "A private network (VPC).",
            f"""
            [] cidrs: its address ranges
            ? default: the network that comes with the account
            ? flow_logged: its connections are logged
            ? group_given: comes with a security group of its own (null: its service knows no such thing)
            {_WIRING}""",
            "logs_to routes_by",
        ),
        _kind(
            "subnet",
            _N,
            "A slice of a network.",
            f"""
            [] cidrs: its address ranges
            ? public_by_default: new interfaces get a public address
            ? flow_logged: it has a flow log of its own (null: none, its network's log decides)
            {_WIRING}""",
            "in_network routes_by",
        ),
        _kind(
            "route_table",
            _N,
            "Where a subnet's packets go.",
            """
            {} routes: list of {destination, target, target_kind, propagated}
            {} wiring: as of a network""",
            "in_network routes_to attached_to",
        ),
        _kind(
            "gateway",
            _N,
            "A way out of or into a network (internet, NAT, VPN, transit).",
            f"""
            $ role: internet, egress-only, nat, vpn, client-vpn, transit, customer, direct, core-, service-network
            [] weak_proposals: what its tunnels may agree on and should not
            ? logged: who connects is logged (null where people do not sign in to it)
            ? accepts_anyone: takes networks of other accounts without being asked (null where none can come)
            ? line_encrypted: a line of its own is encrypted on the wire (null where it is no line)
            {_WIRING}""",
            "in_network in_subnet uses routes_by attached_to announces_to forwards_to",
        ),
        _kind(
            "attachment",
            _N,
            "What ties a network, a line or a peer to a transit gateway.",
            f"""
            {_WIRING}""",
            "attached_to in_network in_subnet routes_by announces_to uses forwards_to",
        ),
        _kind("prefix_list", _N, "A named list of address ranges.", "[] cidrs: the ranges in it"),
        _kind("peering", _N, "A link between two networks.", "? accepted: is active", "in_network"),
        _kind(
            "endpoint",
            _N,
            "A private way to a service.",
            f"""
            $ service: the service behind it
            ? offered_to_all: accounts connect to it that it neither names nor accepts (null: it offers nothing)
            {_POLICY}
            {_WIRING}""",
            "in_network in_subnet uses forwards_to",
        ),
        _kind(
            "security_group",
            _N,
            "A stateful filter on interfaces.",
            """
            {} rules: its rules, whichever way they are attached
            ? default: the group that comes with the network
            ? applied: works by itself, or at an interface that was listed (null: only what uses it can say)
            =? worn: something of the scan uses it, or may: it was handed to what was not read""",
            "in_network",
        ),
        _kind(
            "network_acl",
            _N,
            "A stateless, ordered filter on subnets.",
            """
            {} rules: its rules in order
            ? default: the list that comes with the network""",
            "in_network filters",
        ),
        _kind(
            "network_policy",
            _N,
            "A filter on pods.",
            """
            [] directions: in, out
            {} rules: list of {direction, action, peers, ports, condition}, in order; no peers or ports: all
            ? selects_all: applies to every pod of its namespace
            {} selector: [labels and expressions that pods must match]
            $ stage: when it is asked: admin, default, baseline, cilium, or a stage of its own name (Calico's tier)
            # order: lower is asked first in its stage (null: after those that have one)
            ? cluster_wide: speaks for the pods of every namespace
            $ hosts: what else of machines it filters: forwarded, before, untracked (null: nothing)""",
            "filters in_namespace",
        ),
        _kind(
            "security_group_policy",
            _N,
            "A choice of pods that wear packet filters of the cloud themselves.",
            """
            {} selector: [labels and expressions that pods must match] (empty: it goes by service account)""",
            "uses in_namespace",
        ),
        _kind(
            "host_endpoint",
            _N,
            "An interface of a machine that policies of its cluster filter.",
            """
            $ interface: its name, * for all of the machine (null: found by its addresses)
            [] addresses: its addresses""",
        ),
        _kind(
            "policy_stage",
            _N,
            "A stage of network policies with an order of its own (Calico's tier).",
            """
            # order: lower is asked first (null: last)
            $ otherwise: what becomes of what its policies select and do not decide: deny or pass""",
        ),
        _kind(
            "overlay",
            _N,
            "A network of agents over other networks: what its policy lets through.",
            """
            $ dialect: tailscale, aviatrix
            {} grants: list of {sources, targets, protocols, via, condition}, any of which lets through (null: all)
            {} names: [what selectors stand for: {groups, hosts, ipsets}]
            {} approves: routes that need no approval: list of {range, owners}, range "exit" for exit nodes""",
        ),
        _kind(
            "overlay_key",
            _N,
            "A key by which machines join an overlay.",
            """
            $ dialect: tailscale
            [] marks: the tags of whatever joins by it
            ? reusable: joins more than one machine""",
        ),
        _kind(
            "overlay_peer",
            _N,
            "A member of an overlay: a machine's agent, a gateway, a proxy of an operator.",
            """
            $ dialect: tailscale, wireguard, netmaker, aviatrix
            ? agent_read: how its agent is started is part of the scan
            [] addresses: its addresses in the overlay
            [] marks: its tags, or the domain that it belongs to (null: what its key gives it)
            $ user: who owns it (null: nobody, it is tagged)
            [] routes: ranges that it carries traffic on to
            [] approved: those of its routes that are approved (null: nobody says so)
            ? exit: carries traffic on to the internet
            $ key: the key that others know it by
            {} admits: peers that it lets in and sends to: list of {key, ranges} (null: the policy decides)""",
            "runs_on joins_by in_network attached_to",
        ),
        _kind("address", _N, "A public address.", ""),
        _kind(
            "network_interface",
            _N,
            "A network interface.",
            f"""
            ? public_address: has a public address
            {_WIRING}""",
            "in_subnet uses",
        ),
        _kind(
            "firewall",
            _N,
            "A network or DNS firewall.",
            f"""
            ? fails_open: lets traffic through when it fails
            ? logged: its decisions are logged (null where another resource of it says so)
            ? passes_by_default: lets through what no rule decides (null where another resource of it says so)
            ? only_reports: tells of what it knows to be hostile, and lets it pass (null: knows no such thing)
            {_WIRING}""",
            "in_network protects in_subnet",
        ),
        _kind(
            "network_plugin",
            _N,
            "What carries packets between the pods of a cluster.",
            """
            ? encrypted: packets between machines are encrypted""",
        ),
        # 3 compute
        _kind(
            "instance",
            _C,
            "A virtual or physical machine, or the template of one.",
            f"""
            ? template: a launch template, not a machine
            ? public_address: has a public address
            ? tokens_required: its metadata service asks for a session token (IMDSv2)
            # metadata_hops: how far metadata answers travel
            ? disks_encrypted: every disk that it declares is encrypted
            ? monitored: detailed monitoring is on
            [] literal_secrets: where a credential stands in clear text (attribute or variable names)
            =? for_show: its credentials stand in documentation, an example or a test (null: it has none)
            $ image: what it boots
            $ system: operating system with its version, as the name of its image tells it (null: it tells none)
            ? upgraded: fixes of its system are installed by themselves (null where that is not chosen)
            ? fetches_code: its start-up script runs code that it downloads (null where it has none to speak of)
            $ key_pair: key that signs in to it (null: none)
            ? direct_internet: a service gives it a way out beside its network (null where none can)
            ? administered: its users are its administrators (null where that is not chosen)
            ? password_login: takes a password at sign-in (null where that is not chosen)
            ? secure_boot: starts signed software only (null where that is not chosen)
            ? console_open: its serial console takes sign-ins over the network (null: it has none)
            ? default_identity: acts as the identity that came with the account (null: there is none)
            % selectable: how backup plans name it: type and ARN (null: none can)
            {_WIRING}""",
            "in_subnet uses assumes mounts contains encrypted_with in_network has_interface",
        ),
        _kind(
            "instance_group",
            _C,
            "A group of like machines that grows and shrinks.",
            """
            # minimum: fewest machines
            # maximum: most machines
            [] zones: the zones that it names itself (empty: its subnets decide)
            ? upgraded: its platform is updated by itself (null where it has none)""",
            "in_subnet contains forwards_to assumes uses",
        ),
        _kind(
            "function",
            _C,
            "Code that runs on demand.",
            f"""
            $ runtime: language and version
            ? public_access: anyone may invoke it (policy or unauthenticated URL)
            ? serves_web: a web server that waits for requests (null: its service runs code for each event)
            ? traced: its calls are traced
            ? dead_letter: failed events are kept
            ? bounded: how many run at once is bounded (null where its service bounds it)
            ? logged: its runs are logged (null where they always are)
            [] literal_secrets: where a credential stands in clear text
            =? for_show: its credentials stand in documentation, an example or a test (null: it has none)
            [] verbose: variables or settings that ask for logs of level debug or trace
            {_POLICY}
            {_WIRING}""",
            "assumes in_subnet uses encrypted_with logs_to mounts",
        ),
        _kind(
            "cluster",
            _C,
            "A cluster that runs workloads (EKS, GKE, AKS, ECS).",
            f"""
            $ flavour: kubernetes or containers
            $ version: of its control plane
            ? public_endpoint: its control plane has a public address (null where it has none of its own)
            [] public_cidrs: who may reach that address
            ? secrets_encrypted: its secrets are encrypted with a key of the customer's own
            [] logs: control plane logs that are kept (api, audit, authenticator, ...)
            ? legacy_authorization: attribute-based or client-certificate access is on
            ? access_entries: its own API says which identities of the cloud enter (null: there is no such list)
            ? creator_administers: whoever made it administers it (null: no such rule)
            ? network_policy: enforces network policies
            ? upgraded: new versions are applied by themselves (null: its service sees to it, or asks first)
            ? workloads_logged: what its workloads print is kept (null where another setting decides)
            =? ignores_policies: leaves the network policies of the scan undone
            {_WIRING}""",
            "in_subnet uses encrypted_with contains assumes logs_to in_network",
        ),
        _kind(
            "node_group",
            _C,
            "Machines of a cluster.",
            """
            ? public_address: its machines have public addresses
            ? tokens_required: metadata service asks for a session token
            [] remote_access: who may sign in remotely (empty: no one)
            ? secure_boot: its machines start signed software only (null where that is not chosen)
            ? default_identity: acts as the identity that came with the account (null: there is none)
            $ system: operating system with its version, as its sort of image tells it (null: not told there)
            ? identity_hidden: pods cannot act as the machine (null where another setting decides)
            ? upgraded: new versions are applied by themselves (null where another setting decides)""",
            "in_subnet uses runs_on assumes contains",
        ),
        _kind(
            "container_service",
            _C,
            "A service or task definition of a container cluster (ECS).",
            """
            ? privileged: a container has the machine's powers
            ? public_address: its tasks get public addresses
            ? host_network: shares the machine's network
            ? disposable: each run has a machine of its own, gone with it (null: the machines stay)
            ? host_processes: sees the processes of its machine
            ? read_only: every container's root file system is read-only
            ? mounts_encrypted: file systems are mounted over TLS (null: it mounts none)
            ? logged: every container writes logs
            [] literal_secrets: where a credential stands in clear text
            =? for_show: its credentials stand in documentation, an example or a test (null: it has none)
            [] verbose: variables that ask for logs of level debug or trace
            [] images: the images it runs
            ? replicated: more than one task is asked for (null where another setting decides)""",
            "runs_on assumes in_subnet uses forwards_to mounts contains encrypted_with",
        ),
        _kind(
            "component",
            _C,
            "A program of a Kubernetes cluster, as a manifest starts it or a file configures it.",
            """
            $ program: kube-apiserver, kube-controller-manager, kube-scheduler, etcd or kubelet
            {} flags: list of {name, value}, in order; a flag without a value is true""",
        ),
        _kind(
            "namespace",
            _C,
            "A division of a cluster.",
            """
            $ pod_security: the Pod Security level that it enforces (null: none)
            $ pod_security_version: version of Kubernetes whose level it enforces (null: the newest)
            ? mesh_injected: sidecars are injected""",
        ),
        _kind(
            "limit_range",
            _C,
            "What a namespace gives to containers that ask for nothing.",
            """
            ? limits_memory: gives them a limit of memory
            ? requests_memory: asks for memory on their behalf
            ? requests_processor: asks for processor time on their behalf""",
            "in_namespace",
        ),
        _kind(
            "autoscaler",
            _C,
            "Adds and takes away copies of something as it is used.",
            """
            # minimum: fewest copies
            # maximum: most copies
            ? at_limit: wanted more copies than it may make when it was last seen (null: not recorded)""",
        ),
        _kind(
            "patch_plan",
            _C,
            "Which fixes machines get by themselves, or when.",
            """
            ? approves: lets fixes in that are yet to come (null: it says when, not which)
            # approve_days: days that it waits at most before a fix is let in (null: as above, or it lets none in)
            ? active: is switched on (null: it has no switch)""",
        ),
        _kind(
            "machine",
            _C,
            "A machine as its cluster knows it.",
            """
            $ agent_version: version of the agent that runs its pods
            $ system: operating system with its version""",
        ),
        # 4 storage
        _kind(
            "object_store",
            _S,
            "A store of objects (bucket).",
            f"""{_STORE}{_COPIED}
            ? public_access: anyone may read or write (ACL, policy, grants, and what blocks them)
            ? public_blocked: a block on public access is set in full
            ? public_restricted: a public policy lets in principals of its own account only
            {{}} grants: statements that its access control list makes (empty where lists have no effect)
            ? list_writes: its access control list lets strangers write, if it has effect (null: it has none)
            ? takes_logs: its access control list is one for a service that delivers logs
            ? versioned: earlier versions are kept
            # soft_delete_days: how long what was deleted or overwritten can be brought back (null: no such thing)
            ? delete_protected: removal of versions needs a second factor or is locked
            ? locked: objects cannot be overwritten for a time (WORM)
            ? access_logged: requests are logged
            ? tls_required: requests without TLS are refused
            ? lifecycle: old objects or versions expire by rule
            ? website: serves a site (null: the service knows no such thing)
            ? names_needed: strangers read only what they know the name of (null: its policy says what they may)
            ? any_network: takes calls from every network, where they have credentials (null: no such switch)
            ? shared_key: takes a key that everybody shares (null: its service knows no such thing)
            ? lists_in_force: access lists of single objects grant beside its policy (null: it has none)
            $ tls_policy: lowest version of TLS that it takes (null: its service decides)
            {_POLICY}""",
            "encrypted_with logs_to copied_to",
        ),
        _kind(
            "access_point",
            _S,
            "A further name of an object store, with a policy of its own.",
            f"""
            $ network: the network that requests must come from (null: any)
            ? public_restricted: a public policy lets in principals of its own account only
            {_POLICY}""",
            "forwards_to",
        ),
        _kind("object", _S, "One declared object of a store.", "? public_access: anyone may read it"),
        _kind(
            "volume",
            _S,
            "A block device or a claim for one.",
            f"""{_STORE}{_COPIED}
            ? in_use: something holds it: a machine, or a claim of a cluster (null: not recorded)
            $ created: when it was made (null: not recorded)
            =# age_days: days since it was made, when the account was read (null: not recorded)""",
            "encrypted_with made_by in_namespace",
        ),
        _kind("storage_class", _S, "How a cluster makes its volumes.", _STORE, "encrypted_with"),
        _kind(
            "snapshot",
            _S,
            "A copy of a store at one time.",
            f"""{_ENCRYPTED}
            ? public_access: anyone may restore it
            $ lock: the mode of its lock: compliance, governance, grace (compliance later; null: none)
            ? archived: lies in the archive tier (null: its service knows no such thing)
            ? orphaned: what it was taken from is gone, and no image and no plan keeps it (null: not recorded)
            $ created: when it was made (null: not recorded)
            =# age_days: days since it was made, when the account was read (null: not recorded)
            # keep_days: days until its service deletes it (null: never by itself)""",
            "snapshot_of encrypted_with",
        ),
        _kind(
            "file_system",
            _S,
            "A shared file system.",
            f"""{_STORE}{_COPIED}
            ? backed_up: automatic backups are on
            ? identity_asked: its policy lets in named identities only (null: it knows no policy)
            ? compressed: data is compressed (null where it cannot be)
            {_WIRING}""",
            "encrypted_with in_subnet uses",
        ),
        _kind(
            "mount_point",
            _S,
            "A way into a file system.",
            """
            ? rooted: leads to a directory of its own, not to the whole
            ? as_user: acts as one user, whatever the client says""",
            "forwards_to",
        ),
        _kind(
            "database",
            _S,
            "A database: relational, document, graph, search or warehouse.",
            f"""{_STORE}{_COPIED}
            $ engine: what it is
            $ engine_release: engine and version, as `postgres 13.7` (null: its service sees to it, or its cluster)
            ? public_access: has a public address or a firewall rule for everyone
            [] networks_let_in: networks that its own list lets in (null: it has no such list)
            ? tls_required: connections without TLS are refused
            # backup_days: days that automatic backups are kept (0: none; null: backs up otherwise)
            ? deletion_protected: cannot be deleted in one step
            ? final_snapshot: a last snapshot is taken when it is deleted (null: keeps backups otherwise, or none)
            ? multi_zone: has a synchronous replica in another zone
            ? identity_login: accepts short-lived identity tokens
            ? logged: audit or query logs are written
            ? upgraded: minor versions are applied by themselves
            $ admin_name: name of its first administrator (null: its service knows none)
            ? routed_inside: its loads and copies stay in its network (null where they always do, or none are)
            ? fine_grained: rights end at single indexes and fields (null: its service knows no such thing)
            ? internal_tls: its machines speak TLS with each other (null where they always do, or it has one)
            $ part_of: the cluster that it belongs to (null: stands alone)
            [] literal_secrets: where a credential stands in clear text
            =? for_show: its credentials stand in documentation, an example or a test (null: it has none)
            ? shared_key: takes a key that everybody shares (null: its service knows no such thing)
            $ tls_policy: lowest version of TLS that it takes (null: its service decides)
            {_POLICY}
            {_WIRING}""",
            "encrypted_with in_subnet uses copied_to logs_to in_network",
        ),
        _kind(
            "table",
            _S,
            "A managed table (DynamoDB, Bigtable, BigQuery).",
            f"""{_STORE}{_COPIED}
            ? recoverable: can be restored to any point in time
            ? deletion_protected: cannot be deleted in one step
            ? public_access: anyone may read
            ? locks_states: its items are locks of Terraform's states
            ? by_gateway: a gateway endpoint of a network leads to it (null: its service knows no such thing)""",
            "encrypted_with copied_to",
        ),
        _kind(
            "cache",
            _S,
            "A cache (Redis, Memcached, DAX).",
            f"""{_STORE}{_COPIED}
            ? tls_required: connections are encrypted
            ? authenticated: asks for a password or identity
            $ engine_release: engine and version, as `redis 7.1` (null: its service sees to it)
            [] literal_secrets: where a credential stands in clear text
            =? for_show: its credentials stand in documentation, an example or a test (null: it has none)
            # backup_days: days that snapshots are kept
            ? multi_zone: another machine takes over by itself (null where the service sees to it)
            ? any_network: takes calls from every network, where they have credentials (null: no such switch)
            $ tls_policy: lowest version of TLS that it takes (null: its service decides)
            ? upgraded: minor versions are applied by themselves (null where the service sees to it)
            {_WIRING}""",
            "encrypted_with in_subnet uses in_network",
        ),
        _kind(
            "queue",
            _S,
            "A message queue.",
            f"""{_STORE}
            ? public_access: its policy lets anyone in
            ? any_network: takes calls from every network, where they have credentials (null: no such switch)
            ? shared_key: takes a key that everybody shares (null: its service knows no such thing)
            $ tls_policy: lowest version of TLS that it takes (null: its service decides)
            {_POLICY}""",
            "encrypted_with",
        ),
        _kind(
            "topic",
            _S,
            "A topic that fans messages out.",
            f"""{_STORE}
            ? public_access: its policy lets anyone in
            ? any_network: takes calls from every network, where they have credentials (null: no such switch)
            ? shared_key: takes a key that everybody shares (null: its service knows no such thing)
            {_POLICY}""",
            "encrypted_with forwards_to",
        ),
        _kind(
            "stream",
            _S,
            "An ordered log of records (Kinesis, Kafka).",
            f"""{_STORE}
            ? tls_required: clients must use TLS
            ? public_access: brokers have public addresses
            ? any_network: takes calls from every network, where they have credentials (null: no such switch)
            ? shared_key: takes a key that everybody shares (null: its service knows no such thing)
            $ tls_policy: lowest version of TLS that it takes (null: its service decides)
            ? authenticated: every client says who it is (null where the service asks that always)
            $ engine_release: engine and version, as `kafka 3.8.x` (null: its service sees to it)
            {_WIRING}""",
            "encrypted_with in_subnet uses logs_to copied_to",
        ),
        _kind(
            "backup_plan",
            _S,
            "When copies are made and where they go.",
            """
            ? scheduled: every rule has a schedule
            ? copied: every rule copies to another vault (null: it knows no copies of copies)
            # keep_days: shortest retention of its rules (null: forever)
            ={} traps: what defeats it: {trap, at, note}
            =? selects_something: a store of the scan is selected by it
            {} rules: its rules: {name, hours, keep_days, cold_days, continuous, vault, copies, fault}
            {} selections: what it selects: {resources, not_resources, tags, conditions, role, types, opt_in}
            % opted_in: resource types that its account has opted in to, or out of (null: none said, so all)
            % managed: resource types that the service manages fully, or not (null: nothing said)
            ? crosses_accounts: its organization lets copies cross accounts (null: nothing said)""",
            "backs_up keeps_in copied_to",
        ),
        _kind(
            "backup_vault",
            _S,
            "Where copies are kept.",
            f"""
            ? customer_key: encrypted with a key of the customer's own
            ? locked: copies cannot be deleted early
            $ lock_mode: compliance (nobody can undo it), governance (an administrator can), null: not locked
            $ locked_from: when a lock in compliance mode can no longer be undone (ISO 8601; null: not told, none)
            =$ lock_now: its lock as of today: compliance, governance, grace (can be undone), null: not locked
            =$ key_lost: why nothing in it can be decrypted (null: its key is in use, or not part of the scan)
            ? emptied: the copies in it are deleted with it
            # lock_min_days: shortest retention that its lock admits (null: any)
            # lock_max_days: longest retention that its lock admits (null: any)
            ? air_gapped: kept in an account of the provider's own
            {{}} keeps: the store behind it: {{store, medium, provider, region, keep_days, fault}} (null: itself)
            {_POLICY}""",
            "encrypted_with",
        ),
        _kind(
            "copy_record",
            _S,
            "What was done to copy or restore a store: a recovery point, a copy job, a restore job.",
            """
            $ form: point, copy-job or restore-job
            $ of: the name of what it is a copy of
            % home: account and region that hold it
            $ held_in: the store inside them: vault:NAME or native:SERVICE
            $ state: how it ended
            $ taken: when its data was taken (ISO 8601)
            # keep_days: how long it is kept (null: for ever)
            # minutes: how long a restore took (null: no restore)
            $ told: what was said of how it ended (null: nothing)
            ? held: a legal hold keeps it from being deleted (null: no recovery point)""",
            "encrypted_with",
        ),
        _kind(
            "restore_test",
            _S,
            "Restores that are tried regularly, without anybody's doing.",
            """
            $ schedule: when
            {} selections: what is restored, as a backup plan's
            % opted_in: resource types that its account has opted in to (null: nothing said)""",
        ),
        _kind(
            "log_group",
            _S,
            "Where logs are kept.",
            """
            # keep_days: retention (null: forever)
            ? customer_key: encrypted with a key of the customer's own""",
            "encrypted_with",
        ),
        _kind(
            "registry",
            _S,
            "A registry of images.",
            f"""{_STORE}
            ? immutable: a tag cannot be moved
            ? scanned: images are scanned when pushed
            ? public_access: its policy lets anyone pull or push
            ? expires: old images are removed by rule (null: its service knows no such thing)
            ? any_network: takes calls from every network, where they have credentials (null: no such switch)
            ? shared_key: takes a key that everybody shares (null: its service knows no such thing)
            {_POLICY}""",
            "encrypted_with",
        ),
        # 5 application network
        _kind(
            "load_balancer",
            _W,
            "Distributes requests.",
            f"""
            $ flavour: application, network, gateway or classic
            ? internal: has private addresses only
            ? access_logged: requests are logged
            ? deletion_protected: cannot be deleted in one step
            ? drops_invalid_headers: malformed headers are removed (null where it does not speak HTTP)
            ? fails_open: lets requests through when its WAF does not answer (null where it cannot have one)
            ? filterable: a web filter can stand before it, and is no part of it (null: that is not told here)
            ? desync_guarded: ambiguous requests are not passed on as they came (null where it speaks no HTTP)
            {_WIRING}""",
            "in_subnet uses logs_to forwards_to",
        ),
        _kind(
            "listener",
            _W,
            "A port of a load balancer and what it does.",
            f"""
            # port: number
            $ protocol: HTTP, HTTPS, TCP, TLS, UDP
            ? encrypted: speaks TLS (null for protocols whose payload it does not see)
            ? redirects: only sends clients to HTTPS
            $ tls_policy: named security policy or lowest TLS version
            {_WIRING}""",
            "listens_on forwards_to",
        ),
        _kind(
            "target_group",
            _W,
            "Where a listener sends requests.",
            f"""
            $ protocol: HTTP, HTTPS, TCP, ...
            {_WIRING}""",
            "in_network forwards_to",
        ),
        _kind(
            "dns_zone",
            _W,
            "A zone of names.",
            """
            ? private: resolves inside networks only
            ? signed: DNSSEC is on
            ? query_logged: questions are logged"""
            + _REGISTERED,
        ),
        _kind(
            "dns_record",
            _W,
            "A name and what it points to.",
            """
            $ record: A, AAAA, CNAME, MX, TXT, ...
            [] values: what it answers""",
            "forwards_to",
        ),
        _kind(
            "certificate",
            _W,
            "A TLS certificate.",
            """
            ? transparency_logged: is entered in public logs
            $ validation: DNS or EMAIL
            [] names: the names that it is for (empty: not told here)
            $ secret: the secret of its namespace that it is kept in (null: another place)
            ? weak_key: its key can be broken with means of today (null where its issuer chooses)""",
        ),
        _kind(
            "distribution",
            _W,
            "A content delivery network.",
            """
            ? https_only: viewers cannot use plain HTTP
            ? origin_encrypted: origins are asked over HTTPS only
            $ tls_policy: lowest TLS version for viewers
            ? access_logged: requests are logged
            ? firewalled: a WAF stands before it
            [] open_origins: buckets that it can read only because everyone can""",
            "forwards_to logs_to",
        ),
        _kind(
            "api",
            _W,
            "An API endpoint or route that clients call.",
            f"""
            ? authorized: callers must identify themselves (null where the route needs none by nature)
            ? private: reachable from inside networks only
            ? access_logged: requests are logged
            $ tls_policy: lowest TLS version
            ? any_network: takes calls from every network, where they have credentials (null: no such switch)
            ? shared_key: takes a key that everybody shares (null: its service knows no such thing)
            [] plain_protocols: protocols without encryption that it speaks
            ? filterable: a web filter can stand before it (null: another thing of it says so)
            [] verbose: settings by which its logs hold what requests and answers carry
            # authorizer_seconds: how long an answer of its authorizers is kept at most (null: none is asked here)
            {_POLICY}""",
            "forwards_to logs_to assumes in_subnet uses",
        ),
        _kind(
            "ingress",
            _W,
            "Kubernetes ingress or gateway route.",
            """
            ? encrypted: every host has TLS
            [] hosts: host names (empty: all)
            $ class: ingress class
            ? internal: serves private networks only (null: what carries it out decides)
            [] paths: the paths that it sends on, as they are written (empty: every path)
            {} certified: hosts with the secret that holds their certificate: list of {host, secret}
            [] snippets: annotations that put configuration of their own into its controller
            {} backends: list of {service, namespace, port} that it sends to; a port is number or name
            {} balancer: [what a controller on AWS is asked to make of it] (empty: nothing that is known)
            {} listeners: of a gateway: list of {name, port, protocol, hostname, kinds, from, selector}
            {} parents: of a route: list of {kind, name, namespace, section, port} (null: it needs none)""",
            "forwards_to in_namespace",
        ),
        _kind(
            "reference_grant",
            _W,
            "Lets routes of other namespaces send to services of its own.",
            """
            {} sources: list of {kind, namespace}
            [] services: the services that they may send to (empty: all)""",
            "in_namespace",
        ),
        _kind(
            "service",
            _W,
            "A stable address for workloads in a cluster.",
            """
            $ exposure: ClusterIP, NodePort, LoadBalancer, ExternalName
            ? internal: its load balancer has private addresses only (null without one)
            [] source_ranges: who may use its load balancer (empty: everyone)
            {} ports: list of {name, port, target, node_port, protocol}
            [] external_addresses: addresses beyond the cluster that its machines answer for
            ? node_local: what comes in from outside keeps its source address and reaches pods of that machine only
            ? headless: has no address of its own: its name means its pods, at their own ports
            {} balancer: [what a controller on AWS is asked to make of it] (empty: nothing that is known)
            {} selector: [labels that its pods carry] (empty: it selects none itself)""",
            "forwards_to in_namespace",
        ),
        _kind(
            "waf",
            _W,
            "A filter on requests.",
            """
            $ default_action: allow or block
            ? logged: its decisions are logged
            ? fails_open: lets requests through when it fails
            # rules: how many rules it holds requests against (null: where they stand is not told here)""",
            "protects",
        ),
        # 6 application
        _kind(
            "workload",
            _X,
            "What runs in a cluster: Deployment, StatefulSet, DaemonSet, Job, CronJob, Pod.",
            """
            $ controller: the native kind
            ? host_network: shares the machine's network
            ? host_pid: sees the machine's processes
            ? host_ipc: shares the machine's memory segments
            [] host_paths: directories of the machine that it mounts
            [] host_paths_read_only: those of them that it can only read
            $ service_account_name: the service account it runs as
            ? token_mounted: an API token is mounted into its pods
            # token_seconds: how long the longest token lives that its volumes ask for (null: they ask for none)
            ? replicated: more than one replica is asked for (null where that makes no sense)
            [] zones: the zones that its pods are held to (empty: any)
            # revisions: earlier revisions that are kept to go back to (null: it has none by nature)
            ? data_ephemeral: keeps a store's data where it is lost with its pod
            ? claims_deleted: its claims are deleted with it or with one of its pods (null: it makes none)
            {} saved_volumes: claims of its pods: {claim, file: in or out of file backups by annotation, or ""}
            {} selector: [labels its pods carry]
            $ owner: what made it, as KIND/NAME, /NAME without a kind (null: nothing did)
            [] addresses: addresses of its pods, as far as they are written down (empty: they are not)
            {} pod_security: what Pod Security forbids: list of {control, level, container, what, since, until}
            ={} entries: ways from the internet to its pods: list of {via, connections, certain, reason, because}
            =? ignores_policies: is a network plugin that leaves the network policies of the scan undone""",
            "contains assumes mounts in_namespace runs_on",
        ),
        _kind(
            "container",
            _X,
            "One container of a workload.",
            """
            $ image: what it runs
            ? pinned: named by digest
            ? tagged: has a tag other than latest
            ? privileged: has the machine's powers
            ? escalation_allowed: a process may gain more privileges than its parent
            ? runs_as_root: user 0, or nothing says otherwise
            ? read_only: its root file system is read-only
            [] added_capabilities: Linux capabilities added
            [] dropped_capabilities: Linux capabilities dropped
            $ seccomp: profile (null: none set)
            ? memory_limited: has a memory limit
            ? requests_set: asks for CPU and memory
            ? processor_requested: asks for CPU
            ? live_checked: has a liveness probe
            ? ready_checked: has a readiness probe
            [] literal_secrets: where a credential stands in clear text
            =? for_show: its credentials stand in documentation, an example or a test (null: it has none)
            [] verbose: what asks for logs of level debug or trace (a variable or an option)
            ? fetches_code: runs code that it downloads when it starts
            [] secret_variables: secrets handed over as environment variables
            [] host_ports: ports of the machine that it opens
            {} ports: list of {name, port, protocol, host_port, host_address} that it says it listens on
            ? init: runs before the others""",
            "mounts",
        ),
        _kind(
            "config",
            _X,
            "Configuration of applications (ConfigMap, Helm release, application settings).",
            """
            [] literal_secrets: where a credential stands in clear text
            =? for_show: its credentials stand in documentation, an example or a test (null: it has none)
            [] verbose: keys that ask for logs of level debug or trace
            $ chart_version: version of the chart it installs (null: not a chart)""",
            "in_namespace assumes",
        ),
        # 6.5 integration
        _kind(
            "mesh_policy",
            _I,
            "What a service mesh asks of calls.",
            """
            $ mtls: strict, permissive, disabled (null: says nothing of it)
            $ action: allow, deny, custom or audit (null: says nothing of it)
            ? open: allows every caller
            {} rules: list of {peers, ports, condition}, any of which may match; no peers or ports: all
            ? mesh_wide: applies to the whole mesh
            {} selector: [labels and expressions that workloads must match] (empty: it selects no workload)""",
            "selects in_namespace",
        ),
        _kind(
            "webhook",
            _I,
            "Admission control by a call to a service.",
            """
            $ purpose: validating, mutating or policy
            ? fails_open: lets requests through when it fails
            ? own_kinds: is asked only of custom resources or ConfigMaps (null: its rules are no list of kinds)
            ? denies: a violation is refused, not only reported
            [] avoidable: labels of an object by which its author takes it out of the call
            [] exempts: what it never looks at, as `namespace NAME`, `user NAME` or `runtime NAME`""",
            "forwards_to",
        ),
        _kind(
            "event_rule",
            _I,
            "Events that set something off.",
            """
            ? active: is enabled
            ? source_limited: only named accounts or services may send
            [] watches: events of security that it looks for (empty: something else)""",
            "forwards_to assumes",
        ),
        _kind(
            "subscription",
            _I,
            "A receiver of a topic.",
            """
            ? encrypted: delivered over TLS
            ? confirmed: its receiver has said yes (null where none has to)""",
            "forwards_to",
        ),
        _kind(
            "log_filter",
            _I,
            "A pattern that records are held against as they come in.",
            """
            [] watches: events of security that it looks for (empty: something else)""",
            "forwards_to",
        ),
        _kind(
            "data_link",
            _I,
            "A connection by which a service copies data out of a store or into one.",
            """
            ? encrypted: speaks TLS (null where its other end speaks nothing else, or is of the provider)""",
        ),
        _kind(
            "alarm",
            _I,
            "Calls for attention when a measure crosses a line.",
            """
            ? actionable: an action is set and switched on""",
            "forwards_to",
        ),
        _kind(
            "module",
            _I,
            "A call of code kept elsewhere.",
            """
            $ source: where it comes from
            ? pinned: a version, a range with an end, a tag or a commit is fixed (null for local modules)
            ? local: lies in the same tree
            ? on_disk: its code is there to be read
            ? reconciled: what runs is brought back to it by itself (null: it is applied by a run)""",
            "calls",
        ),
        _kind(
            "root",
            _X,
            "Code that is applied together: a root module, or the manifests of a scan.",
            """
            ? tiers_declared: at least one of its nodes says its tier (null: none stands in a network)
            $ state_beside: the file of a state that Terraform keeps beside its code (null: none lies there)
            ? readme: a README stands beside it, or above it in the tree (null: it is no module)
            [] undescribed: its variables and outputs that have no description
            # interface: how many variables and outputs it has (null: as above)""",
        ),
        _kind(
            "step",
            _X,
            "Something that a run does besides making resources.",
            "? always: is done anew by every run, whatever has changed",
        ),
        _kind(
            "pipeline_variable",
            _I,
            "A value that the steps of a delivery pipeline are given.",
            """
            $ key: its name, as the steps read it
            ? cloud_key: by its name a long-lived key of a cloud (null: a key that the scan shows itself)""",
        ),
        _kind(
            "branch",
            _P,
            "A branch of a repository, as its rules protect it.",
            """
            [] checks: checks that must pass before a change is merged
            # reviews: people who must approve a change
            ? binds_administrators: the rules hold for administrators too""",
        ),
        _kind(
            "log_pipeline",
            _I,
            "What carries logs on.",
            """
            [] sampled: flows of logs of which a share only is passed on
            [] sampled_audit: of these, those that carry audit, sign-in or security events by their names""",
        ),
        _kind(
            "provider_config",
            _P,
            "How code reaches an account.",
            """
            ? literal_credentials: a credential stands in clear text
            =? for_show: its credentials stand in documentation, an example or a test (null: it has none)
            $ version: version constraint
            [] unbounded: providers that it requires without saying which version""",
        ),
        _kind(
            "state_backend",
            _P,
            "Where a root keeps its state.",
            """
            $ backend: s3, gcs, azurerm, remote, local, ...
            ? encrypted: state is encrypted at rest
            ? locked: two runs cannot write at once""",
            "keeps_state_in",
        ),
    )
}
