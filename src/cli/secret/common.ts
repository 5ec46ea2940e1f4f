import { Fault, quote } from '../../base/fault.ts';
import type { SecretItem, SecretView } from '../../server/http/routes/secrets/views.ts';
import { type AnswerFlags, type ListFlags, readPages } from '../answers.ts';
import { ask, type ServerFlags } from '../client.ts';

export type { SecretItem, SecretView };

/** Where the API of secrets is. */
export const API = '/api/v1/secrets';

/** A path of the API about one secret. */
export const pathOf = (id: string, ...rest: readonly string[]): string =>
  [API, encodeURIComponent(id), ...rest].join('/');

const MOST = 10_000;

/** The id of a secret by its id, or by the end of it, such as its name, where no other ends so.
 *  @throws {Fault} `client/secret-not-found` */
export async function secretNamed(flags: ServerFlags & Partial<AnswerFlags>, text: string) {
  const list: ListFlags = { ...flags, format: 'json', limit: MOST };
  const { items } = await readPages<SecretItem>(list, API, { search: text });
  if (items.some(({ id }) => id === text)) return text;
  const [one, ...others] = items.filter(({ id }) => id.endsWith(`/${text}`));
  if (one && others.length === 0) return one.id;
  const why = one ? 'can mean several secrets' : 'is no secret';
  throw new Fault('client/secret-not-found', `${quote(text, 120)} ${why}`, {
    hint: 'use an id out of `reeve secret list`',
  });
}

/** Asks for something to be done with one. */
export async function change(
  flags: ServerFlags,
  text: string,
  action: string,
  body: object,
): Promise<SecretView> {
  return ask(flags, pathOf(await secretNamed(flags, text), action), 'POST', body);
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** `90s`, `30m`, `24h`, `7d` in seconds.
 *  @throws {Fault} `client/interval-malformed` */
export function toInterval(text: string): number {
  const [, count, unit = ''] = /^([1-9]\d{0,8})([smhd])$/.exec(text) ?? [];
  const seconds = Number(count) * (UNITS[unit] ?? Number.NaN);
  if (Number.isSafeInteger(seconds)) return seconds;
  throw new Fault('client/interval-malformed', `${quote(text)} is no interval`, {
    hint: 'write it as 90s, 30m, 24h or 7d',
  });
}

/** Seconds as people read them: `24h`. */
export function interval(seconds: number): string {
  const [unit, size] = Object.entries(UNITS).findLast(([, one]) => seconds % one === 0) ?? ['s', 1];
  return `${seconds / size}${unit}`;
}
