# Personal data.
#
# A call that carries it goes to named hosts only, and what must stay sealed is not disclosed.
package airails.templates

denials contains "pii.host" if {
	some template in pii
	not input.tool.destination.host in template.hosts
}

denials contains "pii.disclosed" if {
	some template in pii
	some name in object.get(template, "forbidden", [])
	name in object.keys(input.tool.params)
}

pii contains template if {
	some template in applying
	template.template == "pii"
}
