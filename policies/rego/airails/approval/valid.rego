# Whose approval counts.
#
# An approval is bound to the exact call. Requester, author and auditor may not approve; the
# entity's rules say the same, and so both must be wrong for a wrong approval to count. With a say
# that was handed on, whoever decided and whose say it is must both be independent, and the say's
# owner must have the role.
package airails.approval

valid_approvers contains approval.approver if {
	some approval in input.approvals
	valid(approval)
}

signed_approvers contains approval.approver if {
	some approval in input.approvals
	valid(approval)
	approval.signature == "passkey"
}

default valid(_) := false

valid(approval) if {
	approval.state == "APPROVED"
	approval.digest == input.tool.params_digest
	approval.expires_at_ns > input.clock.now_ns
	independent(approval.approver)
	says := object.get(approval, "on_behalf_of", approval.approver)
	independent(says)
	has_role(says, "approver")
	of_group(says)
	not own_words(approval)
}

default own_words(_) := false

own_words(approval) if {
	corrector_apart
	approval.corrected == true
}

auditors := object.get(data.tenants, [input.tenant.id, "auditors"], [])

default independent(_) := false

independent(person) if {
	person != input.actor.id
	person != object.get(input.actor, "on_behalf_of", "")
	person != input.workflow.author
	not person in auditors
}

default has_role(_, _) := false

has_role(person, role) if role in data.tenants[input.tenant.id].principals[person].roles
