# Whether rules let in an operation.
package reeve.rules

# Rules are by protocol and method; `*` holds those for every method but some.
let_in(rules, operation) if {
	some rule in rules[operation.protocol][operation.method]
	matches(rule, operation)
}

let_in(rules, operation) if {
	some rule in rules[operation.protocol]["*"]
	not operation.method in rule.except_methods
	matches(rule, operation)
}

matches(rule, operation) if {
	operation.protocol == "http"
	fits(rule.path, operation.segments)
	every pattern in object.get(rule, "also", []) { fits(pattern, operation.folded) }
	every pattern in object.get(rule, "except", []) { not fits(pattern, operation.folded) }
}

matches(rule, operation) if {
	operation.protocol != "http"
	rule.name in {operation.path, "**"}
	not operation.path in object.get(rule, "except", [])
}

# Whether a path of so many segments has the texts of a pattern where it has them.
fits(pattern, segments) if {
	count(segments) >= pattern.least
	count(segments) <= pattern.most
	every at, text in object.get(pattern, "texts", {}) { segments[to_number(at)] == text }
	every at, form in object.get(pattern, "forms", {}) { regex.match(form, segments[to_number(at)]) }
}
