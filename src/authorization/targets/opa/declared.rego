# What the caller declares of what is asked for, and what guardrails say of it.
package reeve.declared

import data.reeve.known
import data.reeve.operation
import data.reeve.policy
import data.reeve.question
import data.reeve.rules

service := policy.services[question.service]

caller := service.rules[service.callers[question.caller]]

here := object.get(caller.declared.known, [operation.taken.protocol, known.listed], [])

covered := {at | some at in here[_].covers}

# Each that is nearest is covered.
is_nearest_covered if {
	count(known.nearest) > 0
	every at in known.nearest { at in covered }
}

default is_covered := false

is_covered if {
	is_nearest_covered
	count(known.exact) > 0
}

is_covered if {
	count(known.nearest) == 0
	count(beyond) > 0
}

# All but the spelling is declared.
is_spelt_otherwise if {
	is_nearest_covered
	count(known.exact) == 0
}

beyond := [one.at | some one in object.get(caller.declared, "beyond", []); reaches(one)]

reaches(one) if not one.path

reaches(one) if {
	operation.taken.protocol == "http"
	object.get(one, "method", known.method) == known.method
	rules.fits(one.path, operation.taken.segments)
}

# Places of the declarations, in their order.
places := beyond if {
	count(known.nearest) == 0
} else := [one.at |
	some one in here
	some at in one.covers
	at in known.nearest
]

# What counts of what guardrails say; where they say nothing, they were not asked.
default denial := ["asked"]

denial := min(verdicts) if count(verdicts) > 0

verdicts := [verdict |
	some at in asked
	verdict := guarded[at]
]

asked := ["unknown"] if {
	count(known.nearest) == 0
} else := [sprintf("%d", [at]) | some at in known.nearest]

of_protocol := object.get(caller, ["guarded", operation.taken.protocol], {})

guarded := object.get(of_protocol, as_sent, object.get(of_protocol, known.listed, {}))

# What is sent, and what it goes by.
as_sent := sprintf("%s %s", [operation.taken.method, known.method])
