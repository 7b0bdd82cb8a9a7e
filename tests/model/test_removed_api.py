"""Expected values: Deprecated API Migration Guide of Kubernetes, sections v1.16, v1.22 and v1.25."""

import pytest

from scanner.model.removed_api import removed_in


@pytest.mark.parametrize(
    ("api_version", "kind", "removed"),
    [
        ("extensions/v1beta1", "Deployment", "1.16"),
        ("apps/v1beta2", "StatefulSet", "1.16"),
        ("extensions/v1beta1", "Ingress", "1.22"),
        ("rbac.authorization.k8s.io/v1beta1", "ClusterRoleBinding", "1.22"),
        ("batch/v1beta1", "CronJob", "1.25"),
        ("apps/v1", "Deployment", None),
        ("admissionregistration.k8s.io/v1beta1", "ValidatingAdmissionPolicy", None),
    ],
)
def test_what_the_guide_lists_is_removed(api_version: str, kind: str, removed: str | None):
    assert removed_in(api_version, kind, "1.34") == removed


def test_the_version_before_still_has_it():
    assert removed_in("batch/v1beta1", "CronJob", "1.24") is None
    assert removed_in("batch/v1beta1", "CronJob", "1.25") == "1.25"
