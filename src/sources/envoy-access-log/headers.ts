import type { WireReader } from '../../base/protobuf/index.ts';
import type { CredentialSeen } from '../../estate/index.ts';
import { CONTEXT_HEADERS, type ContextHeader, credentialOf } from '../requests/index.ts';

/** What the headers say that an Envoy was told to log. Their values are looked at and let go. */
export interface HeaderWords {
  /** What the request carries; absent where no header says, which may be because none is logged. */
  readonly credential?: CredentialSeen;
  readonly isGrpc?: boolean;
  /** @see gRPC status codes */
  readonly grpcStatus?: number;
  /** The SPIFFE ID that the nearest proxy before this one says it saw. Anybody may send the header. */
  readonly assertedPeer?: string;
  /** What says which trace the request is part of. */
  readonly context?: Readonly<Partial<Record<ContextHeader, string>>>;
}

export const NO_HEADERS: HeaderWords = {};

const MAX_NAME_BYTES = 64;
/** Enough for a content type, the scheme of a credential and the context of a trace. */
const MAX_VALUE_BYTES = 72;
/** The longest header of all that an Envoy takes, by default. */
const MAX_FORWARDED_BYTES = 60 * 1024;

/** Reads one entry of a map of headers, and adds what it says.
 *  @throws {Fault} `protobuf/malformed` */
export function readHeader(message: WireReader, words: HeaderWords): HeaderWords {
  let name = '';
  let value = '';
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === 1) name = message.text(MAX_NAME_BYTES).toLowerCase();
    else if (field === 2) value = message.text(lengthOf(name));
    else message.skip();
  }
  return { ...words, ...wordsOf(name, value, words) };
}

function lengthOf(name: string): number {
  return name === 'x-forwarded-client-cert' ? MAX_FORWARDED_BYTES : MAX_VALUE_BYTES;
}

function wordsOf(name: string, value: string, before: HeaderWords): HeaderWords {
  if (isContextHeader(name)) return { context: { ...before.context, [name]: value } };
  if (name === 'content-type') return value.startsWith('application/grpc') ? { isGrpc: true } : {};
  if (name === 'grpc-status') {
    return /^\d{1,2}$/.test(value) ? { isGrpc: true, grpcStatus: Number(value) } : {};
  }
  if (name === 'x-forwarded-client-cert') {
    const assertedPeer = forwardedPeer(value);
    return assertedPeer === undefined ? {} : { assertedPeer };
  }
  const seen = credentialOf([[name, value]]);
  if (seen === 'none') return {};
  // Of several credentials `credentialOf` tells the strongest.
  const { credential } = before;
  return credential === undefined || isStronger(seen, credential) ? { credential: seen } : {};
}

function isContextHeader(name: string): name is ContextHeader {
  return (CONTEXT_HEADERS as readonly string[]).includes(name);
}

const STRENGTH: readonly CredentialSeen[] = ['mtls', 'token', 'basic', 'api-key', 'cookie', 'none'];

function isStronger(one: CredentialSeen, other: CredentialSeen): boolean {
  return STRENGTH.indexOf(one) < STRENGTH.indexOf(other);
}

/** The URI of the last certificate: proxies append theirs.
 *  @see Envoy, HTTP header manipulation, x-forwarded-client-cert */
function forwardedPeer(header: string): string | undefined {
  const last = header.slice(header.lastIndexOf(',') + 1);
  const uri = last
    .split(';', 64)
    .map((part) => part.trim())
    .find((part) => part.startsWith('URI='));
  return uri?.slice('URI='.length).replace(/^"|"$/g, '');
}
