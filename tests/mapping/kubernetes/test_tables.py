"""What the tables say of objects that are not workloads, and that no attribute is left out."""

import pytest

from scanner.graph.columns import NOT_DERIVED
from scanner.mapping.kubernetes import TABLE
from scanner.mapping.table import Row
from scanner.model.value import Cause, Unknown
from tests.mapping.kubernetes.cluster import UNKNOWN, edges, find, graph_of, shown, told


def thing(type: str, body: str, name: str = "x", meta: str = "") -> str:
    group, _, kind = type.rpartition("/")
    version = f"{group}/v1" if group else "v1"
    return f"---\napiVersion: {version}\nkind: {kind}\nmetadata: {{name: {name}, namespace: ns{meta}}}\n{body}\n"


def ask(type: str, body: str, attribute: str, meta: str = "", more: str = ""):
    graph = graph_of(thing(type, body, meta=meta) + more)
    (index,) = [each for each in range(len(graph)) if graph.addresses[each].name.endswith("/x")]
    return told(graph, graph.addresses[index].name, attribute)


ROWS = sorted(type for type, entry in TABLE.items() if isinstance(entry, Row))


@pytest.mark.parametrize("type", ROWS)
def test_no_attribute_is_left_out(type):
    pod = "{spec: {containers: [{image: i}]}}"
    graph = graph_of(thing(type, f"spec: {{template: {pod}, jobTemplate: {{spec: {{template: {pod}}}}}}}"))
    left_out = [
        (graph.kind(index).name, name)
        for index in range(len(graph))
        for name, value in graph.attributes(index)
        if value is not NOT_DERIVED
        and isinstance(value, Unknown)
        and value.cause in (Cause.UNSUPPORTED, Cause.FAULT)
    ]

    assert left_out == []


RBAC = "rbac.authorization.k8s.io"


def test_a_service_account_assumes_its_cloud_role():
    note = ", annotations: {eks.amazonaws.com/role-arn: 'arn:aws:iam::1:role/r'}"
    text = thing("/ServiceAccount", "", meta=note)
    graph = graph_of(text)

    assert told(graph, "/ServiceAccount/ns/x", "role") == "arn:aws:iam::1:role/r"
    assert told(graph, "/ServiceAccount/ns/x", "token_mounted") is True
    assert shown(graph, text, "/ServiceAccount/ns/x", "role").startswith("eks.amazonaws.com/role-arn:")
    assert "arn:aws:iam::1:role/r" in graph.why_open("assumes", find(graph, "/ServiceAccount/ns/x")).reason


def test_a_binding_binds_a_role_and_grants_to_accounts():
    text = (
        thing("/ServiceAccount", "", "sa")
        + thing(f"{RBAC}/Role", "rules: [{apiGroups: [''], resources: [secrets], verbs: [get]}]", "r")
        + thing(
            f"{RBAC}/RoleBinding",
            "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}\n"
            "subjects: [{kind: ServiceAccount, name: sa}, {kind: User, name: u}]",
            "b",
        )
    )
    graph = graph_of(text)

    assert edges(graph, "binds") == {("b", "r")}
    assert edges(graph, "grants_to") == {("b", "sa")}
    assert told(graph, f"{RBAC}/RoleBinding/ns/b", "subjects") == [
        {"kind": "ServiceAccount", "name": "sa", "namespace": "ns"},
        {"kind": "User", "name": "u", "namespace": None},
    ]
    assert told(graph, f"{RBAC}/Role/ns/r", "permissions") == [
        {"groups": [""], "resources": ["secrets"], "verbs": ["get"], "names": [], "urls": []}
    ]
    assert graph.why_open("grants_to", find(graph, f"{RBAC}/RoleBinding/ns/b")) is None


