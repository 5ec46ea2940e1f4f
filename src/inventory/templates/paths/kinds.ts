import { type Characters, charactersOf } from './characters.ts';

/** Kinds of values that are told by their look alone. `any` is what is left of names that were too many. */
export type Kind =
  | 'integer'
  | 'number'
  | 'date'
  | 'uuid'
  | 'ulid'
  | 'hex'
  | 'prefixed'
  | 'opaque'
  | 'token'
  | 'jwt'
  | 'email'
  | 'handle'
  | 'list'
  | 'range'
  | 'urn'
  | 'text'
  | 'long'
  | 'any';

/** Kinds that may be secrets or personal data: none of their values is kept. */
export const UNKEPT: ReadonlySet<string> = new Set<Kind>(['token', 'jwt', 'email', 'long']);

/** From here on a random text may be a credential rather than an identifier. */
const TOKEN_LENGTH = 40;
const SECRET =
  /^(?:sk|rk|pk|whsec|ghp|gho|ghs|ghu|glpat|github_pat|xox[a-z]|npm|hvs|shpat)[_-]|^AKIA[0-9A-Z]{12}/;
const DATE =
  /^(?:1[89]|2[01])\d\d-(?:(?:0[1-9]|1[0-2])(?:-[0-3]\d(?:[T_ +-][0-2]\d[:.-]?[0-5]\d(?:[:.-]?[0-5]\d)?(?:\.\d{1,9})?(?:Z|[+-][0-2]\d:?[0-5]\d)?)?)?|W[0-5]\d|Q[1-4])$|^(?:1[89]|2[01])\d{6}T\d{4,6}Z?$|^[0-2]\d:[0-5]\d(?::[0-5]\d)?$/i;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const ULID = /^[0-9A-HJKMNP-TV-Z]{26}$/;
const NUMBER = /^[+-]?\d+(?:[._-]\d+)*$/;
const PREFIXED = /^[A-Za-z]{1,10}(?:_(?:live|test))?[-_]([A-Za-z0-9]+(?:-[0-9a-fA-F-]+)?)$/;

/** The kind of a value without suffix, or undefined for what may be a literal. Versions (`v1`) and words
 *  are never of a kind. */
export function kindOf(text: string, seen: Characters = charactersOf(text)): Kind | undefined {
  const { length, digits, others, hexLetters, lower, upper } = seen;
  if (digits === length) return 'integer';
  const letters = lower + upper;
  if (digits > 0) {
    if (letters === 0 && NUMBER.test(text) && !DATE.test(text)) return 'number';
    if (digits >= 4 && DATE.test(text)) return 'date';
    if (length === 36 && seen.hyphens === 4 && UUID.test(text)) return 'uuid';
  }
  if (others > 0 || seen.colons > 0) return undefined;
  if (digits + letters === length) {
    if (length === 26 && lower === 0 && digits >= 2 && ULID.test(text)) return 'ulid';
    if (
      digits + hexLetters === length &&
      length >= 7 &&
      digits >= 2 &&
      (lower === 0 || upper === 0)
    ) {
      return length >= TOKEN_LENGTH + 1 ? 'token' : 'hex';
    }
  }
  if (digits >= 2 && SECRET.test(text) && length >= 16) return 'token';
  if (isRandom(seen)) return length >= TOKEN_LENGTH ? 'token' : 'opaque';
  return digits > 0 && isPrefixed(text) ? 'prefixed' : undefined;
}

/** Words have more vowels than this. */
const MAX_VOWELS = 0.2;

/** Letters and digits change far more often than in words, even in `camelCaseWords2`. */
function isRandom({
  length,
  digits,
  lower,
  upper,
  runs,
  hyphens,
  underscores,
  dots,
  vowels,
}: Characters): boolean {
  const solid = digits + lower + upper;
  if (length < 6 || dots > 0 || solid < length - 3) return false;
  const isMixed = lower > 0 && upper > 0;
  if (isMixed) {
    if (digits === 0) return length >= 8 && runs >= 5 && runs >= 0.5 * solid;
    const enough = digits >= 2 ? 0.3 : 0.4;
    return length >= 8 && runs >= 4 && runs >= enough * solid;
  }
  if (digits > 0 && runs >= 3 && solid >= 9 && vowels <= MAX_VOWELS * (lower + upper)) return true;
  if (hyphens + underscores > 0) return runs >= 5 && runs >= 0.45 * solid && digits >= 3;
  return digits >= 2 && runs >= 4 && runs >= 0.34 * solid;
}

/** `cus_9s6XKzkNRiz8i3`, `ORD-20931`, `file-3f0c…` */
function isPrefixed(text: string): boolean {
  const rest = PREFIXED.exec(text)?.[1];
  if (rest === undefined) return false;
  const seen = charactersOf(rest);
  if (seen.digits === rest.length) return rest.length >= 4;
  if (rest.length < 6) return false;
  if (kindOf(rest, seen) !== undefined) return true;
  const { digits, lower, upper, runs } = seen;
  return digits > 0 && upper > 0 && rest.length >= 8 && (lower === 0 ? runs >= 2 : runs >= 4);
}
