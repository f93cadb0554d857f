# METADATA
# title: Amounts
# description: Amounts are whole numbers, be they billionths of a currency unit or a vendor's minor units.
package airails.lib.money

# A whole, non-negative number, given as one or as its decimal text; undefined for anything else.
amount(value) := value if {
	is_number(value)
	value >= 0
	value == floor(value)
}

amount(value) := to_number(value) if {
	is_string(value)
	count(value) <= 18
	regex.match(`^(0|[1-9][0-9]*)$`, value)
}
