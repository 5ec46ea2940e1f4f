# Decides about calls, and for which reason.
package reeve.engine

import data.reeve.declared
import data.reeve.known
import data.reeve.operation
import data.reeve.policy
import data.reeve.question
import data.reeve.rules

default is_allowed := false

is_allowed if rules.let_in(declared.caller.allowed, operation.taken)

reason := "declared" if {
	is_allowed
} else := "caller-unproved" if {
	question.caller == ""
} else := "caller-unknown" if {
	not policy.callers[question.caller]
} else := "service-unknown" if {
	not declared.service
} else := "operation-malformed" if {
	operation.problem
} else := "call-undeclared" if {
	not declared.caller
} else := "operation-undeclared" if {
	not declared.is_covered
} else := "endpoint-blocked" if {
	known.is_blocked
} else := "guardrail-forbids" if {
	declared.denial[0] == "forbids"
} else := "guardrail-failed"

default mode := "enforce"

mode := declared.service.mode

default is_let_through := false

is_let_through if is_allowed

is_let_through if mode == "shadow"
