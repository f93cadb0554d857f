package airails.templates_test

import data.airails.templates

money := {
	"template": "money_movement",
	"actions": ["stripe.create-refund"],
	"param": "amount",
	"approve_above": 100,
	"two_above": 1000,
	"deny_above": 5000,
}

publishing := {
	"template": "external_publishing",
	"actions": ["x.create-post"],
	"quorum": 1,
	"tainted_quorum": 3,
}

access := {
	"template": "access_change",
	"actions": ["okta.add-member"],
	"param": "role",
	"forbidden": ["owner"],
}

personal := {
	"template": "pii",
	"actions": ["crm.read-contact"],
	"hosts": ["crm.example"],
	"forbidden": ["email"],
}

call(tool, action, params) := {
	"tenant": {"id": "t1"},
	"run": {"taint": []},
	"tool": {"name": tool, "action": action, "params": params, "destination": {"host": "crm.example"}},
}

said(switched_on, question) := asks if {
	asks := templates.asks with data.tenants as {"t1": {"templates": switched_on}} with input as question
}

nothing := {"denials": set(), "quorum": 0, "signature": false}

refund(amount) := said({"refunds": money}, call("stripe", "create-refund", {"amount": amount}))

test_money_moves_up_to_each_limit if {
	refund(100) == nothing
	refund("101") == object.union(nothing, {"quorum": 1})
	refund(1000) == object.union(nothing, {"quorum": 1})
	refund(1001) == object.union(nothing, {"quorum": 2})
	refund(5000) == object.union(nothing, {"quorum": 2})
	refund(5001).denials == {"money_movement.too_much"}
}

test_an_amount_that_is_none_moves_nothing if {
	refund("a lot").denials == {"money_movement.no_amount"}
	refund(-1).denials == {"money_movement.no_amount"}
	missing := said({"refunds": money}, call("stripe", "create-refund", {}))
	missing.denials == {"money_movement.no_amount"}
}

test_limits_of_people_may_be_left_out if {
	bare := object.remove(money, ["approve_above", "two_above"])
	said({"r": bare}, call("stripe", "create-refund", {"amount": 4999})) == nothing
}

test_other_actions_are_not_touched if {
	both := {"a": money, "b": publishing, "c": access, "d": personal}
	said(both, call("stripe", "get-refund", {})) == nothing
	said(both, call("other", "create-refund", {})) == nothing
}

test_what_the_world_reads_is_seen_before if {
	question := call("x", "create-post", {})
	said({"p": publishing}, question) == object.union(nothing, {"quorum": 1})
	tainted := object.union(question, {"run": {"taint": ["model_output"]}})
	said({"p": publishing}, tainted) == object.union(nothing, {"quorum": 3})
	said({"p": object.remove(publishing, ["tainted_quorum"])}, tainted).quorum == 1
}

test_access_takes_two_signatures if {
	said({"a": access}, call("okta", "add-member", {"role": "reader"})) == {
		"denials": set(),
		"quorum": 2,
		"signature": true,
	}
	said({"a": object.union(access, {"quorum": 4})}, call("okta", "add-member", {"role": "reader"})).quorum == 4
}

test_some_access_is_never_given if {
	said({"a": access}, call("okta", "add-member", {"role": "owner"})).denials == {"access_change.forbidden"}
	said({"a": access}, call("okta", "add-member", {})).denials == {"access_change.not_disclosed"}
	any_role := object.remove(access, ["param", "forbidden"])
	said({"a": any_role}, call("okta", "add-member", {})).denials == set()
}

test_personal_data_goes_to_named_hosts_and_stays_sealed if {
	question := call("crm", "read-contact", {"id": "7"})
	said({"p": personal}, question) == nothing
	elsewhere := object.union(question, {"tool": {"destination": {"host": "crm.example.evil"}}})
	said({"p": personal}, elsewhere).denials == {"pii.host"}
	said({"p": personal}, call("crm", "read-contact", {"email": "a@b"})).denials == {"pii.disclosed"}
	said({"p": object.remove(personal, ["forbidden"])}, call("crm", "read-contact", {"email": "x"})) == nothing
}

test_the_strictest_of_two_templates_counts if {
	stricter := object.union(money, {"approve_above": 0, "two_above": 0})
	both := {"a": money, "b": stricter}
	said(both, call("stripe", "create-refund", {"amount": 1})).quorum == 2
}

test_an_unknown_template_denies if {
	other := {"template": "gambling", "actions": ["stripe.create-refund"]}
	said({"o": other}, call("stripe", "create-refund", {})).denials == {"template.unknown"}
}

test_without_templates_nothing_is_asked if {
	asks := templates.asks with data.tenants as {"t1": {}} with input as call("stripe", "create-refund", {})
	asks == nothing
}
