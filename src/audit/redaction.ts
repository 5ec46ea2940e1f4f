import { redacted } from '../base/redact.ts';

/** Longest text that an entry holds. */
const MAX_TEXT = 2_048;

const SECRET_NAME =
  '(?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)';

/** What gives a secret away, with what is left of it. All are linear: no repetition can take over
 *  what the one beside it has taken. */
const SIGNS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*$/, '…'],
  // RFC 7519, and headers that carry credentials (RFC 9110 §11.6.2)
  [/\beyJ[\w-]{6,}\.[\w-]{6,}(?:\.[\w-]*)?/g, '…'],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{16,}/gi, '$1 …'],
  // prefixes by which providers mark their keys
  [
    /\b(?:gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|[sr]k_(?:live|test)_|npm_|rv[kp]_|hv[sb]\.|reeve_join_)[\w.-]{8,}/g,
    '…',
  ],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, '…'],
  [new RegExp(`(${SECRET_NAME}["']?\\s{0,4}[:=]\\s{0,4})["']?[^\\s"',;]{1,512}`, 'gi'), '$1…'],
  // `the password is …`: what follows is a word of the language unless a digit is in it
  [new RegExp(`(${SECRET_NAME} is )["']?(?=[^\\s\\d]{0,64}\\d)[^\\s"',;]{1,512}`, 'gi'), '$1…'],
];

/** A text without what looks like a secret, cut to what an entry holds. People write reasons, and paste
 *  what they have at hand. */
export function withoutSecrets(text: string): string {
  let clean = redacted(text.slice(0, 2 * MAX_TEXT));
  for (const [sign, left] of SIGNS) clean = clean.replace(sign, left);
  return clean.length > MAX_TEXT ? `${clean.slice(0, MAX_TEXT - 1)}…` : clean;
}
