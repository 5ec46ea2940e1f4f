# What is known of what is asked for.
package reeve.known

import data.reeve.operation
import data.reeve.policy
import data.reeve.question
import data.reeve.rules

known := policy.services[question.service].known

# `HEAD` goes by `GET` where nothing known has `HEAD` at that path.
method := "GET" if {
	operation.taken.protocol == "http"
	operation.taken.method == "HEAD"
	every pattern in known.heads { not rules.fits(pattern, operation.taken.folded) }
} else := operation.taken.method

of_protocol := object.get(known.operations, operation.taken.protocol, {})

# The method under which it is in the data.
listed := method if {
	of_protocol[method]
} else := "*"

here := object.get(of_protocol, listed, [])

matching contains at if {
	operation.taken.protocol == "http"
	some at, one in here
	rules.fits(one.folded, operation.taken.folded)
}

matching contains at if {
	operation.taken.protocol != "http"
	some at, one in here
	one.name == operation.taken.path
}

# Places of what no other says more than.
nearest contains at if {
	some at in matching
	every other in object.get(here[at], "narrower", []) { not other in matching }
}

exact contains at if {
	some at in nearest
	is_exact(here[at])
}

is_exact(one) if one.name

is_exact(one) if rules.fits(object.get(one, "exact", one.folded), operation.taken.segments)

is_blocked if {
	some at in nearest
	here[at].blocked
}

# What it is called; what matches exactly comes first.
texts := sort([text_of(here[at]) | some at in exact]) if {
	count(exact) > 0
} else := sort([text_of(here[at]) | some at in nearest])

text_of(one) := one.text if {
	one.rpc
} else := concat(" ", [method, one.text])

text := texts[0] if {
	count(texts) > 0
} else := concat(" ", [method, split(operation.taken.path, "?")[0]])
