import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { Fault, messageOf, quote } from '../base/fault.ts';
import { defaultDataFolder } from '../server/data-folder.ts';

/** How a command reaches a running server. */
export interface ServerFlags {
  readonly server: string;
  readonly data: string;
}

/** Adds the options that every command of a running server has. */
export function withServer(command: Command): Command {
  return command
    .option('--server <url>', 'address of the server', 'http://127.0.0.1:7070')
    .option(
      '--data <dir>',
      'data folder of the server, which holds its token',
      defaultDataFolder(),
    );
}

const TIMEOUT_MS = 30_000;
const MAX_TOKEN_LENGTH = 4_096;

/** Asks a running server as the holder of its token (REEVE_TOKEN, or `admin.token` in the data folder).
 *  @param path with its query, `/api/v1/answers`
 *  @param body sent as JSON
 *  @throws {Fault} `client/unavailable`, `client/unauthenticated`, `client/answer-malformed`, and what the server
 *  answers */
export async function ask<Answer>(
  flags: ServerFlags,
  path: string,
  method = 'GET',
  body?: object,
): Promise<Answer> {
  const response = await request(flags, path, method, body);
  if (response.status === 204) return undefined as Answer;
  try {
    return (await response.json()) as Answer;
  } catch {
    throw noReeve(flags);
  }
}

/** Asks for what is no JSON, as `ask` does. */
export async function askText(flags: ServerFlags, path: string): Promise<string> {
  return (await request(flags, path, 'GET')).text();
}

/** Asks for certificates in PEM, as `ask` does. */
export async function askPem(flags: ServerFlags, path: string): Promise<string> {
  const text = await askText(flags, path);
  if (text.startsWith('-----BEGIN CERTIFICATE-----')) return text;
  throw noReeve(flags);
}

/** Whatever listens at a mistaken port may answer. */
function noReeve({ server }: ServerFlags): Fault {
  const why = `What answers at ${toOrigin(server)} is not Reeve's API`;
  return new Fault('client/answer-malformed', why, { hint: 'name the server with --server' });
}

async function request(
  flags: ServerFlags,
  path: string,
  method: string,
  body?: object,
): Promise<Response> {
  const address = new URL(path, toOrigin(flags.server));
  let response: Response;
  try {
    response = await fetch(address, {
      method,
      headers: {
        authorization: `Bearer ${readToken(flags.data)}`,
        accept: 'application/json',
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (thrown) {
    if (thrown instanceof Fault) throw thrown;
    throw new Fault(
      'client/unavailable',
      `No server answers at ${address.origin}: ${causeOf(thrown)}`,
      {
        hint: 'start one with `reeve up`, or name it with --server',
      },
    );
  }
  if (response.ok) return response;
  throw await toFault(response);
}

function toOrigin(text: string): string {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol)) return url.origin;
  throw new Fault('client/address-malformed', `${quote(text)} is no address of a server`, {
    hint: 'write it as http://127.0.0.1:7070',
  });
}

function readToken(dataFolder: string): string {
  const given = process.env.REEVE_TOKEN;
  if (given) return given.trim().slice(0, MAX_TOKEN_LENGTH);
  const file = join(dataFolder, 'admin.token');
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (thrown) {
    throw new Fault(
      'client/unauthenticated',
      `The token of the server cannot be read: ${messageOf(thrown)}`,
      {
        hint: "name the server's data folder with --data, or set REEVE_TOKEN",
      },
    );
  }
}

/** RFC 9457 problem details, where the server sends them. */
async function toFault(response: Response): Promise<Fault> {
  const problem = (await response.json().catch(() => ({}))) as {
    detail?: string;
    title?: string;
    hint?: string;
  };
  const message = problem.detail ?? problem.title ?? response.statusText;
  const code = response.status === 401 ? 'client/unauthenticated' : 'client/refused';
  const hint =
    problem.hint ??
    (response.status === 401
      ? "name the server's own data folder with --data"
      : problem.detail === undefined
        ? 'this may not be Reeve: name the server with --server'
        : undefined);
  return new Fault(code, `The server answers ${response.status}: ${message}`, hint ? { hint } : {});
}

function causeOf(thrown: unknown): string {
  return thrown instanceof Error && thrown.cause !== undefined
    ? messageOf(thrown.cause)
    : messageOf(thrown);
}
