/** From this length on, a part of a string holds on to the whole string that it was cut from. */
const MIN_SLICED = 13;

/** The same text in memory of its own, so that to keep a segment does not keep its whole path. */
export function ownText(text: string): string {
  if (text.length < MIN_SLICED) return text;
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) > 0xff) return Buffer.from(text, 'utf16le').toString('utf16le');
  }
  return Buffer.from(text, 'latin1').toString('latin1');
}
