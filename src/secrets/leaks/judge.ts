import type { Candidate } from './candidates.ts';
import { kindOf } from './kinds.ts';
import type { Confidence, Match, Syntax } from './match.ts';
import { type SecretClass, secretClassOf, wordsOf } from './names.ts';
import {
  fallbackOf,
  isExpression,
  isPlaceholder,
  isReference,
  isSentence,
} from './placeholders.ts';
import { characterClasses, isCommon, isPattern, isRandom, isWordlike } from './strength.ts';

/** Where a value stands decides how much it has to prove: what is assigned in configuration is used
 *  as it stands; in code a word is more often an identifier; documents are full of examples. */
type Ground = 'configuration' | 'settings' | 'code' | 'docs';

const GROUNDS: Readonly<Record<Syntax, Ground>> = {
  env: 'settings',
  shell: 'settings',
  dockerfile: 'settings',
  properties: 'configuration',
  yaml: 'configuration',
  json: 'configuration',
  xml: 'configuration',
  sql: 'code',
  code: 'code',
  docs: 'docs',
};

/** Where `password: "password"` more often maps a field to its name than sets a poor password. */
const NAMES_FIELDS: ReadonlySet<Syntax> = new Set(['json', 'code', 'docs']);

/** Says whether a candidate is a credential, and what kind. `nearby` is text around it, which may tell
 *  what it opens. */
