/** Cedar's text for strings, entities and patterns.
 *  @see https://docs.cedarpolicy.com/policies/syntax-grammar.html */

export function stringText(text: string): string {
  const escaped = text.toWellFormed().replace(/["\\]|\p{Cc}/gu, escapeCharacter);
  return `"${escaped}"`;
}

function escapeCharacter(character: string): string {
  if (character === '"' || character === '\\') return `\\${character}`;
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

export function entityText(type: string, id: string): string {
  return `${type}::${stringText(id)}`;
}

/** A pattern of `like`: texts, with anything between them. */
export function patternText(texts: readonly string[]): string {
  const parts = texts.map((text) => stringText(text).slice(1, -1).replaceAll('*', '\\*'));
  return `"${parts.join('*')}"`;
}

/** A policy on lines of its own. */
export function policyText(
  annotations: Readonly<Record<string, string>>,
  effect: 'permit' | 'forbid',
  scope: { readonly principal?: string; readonly resource?: string },
  conditions: readonly string[],
): string {
  const notes = Object.entries(annotations).map(
    ([name, text]) => `@${name}(${stringText(text)})\n`,
  );
  const who = scope.principal === undefined ? 'principal' : `principal == ${scope.principal}`;
  const what = scope.resource === undefined ? 'resource' : `resource ${scope.resource}`;
  const when = conditions.map((condition) => `\nwhen { ${condition} }`).join('');
  return `${notes.join('')}${effect} (${who}, action, ${what})${when};\n`;
}
