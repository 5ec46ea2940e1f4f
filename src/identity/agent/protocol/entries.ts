import { type Entry, isSelector } from '../../registration/index.ts';
import { parseSpiffeId, parseTrustDomain } from '../../spiffe/index.ts';
import { invalid, type Message, readMessage, writeMessage } from './codec.ts';

const MAX_TTL_SECONDS = 604_800;
const MAX_LIST = 64;

/** Entries as agents get them: what they match and ask for by. Whose services they are, and who registered them,
 *  stays on the server. */
export function writeEntry(entry: Entry): Buffer {
  return writeMessage('Entry', {
    id: entry.id,
    spiffe_id: entry.spiffeId,
    owner: entry.owner ?? '',
    parent: entry.parent ?? '',
    selectors: entry.selectors,
    x509_ttl_seconds: entry.x509TtlSeconds,
    jwt_ttl_seconds: entry.jwtTtlSeconds,
    dns_names: entry.dnsNames,
    federates_with: entry.federatesWith,
    hint: entry.hint,
    expires_at: entry.expiresAt ?? '',
    created_at: entry.createdAt,
  });
}

/** @throws {Fault} `identity/agent-message-invalid`, `identity/id-malformed`, `protobuf/malformed` */
export function readEntry(bytes: Buffer): Entry {
  const read = readMessage('Entry', bytes);
  const { selectors, dns_names: dnsNames, federates_with: federatesWith } = read;
  if (read.id === '') throw invalid('has an entry without an id');
  const isFine =
    selectors.length > 0 &&
    selectors.every(isSelector) &&
    [selectors, dnsNames, federatesWith].every(({ length }) => length <= MAX_LIST);
  if (!isFine) throw invalid('has an entry whose lists are empty, too long or malformed');
  return {
    id: read.id,
    spiffeId: parseSpiffeId(read.spiffe_id).uri,
    owner: read.owner || null,
    parent: read.parent === '' ? null : parseSpiffeId(read.parent).uri,
    selectors,
    x509TtlSeconds: ttlOf(read, 'x509_ttl_seconds'),
    jwtTtlSeconds: ttlOf(read, 'jwt_ttl_seconds'),
    dnsNames,
    federatesWith: federatesWith.map(parseTrustDomain),
    hint: read.hint,
    expiresAt: read.expires_at === '' ? null : timeOf(read, 'expires_at'),
    services: [],
    origin: 'person',
    absentSince: null,
    createdBy: '',
    createdAt: timeOf(read, 'created_at'),
  };
}

function ttlOf(read: Message<'Entry'>, name: 'x509_ttl_seconds' | 'jwt_ttl_seconds'): number {
  const seconds = read[name];
  if (seconds >= 1 && seconds <= MAX_TTL_SECONDS) return seconds;
  throw invalid(`has an entry with ${name} of ${seconds}`);
}

function timeOf(read: Message<'Entry'>, name: 'expires_at' | 'created_at'): string {
  const text = read[name];
  if (Number.isFinite(Date.parse(text))) return text;
  throw invalid(`has an entry whose ${name} is no time`);
}
