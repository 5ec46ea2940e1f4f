import { z } from 'zod';
import { TargetFault } from '../rotation/rotator.ts';

const CLASSES = {
  lower: /[a-z]/,
  upper: /[A-Z]/,
  digit: /[0-9]/,
  other: /[^a-zA-Z0-9]/,
} as const;
const LEAST_BITS = 80;
/** A fair source fails so often once in more than 2^100 passwords that the schema admits. */
const MOST_DRAWS = 20_000;

/** What passwords are made of. The alphabet is plain ASCII without quotes, spaces and backslashes, which consumers would
 *  have to escape, and which servers and drivers normalise in different ways. */
export const PasswordRules = z
  .strictObject({
    length: z.int().min(12).max(128).default(32).describe('Characters of a password'),
    alphabet: z
      .string()
      .max(90)
      .regex(/^[!#-&(-[\]-_a-~]+$/, 'only printable ASCII without quotes, backslash and space')
      .default('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789')
      .describe('Characters that passwords are drawn from, each once'),
    oneOfEach: z
      .array(z.enum(['lower', 'upper', 'digit', 'other']))
      .max(4)
      .default([])
      .describe('Classes of characters of which each password has at least one'),
  })
  .superRefine(({ length, alphabet, oneOfEach }, { addIssue }) => {
    const say = (path: string, message: string) =>
      addIssue({ code: 'custom', path: [path], message });
    if (new Set(alphabet).size < alphabet.length) say('alphabet', 'a character stands there twice');
    if (length * Math.log2(alphabet.length) < LEAST_BITS)
      say('length', `so long a password of this alphabet has less than ${LEAST_BITS} bits`);
    const missing = oneOfEach.find((name) => !CLASSES[name].test(alphabet));
    if (missing !== undefined) say('oneOfEach', `the alphabet has none of the class ${missing}`);
  });
export type PasswordRules = z.infer<typeof PasswordRules>;

/** Draws a password: each that keeps the rules is as likely as any other.
 *  @throws {TargetFault} `invalid`, where the source is not random
 *  @see RFC 4086 */
export function drawPassword(rules: PasswordRules, random: (bytes: number) => Buffer): string {
  // one that lacks a class is drawn again whole: to put a character in would make some likelier
  for (let draws = 0; draws < MOST_DRAWS; draws++) {
    const password = draw(rules, random);
    if (rules.oneOfEach.every((name) => CLASSES[name].test(password))) return password;
  }
  throw new TargetFault('invalid', `No password was found in ${MOST_DRAWS} draws`);
}

function draw({ length, alphabet }: PasswordRules, random: (bytes: number) => Buffer): string {
  // a byte beyond the last whole multiple would make the first characters likelier
  const fair = 256 - (256 % alphabet.length);
  let password = '';
  for (let draws = 0; password.length < length && draws < MOST_DRAWS; draws++) {
    for (const byte of random(length)) {
      if (byte < fair && password.length < length) password += alphabet[byte % alphabet.length];
    }
  }
  if (password.length < length) throw new TargetFault('invalid', 'The source is not random');
  return password;
}
