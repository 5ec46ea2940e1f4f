# The operation that is asked for, as it is taken, or the problem for which it is not.
package reeve.operation

import data.reeve.paths
import data.reeve.question

problem := {
	"what": "path",
	"given": split(question.path, "?")[0],
	"is": path.problem,
} if {
	question.protocol == "http"
} else := {
	"what": "method",
	"given": question.method,
	"is": "is not 1 to 32 upper-case letters, digits, `-` or `_`",
} if {
	question.protocol == "http"
	not regex.match(`^[A-Z][A-Z0-9_-]{0,31}$`, question.method)
}

path := paths.taken(question.path)

taken := {
	"protocol": question.protocol,
	"method": question.method,
	"path": question.path,
} if {
	question.protocol != "http"
} else := {
	"protocol": "http",
	"method": question.method,
	"path": concat("", ["/", concat("/", path.segments)]),
	"segments": path.segments,
	"folded": [paths.folded(segment) | some segment in path.segments],
} if {
	not problem
}
