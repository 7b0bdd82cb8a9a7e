# METADATA
# title: Workload inside the machine's own namespaces
# description: |
#   Such a pod sees the other processes or the traffic of its machine, reaches services that trust localhost, and is
#   not filtered by network policies.
#   ## Remedy
#   Remove hostNetwork, hostPID and hostIPC; agents that need one of them belong in a namespace of their own.
# custom:
#   severity: high
#   selects: [workload]
#   reads: [host_ipc, host_network, host_pid]
#   message: "{node} shares {shared} with its machine"
#   controls:
#     reference-model: [application/encapsulation]
#     nist-800-53: [AC-6, SC-39, CM-7]
#     nist-800-207: [tenet-3]
#     pod-security-standards: [baseline/hostNamespaces]
#     catalogue: [K8S-PSS]
#     checkov: [CKV_K8S_17, CKV_K8S_18, CKV_K8S_19]
#     trivy: [KSV-0008, KSV-0009, KSV-0010]
#     kubescape: [C-0038, C-0041]
package layerproof.zero_trust.host_namespace

import rego.v1

words := {"host_network": "the network", "host_pid": "the processes", "host_ipc": "the memory"}

deny contains {"node": workload.id, "at": shared, "values": {"shared": named}} if {
	some workload in input.kinds.workload
	shared := [attribute |
		some attribute in ["host_network", "host_pid", "host_ipc"]
		workload[attribute] == true
	]
	count(shared) > 0
	named := joined([words[attribute] | some attribute in shared])
}

joined(names) := concat(" and ", names) if count(names) < 3

joined(names) := sprintf("%s, %s and %s", names) if count(names) == 3
