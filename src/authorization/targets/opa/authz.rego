# Whether a call is allowed, as Reeve decides it: ask for `reeve/authz/allow` or `reeve/authz/decision`.
package reeve.authz

import data.reeve.engine
import data.reeve.message

default allow := false

allow := engine.is_let_through

# `allow`: whether to let it through. `allowed`: what the policy says; in mode `shadow` what it denies is let through.
decision := {
	"allow": engine.is_let_through,
	"allowed": engine.is_allowed,
	"mode": engine.mode,
	"reason": engine.reason,
	"message": message.sentence,
}
