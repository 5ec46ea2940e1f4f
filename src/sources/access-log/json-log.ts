import { type Fields, isFields } from '../../base/pick.ts';
import type { CredentialSeen } from '../../estate/index.ts';
import { credentialOf } from '../requests/index.ts';
import { JsonEntry } from './json-entry.ts';
import type { DropReason, LoggedRequest } from './logged-request.ts';
import { parseTime } from './time.ts';
import { parseRequestLine, parseStatus } from './tokens.ts';
import { serviceOfCluster } from './upstream-cluster.ts';

/** Lines that are one JSON object each, under any of the names of `JSON_FIELDS`. */
export function parseJsonLog(line: string): LoggedRequest | DropReason {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // The parser's message quotes the line, which may hold anything.
    return 'not a known format';
  }
  return isFields(value) ? requestOf(value) : 'not a known format';
}

/** The request that one object of a log tells of. */
export function requestOf(object: Fields): LoggedRequest | DropReason {
  const entry = new JsonEntry(object);
  const asked = operationOf(entry);
  if (typeof asked === 'string') return asked;
  const time = parseTime(entry.text('time'));
  const service = entry.text('service');
  const credential = credentialIn(entry);
  const route = entry.text('route');
  return {
    ...asked,
    status: parseStatus(entry.text('status')),
    ...(time !== undefined && { time }),
    // Traefik names the provider behind the service.
    ...(service !== undefined && { service: service.replace(/@[\w-]{1,40}$/, '') }),
    ...plainTexts(entry),
    ...serviceOfCluster(entry.text('upstreamCluster')),
    ...(credential !== undefined && { credential }),
    ...(route?.startsWith('/') && { route }),
    ...(isGrpc(entry) && { isGrpc: true }),
  };
}

/** Fields that are taken as they are. */
const PLAIN = [
  'query',
  'namespace',
  'environment',
  'host',
  'userAgent',
  'peer',
  'grpcStatus',
] as const;

function plainTexts(entry: JsonEntry): Partial<Record<(typeof PLAIN)[number], string>> {
  const texts: Partial<Record<(typeof PLAIN)[number], string>> = {};
  for (const field of PLAIN) {
    const text = entry.text(field);
    if (text !== undefined) texts[field] = text;
  }
  return texts;
}

function operationOf(entry: JsonEntry): { method: string; target: string } | DropReason {
  const method = entry.text('method');
  const target = entry.text('target');
  if (method !== undefined && target !== undefined) return { method, target };
  const request = entry.text('request');
  if (request === undefined) return 'not a request';
  return parseRequestLine(request) ?? 'malformed request line';
}

function credentialIn(entry: JsonEntry): CredentialSeen | undefined {
  const isVerified = entry.text('peer') !== undefined || entry.text('clientVerify') === 'SUCCESS';
  if (isVerified) return 'mtls';
  if (entry.text('user') !== undefined) return 'basic';
  return entry.headers && credentialOf(Object.entries(entry.headers));
}

function isGrpc(entry: JsonEntry): boolean {
  return (
    entry.text('grpcStatus') !== undefined ||
    entry.text('contentType')?.startsWith('application/grpc') === true
  );
}
