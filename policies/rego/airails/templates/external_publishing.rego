# Publishing to the world.
#
# Somebody sees what is published before; more of them do when a model had a hand in it.
package airails.templates

quorums contains template.quorum if some template in publishings

quorums contains template.tainted_quorum if {
	count(input.run.taint) > 0
	some template in publishings
}

publishings contains template if {
	some template in applying
	template.template == "external_publishing"
}