@pytest.mark.parametrize(
    ("group", "accounts"),
    [
        ("system:serviceaccounts", {"a", "b"}),
        ("system:authenticated", {"a", "b"}),
        ("system:serviceaccounts:ns", {"a"}),
        ("system:unauthenticated", set()),
    ],
)
def test_groups_of_service_accounts_are_granted_to(group, accounts):
    body = f"roleRef: {{kind: ClusterRole, name: view}}\nsubjects: [{{kind: Group, name: '{group}'}}]"
    other = thing("/ServiceAccount", "", "b").replace("namespace: ns", "namespace: other")
    text = thing(f"{RBAC}/ClusterRoleBinding", body) + thing("/ServiceAccount", "", "a") + other

    assert edges(graph_of(text), "grants_to") == {("x", each) for each in accounts}


def test_a_role_of_the_cluster_that_is_not_declared_is_open():
    body = "roleRef: {kind: ClusterRole, name: cluster-admin}\nsubjects: []"
    graph = graph_of(thing(f"{RBAC}/ClusterRoleBinding", body))

    assert told(graph, f"{RBAC}/ClusterRoleBinding//x", "role_name") == "cluster-admin"
    assert graph.why_open("binds", find(graph, f"{RBAC}/ClusterRoleBinding//x")) is not None


def test_an_aggregated_role_holds_more_than_it_says():
    graph = graph_of(thing(f"{RBAC}/ClusterRole", "aggregationRule: {clusterRoleSelectors: []}\nrules: []"))
    held = graph.peek(find(graph, f"{RBAC}/ClusterRole//x"), "permissions")

    assert told(graph, f"{RBAC}/ClusterRole//x", "aggregated") is True
    assert isinstance(held[-1], Unknown)


@pytest.mark.parametrize(
    ("spec", "meta", "internal"),
    [
        ("{}", "", None),
        ("{type: NodePort}", "", None),
        ("{type: LoadBalancer}", "", False),
        (
            "{type: LoadBalancer}",
            ", annotations: {service.beta.kubernetes.io/aws-load-balancer-internal: 'true'}",
            True,
        ),
        ("{type: LoadBalancer}", ", annotations: {networking.gke.io/load-balancer-type: Internal}", True),
        (
            "{type: LoadBalancer}",
            ", annotations: {service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing}",
            False,
        ),
        ("{type: LoadBalancer, loadBalancerClass: service.k8s.aws/nlb}", "", True),
    ],
)
def test_load_balancers_of_services(spec, meta, internal):
    assert ask("/Service", f"spec: {spec}", "internal", meta) is internal


def test_ports_of_a_service():
    ports = ask("/Service", "spec: {ports: [{port: 80, targetPort: web, nodePort: 30000}, {port: 53, protocol: UDP}]}", "ports")  # fmt: skip # noqa: E501 - one manifest

    assert ports == [
        {"name": None, "port": 80, "target": "web", "node_port": 30000, "protocol": "tcp"},
        {"name": None, "port": 53, "target": 53, "node_port": None, "protocol": "udp"},
    ]


INGRESS = "networking.k8s.io/Ingress"


@pytest.mark.parametrize(
    ("spec", "meta", "encrypted"),
    [
        ("{rules: [{host: a.b}]}", "", False),
        ("{rules: [{host: a.b}], tls: [{hosts: [a.b]}]}", "", True),
        ("{rules: [{host: a.b}, {host: c.b}], tls: [{hosts: [a.b]}]}", "", False),
        ("{rules: [{host: a.b}, {host: c.b}], tls: [{hosts: ['*.b']}]}", "", True),
        ("{rules: [{host: a.b}], tls: [{secretName: s}]}", "", True),
        ("{defaultBackend: {service: {name: s}}}", "", False),
        ("{rules: [{host: a.b}]}", ", annotations: {alb.ingress.kubernetes.io/certificate-arn: arn}", True),
    ],
)
def test_tls_of_ingresses(spec, meta, encrypted):
    assert ask(INGRESS, f"spec: {spec}", "encrypted", meta) is encrypted


