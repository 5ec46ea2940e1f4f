import { detectValue } from './detect.ts';
import { kindOf } from './kinds.ts';
import type { Match } from './match.ts';
import { isCompanionName, secretClassOf } from './names.ts';
import { fallbackOf, isPlaceholder, isReference } from './placeholders.ts';

const PUBLIC =
  /-----BEGIN (?:CERTIFICATE|TRUSTED CERTIFICATE|(?:RSA |EC )?PUBLIC KEY|PGP PUBLIC)|^(?:ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-\S+) /;

/** The credentials in one entry of a Kubernetes Secret, given its decoded value. What was put in a
 *  Secret was meant to be secret, so its value has nothing to prove; user names, addresses and
 *  certificates often lie beside it and open nothing. */
export function judgeSecretEntry(key: string, plain: string): readonly Match[] {
  const value = plain.trim();
  if (value === '' || isPlaceholder(value)) return [];
  const matches = detectValue(key, plain);
  if (matches.length > 0) return matches.map((match) => ({ ...match, name: key }));
  if (PUBLIC.test(value) || isCompanionName(key) || isTextFile(key, value)) return [];
  if (isReference(value) && fallbackOf(value) === undefined && !value.startsWith('/')) return [];
  return [
    {
      kind: kindOf(key, secretClassOf(key) ?? 'secret'),
      start: 0,
      end: plain.length,
      name: key,
      rule: 'kubernetes/secret',
      confidence: 'medium',
      encoding: 'plain',
    },
  ];
}

/** Configuration of several lines in which nothing was found. */
function isTextFile(key: string, value: string): boolean {
  return (
    value.includes('\n') &&
    (/\.\w{1,10}$/.test(key) || value.split('\n').length > 3) &&
    !/key|secret|pass|token/i.test(key)
  );
}
