/** The text of which OPA takes the hash of a file of JSON: no spaces, members by the bytes of their names, and texts as
 *  Go writes them, which escapes the two line separators of Unicode and nothing more than JSON must. Numbers must be
 *  whole and safe.
 *  @see OPA documentation, "Bundles", Signature Format */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) return canonicalObject(value);
  return typeof value === 'string' ? canonicalText(value) : JSON.stringify(value);
}

function canonicalObject(value: object): string {
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => ({ name: Buffer.from(name), text: canonicalMember(name, member) }))
    .sort((a, b) => Buffer.compare(a.name, b.name));
  return `{${members.map(({ text }) => text).join(',')}}`;
}

const canonicalMember = (name: string, value: unknown): string =>
  `${canonicalText(name)}:${canonicalJson(value)}`;

const canonicalText = (text: string): string =>
  JSON.stringify(text.toWellFormed())
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
