# Paths of requests as the callee will take them, or not at all.
package reeve.paths

# The one spelling that a path is compared in, without a query or a slash at the end: its segments, or the problem
# for which it is refused.
taken(raw) := {"problem": problem} if {
	path := split(raw, "?")[0]
	problem := refused(path)
} else := {"problem": "is percent-encoded more than once"} if {
	regex.match(`%25[0-9A-F]{2}`, spelt(split(raw, "?")[0]))
} else := {"problem": problem} if {
	problem := refused_segments(segments(raw))
} else := {"segments": segments(raw)}

segments(raw) := [] if {
	split(raw, "?")[0] == "/"
} else := split(trim_suffix(substring(spelt(split(raw, "?")[0]), 1, -1), "/"), "/")

refused(path) := "does not begin with a slash" if {
	not startswith(path, "/")
} else := "has more than 8192 characters" if {
	count(path) > 4096
	count(path) + count(regex.find_n(`[\x{10000}-\x{10ffff}]`, path, -1)) > 8192
} else := "has a space, a control character or a character beyond ASCII that is not encoded" if {
	regex.match(`[^!-~]`, path)
} else := "has a backslash, a semicolon or a hash" if {
	regex.match(`[\\;#]`, path)
} else := "has a percent sign without two hex digits" if {
	regex.match(`%(?:[^0-9A-Fa-f]|[0-9A-Fa-f](?:[^0-9A-Fa-f]|$)|$)`, path)
} else := "has an encoded slash, backslash or NUL" if {
	regex.match(`%(?:2[Ff]|5[Cc]|00)`, path)
} else := "is percent-encoded more than once" if {
	regex.match(`%25[0-9A-Fa-f]{2}`, path)
} else := "does not decode to UTF-8" if {
	regex.match(`%[89A-Fa-f]`, regex.replace(path, beyond_ascii, "/"))
}

refused_segments(parts) := "has more than 256 segments" if {
	count(parts) > 256
} else := "has an empty segment" if {
	"" in parts
} else := "has a segment of one or two dots" if {
	some part in parts
	part in {".", ".."}
}

# The escapes of one character beyond ASCII (RFC 3629, section 4).
beyond_ascii := concat("", [
	`(?i)%(?:c[2-9a-f]|d[0-9a-f])%[89ab][0-9a-f]|%e0%[ab][0-9a-f]%[89ab][0-9a-f]|`,
	`%e[1-9a-cef]%[89ab][0-9a-f]%[89ab][0-9a-f]|%ed%[89][0-9a-f]%[89ab][0-9a-f]|`,
	`%f0%[9ab][0-9a-f]%[89ab][0-9a-f]%[89ab][0-9a-f]|`,
	`%f[1-3]%[89ab][0-9a-f]%[89ab][0-9a-f]%[89ab][0-9a-f]|`,
	`%f4%8[0-9a-f]%[89ab][0-9a-f]%[89ab][0-9a-f]`,
])

# Escapes of unreserved characters become these characters (RFC 3986, section 6.2.2.2), others upper case.
spelt(path) := path if {
	not contains(path, "%")
} else := concat("", array.concat([parts[0]], unescaped)) if {
	parts := split(path, "%")
	unescaped := [concat("", [character, substring(part, 2, -1)]) |
		some at, part in parts
		at > 0
		code := upper(substring(part, 0, 2))
		character := object.get(unreserved, code, concat("", ["%", code]))
	]
}

unreserved := {
	"2D": "-", "2E": ".", "30": "0", "31": "1", "32": "2", "33": "3", "34": "4", "35": "5",
	"36": "6", "37": "7", "38": "8", "39": "9", "41": "A", "42": "B", "43": "C", "44": "D",
	"45": "E", "46": "F", "47": "G", "48": "H", "49": "I", "4A": "J", "4B": "K", "4C": "L",
	"4D": "M", "4E": "N", "4F": "O", "50": "P", "51": "Q", "52": "R", "53": "S", "54": "T",
	"55": "U", "56": "V", "57": "W", "58": "X", "59": "Y", "5A": "Z", "5F": "_", "61": "a",
	"62": "b", "63": "c", "64": "d", "65": "e", "66": "f", "67": "g", "68": "h", "69": "i",
	"6A": "j", "6B": "k", "6C": "l", "6D": "m", "6E": "n", "6F": "o", "70": "p", "71": "q",
	"72": "r", "73": "s", "74": "t", "75": "u", "76": "v", "77": "w", "78": "x", "79": "y",
	"7A": "z", "7E": "~",
}

# A segment decoded and in lower case; `İ` stays, of which the lower case would be two characters.
folded(segment) := lower(segment) if {
	not contains(segment, "%")
} else := concat("İ", [lower(part) | some part in split(plain, "İ")]) if {
	plain := urlquery.decode(replace(segment, "+", "%2B"))
}
