/** Words that YAML takes for something else than text, and what begins with a sign of its own. */
const SPECIAL = /^(?:true|false|null|yes|no|on|off|y|n|~|[-+\d].*|\.(?!\.?\/).*)$/i;
const PLAIN = /^[A-Za-z0-9_./@-]+$/;

/** A text as a scalar of YAML: as it is where that is safe, else in quotes. */
export function scalar(text: string): string {
  return PLAIN.test(text) && !SPECIAL.test(text) && !text.startsWith('@')
    ? text
    : JSON.stringify(text);
}

/** A line of a mapping, two spaces a level. */
export function key(depth: number, name: string, value: string): string {
  return `${'  '.repeat(depth)}${name}: ${scalar(value)}`;
}

export function comment(text: string): string {
  return `# ${text}`;
}
