import { createHash } from 'node:crypto';

/** A user, as `ACL LIST` writes it. */
export interface AclUser {
  readonly name: string;
  readonly isOn: boolean;
  /** Whether any password is taken. */
  readonly isNopass: boolean;
  /** SHA-256 of each password, in hexadecimal. */
  readonly hashes: readonly string[];
  /** What it may do, as `ACL SETUSER` takes it, in order: later ones undo earlier ones. */
  readonly rules: readonly string[];
}

/** What Redis keeps of a password. Passwords are long and drawn by lot, which is what this digest without salt asks for. */
export const hashOf = (password: string): string =>
  createHash('sha256').update(password).digest('hex');

/** Reads a line of `ACL LIST`; undefined: it is none.
 *  @see the documentation of Redis, ACL, “ACL rules” */
export function readUser(line: string): AclUser | undefined {
  const [word, name, ...rest] = words(line);
  if (word !== 'user' || !name) return undefined;
  return {
    name,
    isOn: rest.includes('on'),
    isNopass: rest.includes('nopass'),
    hashes: rest.filter((one) => one.startsWith('#')).map((one) => one.slice(1)),
    rules: rest.filter((one) => !STATES.has(one) && !one.startsWith('#')),
  };
}
/** What is no right: how the user logs in, and what is so for each user that has not the contrary. */
const STATES = new Set(['on', 'off', 'nopass', 'sanitize-payload']);

/** A selector, which stands in parentheses, is one word. No other rule has a space or begins with one. */
function words(line: string): string[] {
  const found: string[] = [];
  let selector: string[] | undefined;
  for (const word of line.split(' ').filter((one) => one !== '')) {
    if (selector === undefined && word.startsWith('(')) selector = [];
    if (selector === undefined) {
      found.push(word);
      continue;
    }
    selector.push(word);
    if (!word.endsWith(')')) continue;
    found.push(selector.join(' '));
    selector = undefined;
  }
  return selector === undefined ? found : [...found, selector.join(' ')];
}

/** Servers write commands that no category has in an order of their own, which is another after each start. Each run of
 *  such commands is sorted; rules of one command, and of categories, keep their order, for later ones undo earlier ones. */
function settled(rules: readonly string[]): string[] {
  const sorted: string[] = [];
  let run: string[] = [];
  const end = () => {
    sorted.push(...run.sort((one, other) => compare(commandOf(one), commandOf(other))));
    run = [];
  };
  for (const rule of rules) {
    if (/^[+-][^@]/.test(rule)) run.push(rule);
    else {
      end();
      sorted.push(rule);
    }
  }
  end();
  return sorted;
}

const commandOf = (rule: string): string => rule.slice(1).split('|')[0] ?? '';
const compare = (one: string, other: string): number => Number(one > other) - Number(one < other);

const settledSelector = (rule: string): string =>
  rule.startsWith('(') ? `(${settled(rule.slice(1, -1).split(' ')).join(' ')})` : rule;

/** What a user may do, in a few words each, without passwords. Commands stay in one piece, for their order counts.
 *  @param known hashes of passwords that are told of nowhere */
export function tellUser(
  { isOn, isNopass, hashes, rules }: AclUser,
  known: readonly string[],
): string[] {
  const isCommand = (rule: string) => /^[+-]/.test(rule);
  const others = hashes.filter((hash) => !known.includes(hash)).length;
  return [
    isOn ? 'on' : 'off',
    ...(isNopass ? ['takes any password'] : []),
    ...(others > 0 ? [`other passwords: ${others}`] : []),
    `commands ${settled(rules.filter(isCommand)).join(' ')}`,
    ...rules.filter((rule) => !isCommand(rule)).map(settledSelector),
  ].sort();
}

/** The numbers and texts of an answer of `INFO`. */
export function readInfo(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\r\n').flatMap((line) => {
      const at = line.indexOf(':');
      return at > 0 && !line.startsWith('#') ? [[line.slice(0, at), line.slice(at + 1)]] : [];
    }),
  );
}

/** How many connections of an answer of `CLIENT LIST` are of a user. */
export function countSessions(text: string, user: string): number {
  return text.split('\n').filter((line) => line.split(' ').includes(`user=${user}`)).length;
}