export function judgeCandidate(
  text: string,
  candidate: Candidate,
  syntax: Syntax,
  nearby = text.slice(Math.max(0, candidate.start - 400), candidate.end + 400),
): Match | undefined {
  const { name, form, quoted } = candidate;
  const found = secretClassOf(name);
  let { start, end } = candidate;
  let value = text.slice(start, end);
  const fallback = fallbackOf(value);
  if (fallback !== undefined) {
    start += value.indexOf(fallback);
    end = start + fallback.length;
    value = fallback;
  }
  const unquoted = /^(["'])([^"']*)\1$/.exec(value)?.[2];
  if (unquoted !== undefined) {
    start += 1;
    end -= 1;
    value = unquoted;
  }
  if (found === undefined || (!quoted && isExpression(value))) return undefined;
  if (isUnfinished(text, end, quoted)) return undefined;
  if (NAMES_FIELDS.has(syntax) && form !== 'call' && isOwnName(name, value)) return undefined;
  const ground = form === 'comparison' ? 'docs' : groundOf(candidate, syntax);
  const confidence = judgeValue(name, value, found, ground);
  if (confidence === undefined) return undefined;
  return {
    kind: isHash(value) ? 'password-hash' : kindOf(name, found, nearby),
    start,
    end,
    name,
    rule: `generic/${found}`,
    confidence,
    encoding: value.includes('\\') && quoted ? 'escaped' : 'plain',
    ...(form === 'option' && { argument: true }),
  };
}

/** As crypt(3) and LDAP write them: it has to be guessed before it opens anything. */
function isHash(value: string): boolean {
  return /^(?:\{\w{2,12}\})?\$(?:2[abxy]|argon2\w{1,2}|[156y]|P|apr1|scrypt|pbkdf2[\w-]*)\$/.test(
    value,
  );
}

function groundOf({ form, name }: Candidate, syntax: Syntax): Ground {
  if (form === 'fallback' || form === 'option')
    return GROUNDS[syntax] === 'docs' ? 'docs' : 'settings';
  if (form === 'arguments') return 'docs';
  if (form === 'conversion' || form === 'call') return 'settings';
  if (form === 'default') return /^[A-Z][A-Z0-9_]+$/.test(name) ? 'settings' : 'configuration';
  return GROUNDS[syntax];
}

/** `"Basic " + token`: the literal is only a part. */
function isUnfinished(text: string, end: number, quoted: boolean): boolean {
  return quoted && /^["'`]\s{0,4}(?:\+(?!\+)|\.\s|%\s)/.test(text.slice(end, end + 8));
}

/** Judges a value that is known to be what `name` is set to. */
export function judgeValue(
  name: string,
  value: string,
  found: SecretClass,
  ground: Ground,
): Confidence | undefined {
  const plain = value.trim();
  if (plain.length < 3 || plain.length > 4_096) return undefined;
  if (isReference(plain) || isPlaceholder(plain) || isSentence(plain)) return undefined;
  return CLASSES[found](plain, ground, name);
}

type Judge = (value: string, ground: Ground, name: string) => Confidence | undefined;

const CLASSES: Readonly<Record<SecretClass, Judge>> = {
  password: judgePassword,
  secret: (value, ground, name) => judgeSecret(value, ground, name, 6),
  'api-key': (value, ground, name) => judgeSecret(value, ground, name, 8),
  token: judgeToken,
  key: (value) => (isRandom(value, 20) && characterClasses(value) >= 2 ? 'medium' : undefined),
};

/** A password can be any word; in code, words are more often something else. */
function judgePassword(value: string, ground: Ground): Confidence | undefined {
  if (/\s/.test(value)) return ground !== 'docs' && isRandom(value, 12) ? 'medium' : undefined;
  if (isRandom(value, 10)) return 'high';
  switch (ground) {
    case 'settings':
    case 'configuration':
      // `"ChangePassword": "iam:ChangePassword"` in a table of names.
      if (/^[A-Za-z-]+[:.][A-Za-z]*(?:password|passwd)$/i.test(value)) return undefined;
      return value.length > 3 || isCommon(value) ? 'medium' : undefined;
    case 'code':
      if (isIdentifierOfSecret(value)) return undefined;
      if (characterClasses(value) >= 2 && value.length >= 4 && !isIdentifier(value))
        return 'medium';
      return isCommon(value) || /^[a-z]{6,20}$/.test(value) ? 'low' : undefined;
    case 'docs':
      return characterClasses(value) >= 3 && value.length >= 8 && !isWordlike(value)
        ? 'low'
        : undefined;
  }
}

/** Secrets are named like Kubernetes Secrets and like translation keys, so words prove nothing outside
 *  of settings. */
function judgeSecret(
  value: string,
  ground: Ground,
  name: string,
  minLength: number,
): Confidence | undefined {
  if (isRandom(value, 16)) return ground === 'docs' && value.length < 20 ? undefined : 'high';
  if (/\s/.test(value) || value.length < minLength || isPattern(value)) return undefined;
  const isPlainWords = isWordlike(value) || /^[A-Za-z]+$/.test(value);
  if (ground === 'docs') return undefined;
  if (!isPlainWords && characterClasses(value) >= 2 && !isIdentifier(value)) return 'medium';
  const isUpper = /^[A-Z0-9_]+$/.test(name);
  const speaks = /secret|key$/i.test(name) && !/^[a-z]+(?:-[a-z0-9]+)+$/.test(value);
  return (ground === 'settings' || isUpper) && speaks && ground !== 'code' && value.length >= 8
    ? 'low'
    : ground === 'configuration' &&
        speaks &&
        /^[a-z]+[A-Za-z]*$/.test(value) &&
        wordsOf(name).length > 1
      ? 'low'
      : undefined;
}

function judgeToken(value: string, ground: Ground): Confidence | undefined {
  if (isRandom(value, ground === 'docs' ? 24 : 16)) return 'high';
  if (/\s/.test(value) || value.length < 8 || isPattern(value) || isWordlike(value))
    return undefined;
  return (ground === 'settings' || ground === 'configuration') &&
    /\d/.test(value) &&
    /[A-Za-z]/.test(value) &&
    !isIdentifier(value)
    ? 'medium'
    : undefined;
}

/** `access_token`, `user.password`, `AUTH_TOKEN_V2`: what code calls things. */
function isIdentifier(value: string): boolean {
  return (
    /^[A-Za-z_$][A-Za-z_$]*(?:[._:/-][A-Za-z_$]+)+\d?$/.test(value) ||
    /^[a-z]+(?:[A-Z][a-z]+)+$/.test(value) ||
    /^[A-Z][A-Z_]+$/.test(value)
  );
}

/** Words of secrets and nothing else: `newPassword`, `auth-token`. */
function isIdentifierOfSecret(value: string): boolean {
  return (
    /^[A-Za-z_.\-[\]:#]+$/.test(value) &&
    /pass|pwd|secret|token|auth|credential|key/i.test(value) &&
    !isCommon(value.replace(/^(?:password|passwd|pwd|pass|secret|token|key)$/i, ''))
  );
}

/** `password: password` says what a field is called. */
function isOwnName(name: string, value: string): boolean {
  const last = (text: string): string => wordsOf(text).join('');
  return last(name) === last(value) && !/\d/.test(value);
}