def test_traffic_runs_from_gateway_to_service():
    gateway = "gateway.networking.k8s.io"
    text = (
        thing("/Service", "spec: {}", "svc")
        + thing(INGRESS, "spec: {rules: [{http: {paths: [{backend: {service: {name: svc}}}]}}]}", "ing")
        + thing(f"{gateway}/Gateway", "spec: {listeners: [{protocol: HTTPS, hostname: a.b}]}", "gw")
        + thing(
            f"{gateway}/HTTPRoute",
            "spec: {parentRefs: [{name: gw}], rules: [{backendRefs: [{name: svc, port: 80}]}]}",
            "route",
        )
        + thing(
            "networking.istio.io/VirtualService",
            "spec: {hosts: [a.b], gateways: [igw], "
            "http: [{route: [{destination: {host: svc.ns.svc.cluster.local}}]}]}",
            "vs",
        )
        + thing("networking.istio.io/Gateway", "spec: {servers: [{port: {protocol: HTTP}, hosts: ['*']}]}", "igw")
    )
    graph = graph_of(text)

    assert edges(graph, "forwards_to") == {
        ("ing", "svc"), ("gw", "route"), ("route", "svc"), ("igw", "vs"), ("vs", "svc"),
    }  # fmt: skip
    assert told(graph, f"{gateway}/Gateway/ns/gw", "encrypted") is True
    assert told(graph, "networking.istio.io/Gateway/ns/igw", "encrypted") is False


POLICY = "networking.k8s.io/NetworkPolicy"


@pytest.mark.parametrize(
    ("spec", "directions"),
    [
        ("{podSelector: {}}", ["in"]),
        ("{podSelector: {}, egress: []}", ["in"]),
        ("{podSelector: {}, egress: [{}]}", ["in", "out"]),
        ("{podSelector: {}, policyTypes: [Egress]}", ["out"]),
        ("{podSelector: {}, policyTypes: [Ingress, Egress]}", ["in", "out"]),
    ],
)
def test_directions_of_a_network_policy(spec, directions):
    assert ask(POLICY, f"spec: {spec}", "directions") == directions


def test_rules_of_a_network_policy():
    spec = (
        "spec: {podSelector: {}, ingress: [{}, {from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}, "
        "{namespaceSelector: {}, podSelector: {matchLabels: {a: b}}}], ports: [{port: 80, endPort: 90}]}]}"
    )

    assert ask(POLICY, spec, "selects_all") is True
    assert ask(POLICY, spec, "rules") == [
        {"direction": "in", "action": "allow", "peers": [], "ports": [], "condition": None},
        {
            "direction": "in",
            "action": "allow",
            "peers": [
                {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]},
                {
                    "pods": {"labels": {"a": "b"}, "expressions": []},
                    "namespaces": {"labels": {}, "expressions": []},
                },
            ],
            "ports": [{"protocol": "tcp", "port": 80, "end_port": 90}],
            "condition": None,
        },
    ]


def test_a_namespace_enforces_what_its_label_says():
    graph = graph_of(
        thing("/Namespace", "", "a", ", labels: {pod-security.kubernetes.io/enforce: restricted}")
        + thing("/Namespace", "", "b", ", labels: {istio-injection: enabled}")
    )

    assert [told(graph, f"/Namespace//{each}", "pod_security") for each in "ab"] == ["restricted", None]
    assert [told(graph, f"/Namespace//{each}", "mesh_injected") for each in "ab"] == [False, True]


ADMISSION = "admissionregistration.k8s.io"


