# The reason as a sentence, as Reeve says it.
package reeve.message

import data.reeve.declared
import data.reeve.engine
import data.reeve.known
import data.reeve.operation
import data.reeve.policy
import data.reeve.question
import data.reeve.text

sentence := text.sentence(sentences[engine.reason])

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

sentences["guardrail-forbids"] := guarded("forbids")

sentences["guardrail-failed"] := guarded("failed, which denies") if {
	declared.denial[0] == "failed"
} else := sprintf("A guardrail that looks at the request cannot be asked here, which denies that %s calls %s of %s", [caller, called, callee])

guarded(does) := sprintf("Guardrail %s %s that %s calls %s of %s%s", [text.quoted(id, 50), does, text.quoted(whom, 50), called, callee, because]) if {
	[_, id, whom, why] := declared.denial
	because := prefixed(": ", why)
}

prefixed(prefix, given) := concat("", [prefix, given]) if given != ""

prefixed(_, "") := ""

caller := quoted(policy.callers[question.caller])

callee := quoted(question.service)

called := quoted(known.text)

where := sprintf(", as declared in %s", [quoted(declared.places[0])]) if {
	declared.places[0] != ""
} else := ""

# Where all but the spelling is declared.
but := sprintf("only %s, as it is spelt there", [called]) if {
	declared.is_spelt_otherwise
} else := sprintf("not %s", [called])

quoted(given) := text.quoted(given, 70)
