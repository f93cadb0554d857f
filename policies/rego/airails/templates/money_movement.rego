# Moving money.
#
# The amount must be disclosed and be a number. Above one limit somebody approves it, above another
# two people do, and above a third nothing moves.
package airails.templates

import data.airails.lib.money

denials contains "money_movement.no_amount" if {
	some template in money_movements
	not is_amount(template.param)
}

denials contains "money_movement.too_much" if {
	some template in money_movements
	money.amount(input.tool.params[template.param]) > template.deny_above
}

quorums contains 1 if {
	some template in money_movements
	money.amount(input.tool.params[template.param]) > template.approve_above
}

quorums contains 2 if {
	some template in money_movements
	money.amount(input.tool.params[template.param]) > template.two_above
}

money_movements contains template if {
	some template in applying
	template.template == "money_movement"
}

default is_amount(_) := false

is_amount(param) if is_number(money.amount(input.tool.params[param]))
