/** A value of JSON; members that are undefined are left out. */
type Value = unknown;

/** A document of YAML in blocks, of a value of JSON. Strings are quoted wherever a reader of any version might take them
 *  for something else. Estates come to hundreds of megabytes of objects, for which a writer of all of YAML takes several
 *  times as long.
 *  @see https://yaml.org/spec/1.2.2/ */
export function toYaml(value: Value): string {
  return `${after(value, '')}\n`;
}

/** What stands behind `- `, or begins a document; further lines begin with `indent`. */
function after(value: Value, indent: string): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return value.map((item) => `- ${after(item, `${indent}  `)}`).join(`\n${indent}`);
  }
  if (typeof value !== 'object' || value === null) return scalar(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  if (members.length === 0) return '{}';
  return members
    .map(([key, member]) => `${scalar(key)}:${below(member, indent)}`)
    .join(`\n${indent}`);
}

/** What stands behind `key:`, where what has parts begins a line. */
function below(value: Value, indent: string): string {
  const inner = `${indent}  `;
  const text = after(value, inner);
  const isFlat = typeof value !== 'object' || value === null || text === '[]' || text === '{}';
  return isFlat ? ` ${text}` : `\n${inner}${text}`;
}

/** What no reader takes for anything but a string, unless it is one of the words. */
const PLAIN = /^[A-Za-z/][\w./-]*(?::[\w./-]+)*$/;
const WORDS = /^(?:true|false|null|yes|no|on|off|y|n)$/i;
const PRINTABLE = /^[\x20-\x7e]*$/;

function scalar(value: Value): string {
  if (typeof value !== 'string') return JSON.stringify(value) ?? 'null';
  if (PLAIN.test(value) && !WORDS.test(value)) return value;
  return PRINTABLE.test(value) ? `'${value.replaceAll("'", "''")}'` : JSON.stringify(value);
}
