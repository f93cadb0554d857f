# Changing who has access.
#
# At least two people sign it with passkeys. What is never given so is named, and a call that does
# not disclose what it gives is denied.
package airails.templates

quorums contains object.get(template, "quorum", 2) if some template in access_changes

denials contains "access_change.forbidden" if {
	some template in access_changes
	input.tool.params[template.param] in template.forbidden
}

denials contains "access_change.not_disclosed" if {
	some template in access_changes
	template.param
	not template.param in object.keys(input.tool.params)
}

access_changes contains template if {
	some template in applying
	template.template == "access_change"
}
