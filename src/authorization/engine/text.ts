/** Messages may go into headers: what is not printable ASCII is escaped.
 *  @see RFC 9110 §5.5 */
const MAX_MESSAGE_LENGTH = 300;
const MAX_QUOTED_LENGTH = 70;

/** Foreign text in backticks, escaped and cut in the middle: the end of an id or a path says most. */
export function quoteAscii(text: string, maxLength = MAX_QUOTED_LENGTH): string {
  return `\`${shorten(toAscii(shorten(text, 2 * maxLength)), maxLength)}\``;
}

/** A sentence, cut where it is too long. */
export function toMessage(sentence: string): string {
  const ascii = toAscii(sentence, /[^\u0020-\u007e]/g);
  if (ascii.length <= MAX_MESSAGE_LENGTH) return ascii;
  return `${ascii.slice(0, MAX_MESSAGE_LENGTH - 3)}...`;
}

function toAscii(text: string, unsafe = /[^\u0020-\u007e]|`/g): string {
  return text.replace(
    unsafe,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function shorten(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const half = (maxLength - 3) >> 1;
  return `${text.slice(0, half)}...${text.slice(-half)}`;
}
