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

of_protocol := known.operations[operation.taken.protocol]

here := object.get(of_protocol, method, object.get(of_protocol, "*", []))

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

# What no other says more than.
nearest contains here[at] if {
	some at in matching
	every other in object.get(here[at], "narrower", []) { not other in matching }
}

exact contains one if {
	some one in nearest
	is_exact(one)
}

is_exact(one) if one.name

is_exact(one) if rules.fits(exact_of(one), operation.taken.segments)

exact_of(one) := object.get(one, "exact", one.folded)

# What it is called; what matches exactly comes first.
texts := sort([text_of(one) | some one in exact]) if {
	count(exact) > 0
} else := sort([text_of(one) | some one in nearest])

text_of(one) := one.text if {
	one.rpc
} else := concat(" ", [method, one.text])

text := texts[0] if {
	count(texts) > 0
} else := concat(" ", [method, split(operation.taken.path, "?")[0]])
