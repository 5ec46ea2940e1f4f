/** Whether a text is what a pattern of Cedar's `like` says: `pieces` in order, from the beginning to the end, with
 *  anything between them. One piece: exactly that. Takes time in proportion to the text, and never goes back. */
export function isLike(text: string, pieces: readonly string[]): boolean {
  const [first = '', ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
