# Rules on disclosed parameters.
#
# A parameter whose rule does not hold, is missing or has an unknown kind is denied.
package airails.tool_action

import data.airails.lib.money

default param_ok(_, _) := false

# A rule says by itself whether its parameter may be missing.
param_ok(name, rule) if {
	rule.optional == true
	not name in object.keys(input.tool.params)
}

param_ok(name, rule) if {
	rule.kind == "enum"
	input.tool.params[name] in rule.values
}

param_ok(name, rule) if {
	rule.kind == "max"
	money.amount(input.tool.params[name]) <= rule.max
}

param_ok(name, rule) if {
	rule.kind == "range"
	value := money.amount(input.tool.params[name])
	value >= rule.min
	value <= rule.max
}

param_ok(name, rule) if {
	rule.kind == "present"
	name in object.keys(input.tool.params)
}
