# What is asked: the input of Reeve's SDK, or that of Envoy's plugin. What is missing, or no text, is empty.
package reeve.question

import data.reeve.policy

of_envoy if {
	_ := input.attributes
}

http := input.attributes.request.http

# Who has proved to call.
default caller := ""

caller := input.caller.spiffe_id if {
	not of_envoy
	is_string(input.caller.spiffe_id)
	input.caller.proof in {"mtls", "jwt", "token"}
}

# Envoy has verified the certificates of both ends.
caller := input.attributes.source.principal if {
	of_envoy
	is_string(input.attributes.source.principal)
}

default called := ""

called := input.service if {
	not of_envoy
	is_string(input.service)
}

called := input.attributes.destination.principal if {
	of_envoy
	is_string(input.attributes.destination.principal)
}

# The id of what is called.
service := object.get(policy.names, called, called)

default protocol := "http"

protocol := input.protocol if {
	not of_envoy
	input.protocol in {"graphql", "event"}
}

default method := ""

method := input.method if {
	not of_envoy
	is_string(input.method)
	not of_other_protocol
}

method := http.method if {
	of_envoy
	is_string(http.method)
}

of_other_protocol if {
	is_string(input.protocol)
	not input.protocol in {"", "http", "grpc", "graphql", "event"}
}

default path := ""

path := input.path if {
	not of_envoy
	is_string(input.path)
}

path := http.path if {
	of_envoy
	is_string(http.path)
}
