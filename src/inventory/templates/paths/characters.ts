/** What a text is made of. */
export interface Characters {
  readonly length: number;
  readonly digits: number;
  readonly lower: number;
  readonly upper: number;
  /** Letters that are hexadecimal digits. */
  readonly hexLetters: number;
  readonly hyphens: number;
  readonly underscores: number;
  readonly dots: number;
  readonly colons: number;
  /** Neither letter nor digit nor one of the above. */
  readonly others: number;
  readonly vowels: number;
  /** Stretches of one kind: small letters, capitals or digits; a capital and the small letters behind it
   *  are one, as in `getUser`. */
  readonly runs: number;
}

const NONE = 0;
const LOWER = 1;
const UPPER = 2;
const DIGIT = 3;

/** Counts characters by code, in one go. */
export function charactersOf(text: string): Characters {
  let digits = 0;
  let lower = 0;
  let upper = 0;
  let hexLetters = 0;
  let hyphens = 0;
  let underscores = 0;
  let dots = 0;
  let colons = 0;
  let others = 0;
  let vowels = 0;
  let runs = 0;
  let last = NONE;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code >= 97 && code <= 122) {
      lower++;
      if (code <= 102) hexLetters++;
      if (
        code === 97 ||
        code === 101 ||
        code === 105 ||
        code === 111 ||
        code === 117 ||
        code === 121
      ) {
        vowels++;
      }
      if (last !== LOWER && last !== UPPER) runs++;
      last = LOWER;
    } else if (code >= 48 && code <= 57) {
      digits++;
      if (last !== DIGIT) runs++;
      last = DIGIT;
    } else if (code >= 65 && code <= 90) {
      upper++;
      if (code <= 70) hexLetters++;
      if (code === 65 || code === 69 || code === 73 || code === 79 || code === 85) vowels++;
      if (last !== UPPER) runs++;
      last = UPPER;
    } else {
      last = NONE;
      if (code === 45) hyphens++;
      else if (code === 95) underscores++;
      else if (code === 46) dots++;
      else if (code === 58) colons++;
      else others++;
    }
  }
  const length = text.length;
  return {
    length,
    digits,
    lower,
    upper,
    hexLetters,
    hyphens,
    underscores,
    dots,
    colons,
    others,
    vowels,
    runs,
  };
}
