/** A canonical path, or part of one, as it is compared without regard to case: decoded and in lower case. Lengths
 *  do not change where the case does, so that every character stands for itself. */
export function fold(text: string): string {
  if (!text.includes('%')) return text.toLowerCase();
  return Array.from(decodeURIComponent(text), foldCharacter).join('');
}

/** One character in lower case; itself where that would be several. */
function foldCharacter(character: string): string {
  const lower = character.toLowerCase();
  return lower.length === character.length ? lower : character;
}
