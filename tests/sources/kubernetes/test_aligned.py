"""Lines of a template and of what helm prints for it; the pairs were read from the templates, not computed."""

from __future__ import annotations

from scanner.sources.kubernetes.aligned import Line, aligned, read, weight
from scanner.sources.kubernetes.traced import Lines

# as in the chart kube-state-metrics: a second container that is not deployed has the same keys
TEMPLATE = b"""containers:
- name: {{ template "chart.name" . }}
  image: {{ .Values.image }}
  livenessProbe:
    timeoutSeconds: {{ .Values.timeout }}
  resources:
{{ toYaml .Values.resources | indent 4 }}
  securityContext:
{{ toYaml .Values.security | indent 4 }}
{{- if .Values.proxy.enabled }}
- name: proxy
  image: {{ .Values.proxy.image }}
  livenessProbe:
    timeoutSeconds: 5
  {{- if .Values.proxy.resources }}
  resources:
  {{- end }}
  securityContext:
{{- end }}
"""
RENDERED = b"""containers:
- name: metrics
  image: registry.example.com/metrics:1.0
  livenessProbe:
    timeoutSeconds: 5
  resources:
    {}
  securityContext:
    privileged: false
"""


def line(text: str) -> Line:
    return read(text.encode())


def test_a_container_is_told_at_its_own_lines():
    lines = Lines("deployment.yaml", TEMPLATE, RENDERED)
    told = [
        TEMPLATE[: lines.of(RENDERED.index(text)).start].count(b"\n") + 1
        for text in (
            b"name: metrics",
            b"image:",
            b"timeoutSeconds",
            b"resources",
            b"{}",
            b"securityContext",
            b"privileged",
        )
    ]

    assert told == [2, 3, 5, 6, 6, 8, 8]


def test_what_a_line_says_itself_it_gives_as_it_stands():
    assert weight(line("- name: proxy"), line("- name: metrics")) == 0
    assert weight(line("name: a-{{ .x }}-b"), line("name: a-1-b")) > 0
    assert weight(line("name: a-{{ .x }}-b"), line("name: a-1-c")) == 0
    assert weight(line("  kind: Pod"), line("  kind: Pod")) > weight(line("kind: Pod"), line("  kind: Pod"))


def test_a_text_that_a_branch_states_is_told_there():
    """As in the chart katib: without a password of the values there is one in the template."""
    template = b"""data:
  {{- if .Values.password }}
  password: {{ .Values.password | b64enc }}
  {{- else }}
  password: {{ "dGVzdA==" }}
  {{- end }}
"""
    rendered = b"data:\n  password: dGVzdA==\n"
    lines = Lines("secret.yaml", template, rendered)

    assert template[: lines.of(rendered.index(b"password")).start].count(b"\n") + 1 == 5


def test_of_branches_the_one_that_says_it_itself_is_told():
    """As in the chart kube-prometheus-stack: a webhook fails open until its certificate is there."""
    template = b"""webhooks:
  - name: check.example.com
    {{- if eq .Values.policy "IgnoreOnInstallOnly" }}
    failurePolicy: {{ .Release.IsInstall | ternary "Ignore" "Fail" }}
    {{- else if .Values.patch }}
    failurePolicy: Ignore
    {{- else }}
    failurePolicy: Fail
    {{- end }}
"""
    rendered = b"webhooks:\n  - name: check.example.com\n    failurePolicy: Ignore\n"
    lines = Lines("webhook.yaml", template, rendered)

    assert template[: lines.of(rendered.index(b"failurePolicy")).start].count(b"\n") + 1 == 6


def test_pairs_rise_in_both():
    words = [line(f"{name}: 1") for name in "abcab"]

    assert aligned(words, [line(f"{name}: 1") for name in "cab"]) == [(2, 0), (3, 1), (4, 2)]
    assert aligned([line("a: 1")], [line("a: 1"), line("a: 1")]) == [(0, 0)]
    assert aligned([], words) == []


# as in alphagov/govuk-helm-charts: one template that is printed once for each application
LOOP = b"""{{- range .Values.apps }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .name }}
spec:
  template:
    spec:
      containers:
        - name: main
          env:
            - name: SECRET_KEY
              value: hunter2
      tolerations:
        - key: arch
          value: {{ $.Values.arch }}
{{- end }}
"""
PRINTED = b"""apiVersion: apps/v1
kind: Deployment
metadata:
  name: NAME
spec:
  template:
    spec:
      containers:
        - name: main
          env:
            - name: SECRET_KEY
              value: hunter2
      tolerations:
        - key: arch
          value: arm64"""


def test_each_round_of_a_loop_is_told_at_its_lines():
    rendered = b"\n---\n".join(PRINTED.replace(b"NAME", name) for name in (b"admin", b"feed", b"frontend"))
    lines = Lines("deployment.yaml", LOOP, rendered)
    at, told = 0, []
    for text in (b"value: hunter2", b"value: arm64") * 3:
        at = rendered.index(text, at)
        told.append(LOOP[: lines.of(at).start].count(b"\n") + 1)

    assert told == [14, 17] * 3