@pytest.mark.parametrize(
    ("version", "policy", "open"),
    [
        ("v1", "", False),
        ("v1", "failurePolicy: Ignore", True),
        ("v1beta1", "", True),
        ("v1beta1", "failurePolicy: Fail", False),
    ],
)
def test_webhooks_fail_as_their_version_defaults(version, policy, open):
    text = thing(
        f"{ADMISSION}/ValidatingWebhookConfiguration",
        f"webhooks: [{{name: a.b.c, {policy}}}]".replace(", }", "}"),
    ).replace(f"{ADMISSION}/v1", f"{ADMISSION}/{version}")
    graph = graph_of(text)
    name = f"{ADMISSION}/ValidatingWebhookConfiguration//x/webhook:a.b.c"

    assert told(graph, name, "fails_open") is open
    assert told(graph, name, "purpose") == "validating"
    assert told(graph, name, "denies") is True


def binding(actions: str) -> str:
    return thing(
        f"{ADMISSION}/ValidatingAdmissionPolicyBinding",
        f"spec: {{policyName: x, validationActions: {actions}}}",
        "b",
    )


@pytest.mark.parametrize(
    ("more", "denies"), [("", UNKNOWN), (binding("[Audit]"), False), (binding("[Deny, Audit]"), True)]
)
def test_an_admission_policy_denies_by_its_bindings(more, denies):
    assert ask(f"{ADMISSION}/ValidatingAdmissionPolicy", "spec: {}", "denies", more=more) == denies


ISTIO = "security.istio.io"


@pytest.mark.parametrize(
    ("spec", "mtls"),
    [
        ("{}", None),
        ("{mtls: {mode: STRICT}}", "strict"),
        ("{mtls: {mode: PERMISSIVE}}", "permissive"),
        ("{mtls: {mode: DISABLE}}", "disabled"),
        ("{mtls: {mode: STRICT}, portLevelMtls: {8080: {mode: PERMISSIVE}}}", "permissive"),
    ],
)
def test_peer_authentication(spec, mtls):
    assert ask(f"{ISTIO}/PeerAuthentication", f"spec: {spec}", "mtls") == mtls


@pytest.mark.parametrize(
    ("spec", "action", "open"),
    [
        ("{}", "allow", False),
        ("{rules: [{}]}", "allow", True),
        ("{rules: [{to: [{operation: {methods: [GET]}}]}]}", "allow", True),
        ("{rules: [{from: [{source: {principals: [a]}}]}]}", "allow", False),
        ("{action: DENY, rules: [{}]}", "deny", False),
    ],
)
def test_authorization_policies(spec, action, open):
    assert ask(f"{ISTIO}/AuthorizationPolicy", f"spec: {spec}", "action") == action
    assert ask(f"{ISTIO}/AuthorizationPolicy", f"spec: {spec}", "open") is open


def test_secrets_in_the_code_are_named_and_not_shown():
    text = thing("/Secret", "data: {a: eA==, b: ''}\nstringData: {c: x, d: '${D}'}")
    graph = graph_of(text)

    assert told(graph, "/Secret/ns/x", "literal_secrets") == ["a", "c"]
    assert shown(graph, text, "/Secret/ns/x", "literal_secrets") == "c: x"


def test_literal_credentials_in_configuration():
    assert ask("/ConfigMap", "data: {DB_PASSWORD: hunter2, LEVEL: info}", "literal_secrets") == ["DB_PASSWORD"]


def test_a_credential_in_a_config_map_is_shown_at_its_own_key():
    text = thing("/ConfigMap", "data:\n  level: info\n  db.root.password: hunter2\n  other: x")

    assert shown(graph_of(text), text, "/ConfigMap/ns/x", "literal_secrets") == "db.root.password: hunter2"


def test_a_file_of_settings_is_no_credential_for_its_name():
    # operate-first/apps, Trino: the file names where hashed passwords are, and holds none
    settings = "password-authenticator.properties: 'password-authenticator.name=file'"
    assert ask("/ConfigMap", f"data: {{{settings}}}", "literal_secrets") == []


