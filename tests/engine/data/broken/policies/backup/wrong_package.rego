# METADATA
# title: In another's place
# custom:
#   severity: medium
#   selects: [object_store]
#   reads: [versioned]
#   message: "{node}"
package layerproof.backup.other

deny contains {"node": "x"} if false
