# METADATA
# title: Names of models
# description: A name is pinned when its vendor can not put another model behind it.
package airails.lib.models

# A date, an exact version or a digest at its end.
pinned(model) if {
	regex.match(`(-\d{4}-\d{2}-\d{2}|-\d{8}|-\d{4}|-v?\d+\.\d+\.\d+|@sha256:[0-9a-f]{64})$`, model)
	not contains(model, "latest")
}
