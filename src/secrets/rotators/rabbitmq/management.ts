import type { Agent, IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { listAt, textAt } from '../../../base/pick.ts';
import type { RotatorContext } from '../../rotation/rotator.ts';
import { tlsOptions, whileAllowed } from '../network.ts';
import { managementOf, type RabbitmqServer } from './config.ts';
import { ApiError } from './faults.ts';

const MAX_BYTES = 8 * 1_048_576;

/** What a connection needs to know of a step. */
export type Step = Pick<RotatorContext<RabbitmqServer>, 'config' | 'signal'>;

export interface Credential {
  readonly username: string;
  readonly password: string;
}

/** One request of the HTTP API.
 *  @param path its parts, as they are
 *  @returns undefined: there is no such thing
 *  @throws {ApiError} where it is not done */
export type Call = (
  method: 'GET' | 'PUT' | 'DELETE',
  path: readonly string[],
  body?: object,
) => Promise<unknown>;

/** Lets `use` call the HTTP API, and ends the connection. Follows no redirection, so that a password goes nowhere else.
 *  @throws {ApiError} and what Node throws */
export async function withManagement<T>(
  { config, signal }: Step,
  { username, password }: Credential,
  use: (call: Call) => Promise<T>,
): Promise<T> {
  const { host, port, ...proof } = managementOf(config);
  const tls = tlsOptions({ host, ...proof });
  // what is not used is not loaded
  const http = process.getBuiltinModule('node:http');
  const { request, Agent } = tls === false ? http : process.getBuiltinModule('node:https');
  const agent: Agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const call: Call = async (method, path, body) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const limits = [AbortSignal.timeout(config.requestSeconds * 1_000), signal];
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const sending = request(
      {
        ...(tls === false ? {} : tls),
        ...{ host, port, method, agent, signal: AbortSignal.any(limits) },
        path: `/api/${path.map(encodeURIComponent).join('/')}`,
        headers: {
          ...{ authorization, 'content-type': 'application/json', 'x-reason': 'revoked by Reeve' },
          'content-length': String(Buffer.byteLength(text)),
        },
      },
      resolve,
    );
    sending.on('error', reject).end(text);
    return read(await promise, method);
  };
  try {
    return await whileAllowed(
      signal,
      () => agent.destroy(),
      () => use(call),
    );
  } finally {
    agent.destroy();
  }
}

/** Has the broker end the sessions of a user. It may answer that it has a fault where one of them ends by itself meanwhile:
 *  whether any is left is to be asked afterwards.
 *  @throws {ApiError} where it refuses */
export async function endSessionsOf(call: Call, username: string): Promise<void> {
  try {
    await call('DELETE', ['connections', 'username', username]);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status < 500) throw error;
  }
}

/** Milliseconds between looks at sessions that the broker lists and tells nothing of: together twice the five seconds
 *  in which it collects what it tells. */
const LOOKS = [250, 750, 2_000, 3_000, 4_000];

/** How many sessions a user has. The broker lists them by user at once, and may go on to list some that have ended: it
 *  notes the beginning and the end of a session in processes of their own, of which the second may be the first to be
 *  done. What it tells of one by its name is right, and some seconds late. So what stays in the list, and is never told
 *  of, has ended.
 *  @param signal ends the wait
 *  @see rabbit_connection_tracking:update_tracked/1 of RabbitMQ 3.10 */
export async function countSessionsOf(
  call: Call,
  username: string,
  { signal, looks = LOOKS }: { readonly signal: AbortSignal; readonly looks?: readonly number[] },
): Promise<number> {
  let names = await listSessions(call, username);
  for (const pauseMs of looks) {
    if (names.length === 0 || (await isAnyOpen(call, names))) return names.length;
    await sleep(pauseMs, undefined, { signal });
    const later = await listSessions(call, username);
    if (later.some((name) => !names.includes(name))) return later.length;
    names = later;
  }
  return (await isAnyOpen(call, names)) ? names.length : 0;
}

async function listSessions(call: Call, username: string): Promise<readonly string[]> {
  const sessions = listAt(await call('GET', ['connections', 'username', username]));
  return sessions.map((session) => textAt(session, 'name') ?? '');
}

async function isAnyOpen(call: Call, names: readonly string[]): Promise<boolean> {
  for (const name of names) {
    if ((await call('GET', ['connections', name])) !== undefined) return true;
  }
  return false;
}

async function read(answer: IncomingMessage, method: string): Promise<unknown> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BYTES) throw new ApiError(answer.statusCode ?? 0, undefined);
    parts.push(part);
  }
  const status = answer.statusCode ?? 0;
  const body = parse(Buffer.concat(parts).toString('utf8'));
  if (status === 404) {
    // whatever answers says that it does not know the path; RabbitMQ says so in JSON
    if (typeof body === 'object') return undefined;
    throw new ApiError(200, undefined);
  }
  if (status < 200 || status > 299) throw new ApiError(status, body);
  if (method === 'GET' && typeof body !== 'object') throw new ApiError(status, undefined);
  return body ?? {};
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
