# METADATA
# title: A key that nobody knows
# custom:
#   severity: medium
#   selects: [object_store]
#   reads: [versioned]
#   message: "{node}"
#   colour: red
package layerproof.backup.strange_key

deny contains {"node": "x"} if false
