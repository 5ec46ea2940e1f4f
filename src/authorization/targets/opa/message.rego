# The reason as a sentence, as Reeve says it.
package reeve.message

import data.reeve.engine
import data.reeve.known
import data.reeve.operation
import data.reeve.policy
import data.reeve.question
import data.reeve.rules

sentence := cut(sentences[engine.reason])

sentences["declared"] := sprintf("%s may call %s of %s%s.", [caller, called, callee, where])

sentences["caller-unproved"] := "The caller has not proved who it is."

sentences["caller-unknown"] := sprintf("No service is known by the identity %s.", [quoted(question.caller)])

sentences["service-unknown"] := sprintf("No service %s is known.", [callee])

sentences["operation-malformed"] := sprintf("The %s %s %s.", [problem.what, quoted(problem.given), problem.is]) if {
	problem := operation.problem
}

sentences["call-undeclared"] := sprintf("%s does not declare calls of %s.", [caller, callee])

sentences["operation-undeclared"] := sprintf("%s declares calls of %s, but %s.", [caller, callee, but])

sentences["endpoint-blocked"] := sprintf("%s of %s is blocked for everybody.", [called, callee])

sentences["guardrail-forbids"] := guarded("A guardrail forbids")

sentences["guardrail-failed"] := guarded("A guardrail that looks at the request cannot be asked here, which denies")

guarded(does) := object.get(
	engine.denial, "message",
	sprintf("%s that %s calls %s of %s", [does, caller, called, callee]),
)

caller := quoted(policy.callers[question.caller])

callee := quoted(question.service)

called := quoted(known.text)

where := sprintf(", as declared in %s", [quoted(place)]) if {
	place := min(rules.places(engine.caller.allowed, operation.taken))
} else := ""

# Where all but the spelling is declared.
but := sprintf("only %s, as it is spelt there", [called]) if {
	count(known.nearest) > 0
	count(known.exact) == 0
	every one in known.nearest { is_covered(one) }
} else := sprintf("not %s", [called])

is_covered(one) if {
	some methods in [engine.covered[operation.taken.protocol]]
	some rule in array.concat(object.get(methods, operation.taken.method, []), object.get(methods, "*", []))
	rule.path == known.exact_of(one)
}

is_covered(one) if rules.let_in(engine.covered, object.union(operation.taken, {"segments": spelt(one)}))

# The segments as they are spelt in what is known.
spelt(one) := [object.get(known.exact_of(one), ["texts", sprintf("%d", [at])], segment) |
	some at, segment in operation.taken.segments
]

quoted(text) := concat("", ["`", shortened(regex.replace(shortened(text, 140, 68), "[^ -~]|`", "?"), 70, 33), "`"])

shortened(text, most, _) := text if count(text) <= most

shortened(text, most, half) := concat("...", [
	substring(text, 0, half),
	substring(text, count(text) - half, -1),
]) if {
	count(text) > most
}

cut(text) := text if count(text) <= 300

cut(text) := concat("", [substring(text, 0, 297), "..."]) if count(text) > 300
