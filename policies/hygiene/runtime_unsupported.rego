# METADATA
# title: Function on a runtime past its end
# description: |
#   Faults found after the end of support are published and never fixed; the provider also stops updates of such
#   functions at some time.
#   ## Remedy
#   Move to a supported version of the language.
# custom:
#   severity: medium
#   selects: [function]
#   reads: [runtime]
#   message: "{node} runs on a runtime that gets no more security fixes"
#   controls:
#     reference-model: [lifecycle/out-of-date, security/patching]
#     nist-800-53: [SI-2, SA-22]
#     nist-800-207: [tenet-5]
#     catalogue: [LIF-001, CMP-004]
#     checkov: [CKV_AWS_363]
package layerproof.hygiene.runtime_unsupported

import rego.v1

# Runtimes whose support ended before 2026-06-01. Source: the provider's table of runtime support.
ended := {
	"dotnet5.0",
	"dotnet6",
	"dotnet7",
	"dotnetcore1.0",
	"dotnetcore2.0",
	"dotnetcore2.1",
	"dotnetcore3.1",
	"go1.x",
	"java8",
	"nodejs",
	"nodejs10.x",
	"nodejs12.x",
	"nodejs14.x",
	"nodejs16.x",
	"nodejs18.x",
	"nodejs20.x",
	"nodejs4.3",
	"nodejs4.3-edge",
	"nodejs6.10",
	"nodejs8.10",
	"provided",
	"python2.7",
	"python3.6",
	"python3.7",
	"python3.8",
	"python3.9",
	"ruby2.5",
	"ruby2.7",
	"ruby3.2",
}

deny contains {"node": function.id, "at": "runtime"} if {
	some function in input.kinds.function
	function.runtime in ended
}
