# METADATA
# title: Is there money for it?
# description: >-
#   Worst case first: what is spent, what other calls in flight have reserved, and what this call may
#   cost, against the cap. Amounts are billionths of a currency unit.
package airails.budget

import data.airails.lib.decision as verdict
import data.airails.lib.money

# METADATA
# description: The decision as a function of the input only.
# entrypoint: true
default decision := {"effect": "DENY", "reasons": ["default_deny"], "obligations": []}

decision := verdict.combine(verdicts)

# METADATA
# description: The decision in production.
# entrypoint: true
default guarded := {"effect": "DENY", "reasons": ["policy_stale_or_unbound"], "obligations": []}

guarded := verdict.bound(decision)

default within := false

within if {
	spent := money.amount(input.budget.spent_nanos)
	reserved := money.amount(input.budget.reserved_nanos)
	estimate := money.amount(input.budget.estimate_nanos)
	limit := money.amount(input.budget.limit_nanos)
	(spent + reserved) + estimate <= limit
}

# What costs nothing needs no money, even when there is none left.
within if money.amount(input.budget.estimate_nanos) == 0

# What the budget alone objects to; other packages add these to their own verdicts.
findings contains {"effect": "DENY", "code": "budget.exceeded"} if not within

findings contains {"effect": "DENY", "code": "budget.currency"} if {
	data.tenants[input.tenant.id].budget.currency != input.budget.currency
}

findings contains {
	"effect": "THROTTLE",
	"code": "budget.rate",
	"retry_after_ms": input.budget.retry_after_ms,
} if {
	input.budget.retry_after_ms > 0
}

verdicts contains finding if some finding in findings

verdicts contains {"effect": "ALLOW", "code": "budget.within"} if {
	input.schema in {"airails.budget/1", "airails.tool_action/1"}
	within
}
