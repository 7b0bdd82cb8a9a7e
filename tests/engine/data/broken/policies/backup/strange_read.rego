# METADATA
# title: Reads what its kind does not have
# custom:
#   severity: medium
#   selects: [object_store]
#   reads: [colour]
#   message: "{node}"
package layerproof.backup.strange_read

deny contains {"node": "x"} if false
