import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fieldsAt, numberAt, pick, textAt } from '../../base/pick.ts';
import type { KvPlace, SecretValue } from '../model/index.ts';
import { TargetFault } from '../rotation/rotator.ts';
import { faultOf } from './faults.ts';
import { type Answer, ask, type Question } from './request.ts';

/** Where tokens of service accounts are projected for this, each into a folder of its own. It is fixed: whoever writes a
 *  plan cannot have another file of this machine sent to a server of theirs. */
const TOKEN_FOLDER = '/var/run/secrets/reeve.dev';
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;
/** Of the life of a token, in which it is not renewed. */
const FRESH_SHARE = 0.5;

/** What a place is reached with. */
export interface KvAccess {
  readonly place: KvPlace;
  /** Of the secret that Reeve logs in with. */
  readonly admin: SecretValue | undefined;
  readonly signal: AbortSignal;
  /** Another in tests. */
  readonly tokenFolder?: string | undefined;
}

/** Somebody who has logged in. */
export interface KvSession {
  /** @throws {TargetFault} where there is no answer; any status is one */
  ask(question: Omit<Question, 'token'>): Promise<Answer>;
}

/** Logs in, lets `use` work, and gives a token back that was made for it.
 *  @throws {TargetFault} */
export async function withSession<T>(
  access: KvAccess,
  use: (session: KvSession) => Promise<T>,
): Promise<T> {
  const { place, signal } = access;
  const isLent = place.auth.method !== 'token';
  const token = isLent ? await logIn(access) : memberOf(access, 'token');
  const session: KvSession = { ask: (question) => ask(place, { ...question, token }, signal) };
  try {
    if (!isLent) await renew(session);
    return await use(session);
  } finally {
    // one that cannot be given back ends by itself
    if (isLent) await session.ask(GIVE_BACK).catch(() => {});
  }
}

const GIVE_BACK: Question = { method: 'POST', path: 'auth/token/revoke-self', body: {} };

/** One that nobody renews ends between two rotations. Whether it may be renewed is not what the step is about. */
async function renew(session: KvSession): Promise<void> {
  const { body } = await session.ask({ method: 'GET', path: 'auth/token/lookup-self' });
  const [ttl, whole] = [numberAt(body, 'data', 'ttl'), numberAt(body, 'data', 'creation_ttl')];
  if (pick(body, 'data', 'renewable') !== true || ttl === undefined || whole === undefined) return;
  if (ttl >= whole * FRESH_SHARE) return;
  await session.ask({ method: 'POST', path: 'auth/token/renew-self', body: {} });
}

async function logIn(access: KvAccess): Promise<string> {
  const { place, signal } = access;
  const { auth } = place;
  if (auth.method === 'token') throw new TypeError('a token needs no log-in');
  const body =
    auth.method === 'approle'
      ? { role_id: memberOf(access, 'roleId'), secret_id: memberOf(access, 'secretId') }
      : { role: auth.role, jwt: projectedToken(access, auth.token) };
  const question: Question = { method: 'POST', path: `auth/${auth.mount}/login`, body };
  const answer = await ask(place, question, signal);
  const doing = `Logging in at ${new URL(place.url).origin} by ${auth.mount}`;
  const token = textAt(fieldsAt(answer.body, 'auth'), 'client_token');
  if (answer.status === 200 && token !== undefined) return token;
  // how it says that it does not know who asks
  if ([400, 401, 403].includes(answer.status)) {
    const hint = 'see what the admin secret holds, the role, and where the method is mounted';
    throw new TargetFault('denied', `${doing}: it does not let Reeve in`, hint);
  }
  throw faultOf(answer, doing);
}

function memberOf({ admin, place }: KvAccess, name: string): string {
  const text = admin?.[name];
  if (text !== undefined && /^[\x21-\x7e]{1,8192}$/.test(text)) return text;
  throw new TargetFault(
    'denied',
    `The secret that Reeve logs in with at ${new URL(place.url).origin} has no member \`${name}\``,
    'name it as `admin`, and give it such a value',
  );
}

function projectedToken({ tokenFolder = TOKEN_FOLDER }: KvAccess, name: string): string {
  const file = join(tokenFolder, name, 'token');
  const hint = 'project a service account token for OpenBao into the pod of Reeve there';
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch {
    throw new TargetFault('denied', `${file} cannot be read`, hint);
  }
  if (text.length <= 16_384 && JWT.test(text)) return text;
  throw new TargetFault('denied', `${file} holds no token`, hint);
}