def test_an_external_secret_stands_for_the_secret_that_it_makes():
    text = thing("external-secrets.io/ExternalSecret", "spec: {target: {name: db}, refreshInterval: 1h}") + thing(
        "/Pod", "spec: {volumes: [{name: v, secret: {secretName: db}}], containers: [{image: i}]}", "w"
    )

    assert edges(graph_of(text), "mounts") == {("w", "x")}


def test_velero_backs_up_the_claims_of_its_namespaces():
    text = (
        thing(
            "velero.io/Schedule", "spec: {schedule: '@daily', template: {includedNamespaces: [ns], ttl: 48h0m0s}}"
        )
        + thing("velero.io/BackupStorageLocation", "spec: {}", "default")
        + thing("/PersistentVolumeClaim", "spec: {}", "data")
    )
    graph = graph_of(text)

    assert edges(graph, "backs_up") == {("x", "data")}
    assert edges(graph, "keeps_in") == {("x", "default")}
    assert told(graph, "velero.io/Schedule/ns/x", "keep_days") == 2


@pytest.mark.parametrize(
    ("source", "pinned"),
    [
        ("{repoURL: r, path: p}", False),
        ("{repoURL: r, path: p, targetRevision: main}", False),
        ("{repoURL: r, path: p, targetRevision: " + "a" * 40 + "}", True),
        ("{repoURL: r, chart: c, targetRevision: 1.2.3}", True),
        ("{repoURL: r, chart: c, targetRevision: 1.*}", False),
    ],
)
def test_argo_applications_are_modules(source, pinned):
    assert ask("argoproj.io/Application", f"spec: {{source: {source}}}", "pinned") is pinned


def test_karpenter_nodes():
    pool = thing("karpenter.sh/NodePool", "spec: {template: {spec: {nodeClassRef: {name: x}}}}", "pool")
    graph = graph_of(thing("karpenter.k8s.aws/EC2NodeClass", "spec: {}") + pool)

    assert told(graph, "karpenter.k8s.aws/EC2NodeClass//x", "tokens_required") is True
    assert len(graph) == 1


@pytest.mark.parametrize(
    ("ref", "expected"),
    [
        ("{tag: 1.2.3}", True),
        ("{tag: latest}", False),
        ("{semver: '>=1.0.0'}", False),
        ("{digest: 'sha256:aa'}", True),
    ],
)
def test_charts_of_a_registry_are_pinned_by_one_version_or_a_digest(ref, expected):
    # Flux: OCIRepository .spec.ref (https://fluxcd.io/flux/components/source/ocirepositories/#reference)
    assert (
        ask("source.toolkit.fluxcd.io/OCIRepository", f"spec: {{url: 'oci://r', ref: {ref}}}", "pinned")
        is expected
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("{}", False),
        ("{syncPolicy: {automated: {}}}", False),
        ("{syncPolicy: {automated: {selfHeal: true}}}", True),
        ("{syncPolicy: {automated: {selfHeal: true, enabled: false}}}", False),
    ],
)
def test_an_application_heals_itself_only_where_it_is_asked_to(body, expected):
    # Argo CD, "Automated Sync Policy": off unless written, selfHeal too; enabled: false switches it off
    assert ask("argoproj.io/Application", f"spec: {body}", "reconciled") is expected


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("{portLevelMtls: {8080: {mode: DISABLE}}}", "disabled"),
        ("{mtls: {mode: STRICT}, portLevelMtls: {8080: {mode: PERMISSIVE}}}", "permissive"),
        ("{mtls: {mode: STRICT}}", "strict"),
    ],
)
def test_a_port_that_is_let_off_counts(spec, expected):
    # Istio, PeerAuthentication: a port's mode overrides the workload's, also where the workload's is inherited
    assert ask("security.istio.io/PeerAuthentication", f"spec: {spec}", "mtls") == expected


