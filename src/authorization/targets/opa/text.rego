# Texts as they may go into headers: printable ASCII of a bounded length.
package reeve.text

# Foreign text in backticks, cut in the middle: the end of an id or a path says most.
quoted(text, most) := concat("", ["`", shortened(escaped(text, "`", 2 * most), most), "`"])

# A sentence, cut where it is too long.
sentence(text) := cut(escaped(text, "", 2 * count(text)))

cut(text) := text if count(text) <= 300

cut(text) := concat("", [substring(text, 0, 297), "..."]) if count(text) > 300

shortened(text, most) := text if count(text) <= most

shortened(text, most) := concat("...", [substring(text, 0, half), substring(text, count(text) - half, -1)]) if {
	count(text) > most
	half := floor((most - 3) / 2)
}

# Without characters beyond printable ASCII, and those of `others`; before that, `most` units of UTF-16 are left of it.
escaped(text, others, most) := text if {
	not is_unsafe(text, others)
} else := concat("", within(units, most)) if {
	units := [unit | some character in split(text, ""); some unit in units_of(character, others)]
}

within(units, most) := units if count(units) <= most

within(units, most) := array.concat(array.slice(units, 0, half), array.concat(["..."], end)) if {
	count(units) > most
	half := floor((most - 3) / 2)
	end := array.slice(units, count(units) - half, count(units))
}

is_unsafe(text, _) if regex.match(`[^ -~]`, text)

is_unsafe(text, others) if {
	others != ""
	contains(text, others)
}

units_of(character, others) := [character] if {
	not is_unsafe(character, others)
} else := [unit(code)] if {
	code := code_of(character)
	code < 65536
} else := [unit(55296 + bits.rsh(above, 10)), unit(56320 + bits.and(above, 1023))] if {
	above := code_of(character) - 65536
}

unit(code) := sprintf(`\u%04x`, [code])

# The number of a character, which Go writes in hexadecimal digits: `"\U0001f600"`.
code_of(character) := numbers[character]

code_of(character) := sum([value |
	some at, digit in split(digits, "")
	place := (count(digits) - at) - 1
	value := bits.lsh(indexof("0123456789abcdef", digit), 4 * place)
]) if {
	not numbers[character]
	digits := trim_suffix(substring(sprintf("%+q", [character]), 3, -1), `"`)
}

# What Go writes in another way.
numbers := {
	"\u0007": 7, "\b": 8, "\t": 9, "\n": 10, "\u000b": 11, "\f": 12, "\r": 13, "`": 96,
}
