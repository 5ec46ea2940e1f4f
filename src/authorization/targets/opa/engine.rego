# Decides about calls, and for which reason.
package reeve.engine

import data.reeve.known
import data.reeve.operation
import data.reeve.policy
import data.reeve.question
import data.reeve.rules

service := policy.services[question.service]

# What the caller may do, and what it might do without blocked endpoints and guardrails.
caller := service.rules[service.callers[question.caller]]

default covered := {}

covered := object.get(caller, "covered", caller.allowed)

reason := "declared" if {
	rules.let_in(caller.allowed, operation.taken)
} else := "caller-unproved" if {
	question.caller == ""
} else := "caller-unknown" if {
	not policy.callers[question.caller]
} else := "service-unknown" if {
	not service
} else := "operation-malformed" if {
	operation.problem
} else := "call-undeclared" if {
	not caller
	not question.caller in service.declared
} else := "operation-undeclared" if {
	not rules.let_in(covered, operation.taken)
} else := "endpoint-blocked" if {
	some one in known.nearest
	one.blocked
} else := "guardrail-failed" if {
	rules.let_in(caller.asked, operation.taken)
} else := object.get(denial, "reason", "guardrail-forbids")

# What a guardrail says of it, where that is the same for every request.
default denial := {}

denial := service.denials[service.callers[question.caller]][known.text]

default is_allowed := false

is_allowed if reason == "declared"

default mode := "enforce"

mode := service.mode

default is_let_through := false

is_let_through if is_allowed

is_let_through if mode == "shadow"