@pytest.mark.parametrize(
    ("settings", "expected"),
    [("{}", False), ("{failure_mode_allow: false}", False), ("{failure_mode_allow: true}", True)],
)
def test_an_envoy_filter_that_asks_an_authorizer_fails_closed_unless_told(settings, expected):
    # Envoy, ext_authz: failure_mode_allow is false unless it is written
    value = f"{{name: envoy.filters.http.ext_authz, typed_config: {settings}}}"
    patch = f"{{patch: {{operation: INSERT_BEFORE, value: {value}}}}}"
    graph = graph_of(thing("networking.istio.io/EnvoyFilter", f"spec: {{configPatches: [{patch}]}}"))
    assert [graph.peek(each, "fails_open") for each in graph.nodes("waf")] == [expected]


def test_an_envoy_filter_of_another_kind_is_no_authorizer():
    patch = "{patch: {value: {name: envoy.filters.http.lua}}}"
    graph = graph_of(thing("networking.istio.io/EnvoyFilter", f"spec: {{configPatches: [{patch}]}}"))
    assert list(graph.nodes("waf")) == []


def test_a_token_that_is_kept_in_a_secret_is_a_key_without_an_end():
    # Kubernetes, "Service account token Secrets": made by hand, and never expiring
    graph = graph_of(
        thing("/Secret", "type: kubernetes.io/service-account-token") + thing("/Secret", "type: Opaque", "other")
    )
    assert [graph.addresses[each].name.endswith("/x/token") for each in graph.nodes("access_key")] == [True]


def test_values_of_a_release_are_shown_at_their_own_keys_and_names_of_secrets_are_none():
    # toboshii/home-ops, vpn-gateway: `configFileSecret` names a Secret
    values = "spec:\n  values:\n    configFileSecret: vpn-config\n    db:\n      password: hunter2\n    x: y"
    text = thing("helm.toolkit.fluxcd.io/HelmRelease", values)

    assert told(graph_of(text), "helm.toolkit.fluxcd.io/HelmRelease/ns/x", "literal_secrets") == ["password"]
    release = "helm.toolkit.fluxcd.io/HelmRelease/ns/x"
    assert shown(graph_of(text), text, release, "literal_secrets") == "password: hunter2"


def test_a_key_beside_the_name_of_a_secret_is_no_credential():
    values = "values: {redis: {secretName: redis-auth, secretKey: redis_password}, other: {secretKey: hunter2}}"
    assert ask("helm.toolkit.fluxcd.io/HelmRelease", f"spec: {{{values}}}", "literal_secrets") == ["secretKey"]
    only = "values: {redis: {secretName: redis-auth, secretKey: redis_password}}"
    assert ask("helm.toolkit.fluxcd.io/HelmRelease", f"spec: {{{only}}}", "literal_secrets") == []


def test_a_setting_that_names_a_secret_is_no_credential():
    assert ask("/ConfigMap", "data: {GIT_SYNC_CREDENTIALS_SECRET: git-vars}", "literal_secrets") == []
    assert ask("/Secret", "stringData: {hostname: postgres-rw.database.svc}", "literal_secrets") == []


def test_lists_of_what_a_vault_calls_its_secrets_hold_none():
    # hmcts/sds-flux-config; Key Vault documentation, "Objects, identifiers, and versioning": names
    values = "keyVaultSecrets: [mi-adf-auth-key], keyVaults: {met-kv: {secrets: [db-password, OAUTH2-key]}}"
    assert ask("helm.toolkit.fluxcd.io/HelmRelease", f"spec: {{values: {{{values}}}}}", "literal_secrets") == []


def test_lists_of_secrets_themselves_are_credentials():
    values = "cookieSecrets: [hunter2], secrets: [hunter3], keyVaults: {kv: {password: hunter4, secrets: [a b]}}"
    assert ask("helm.toolkit.fluxcd.io/HelmRelease", f"spec: {{values: {{{values}}}}}", "literal_secrets") == [
        "cookieSecrets",
        "secrets",
        "password",
    ]
