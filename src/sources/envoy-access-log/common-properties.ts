import type { WireReader } from '../../base/protobuf/index.ts';
import { socketAddress } from '../../estate/spans/index.ts';

/** What requests and connections have in common in a log. */
export interface CommonProperties {
  /** Milliseconds since 1970; undefined where the entry gives none. */
  readonly startedAt: number | undefined;
  /** The client showed a certificate. */
  readonly hasPeerCertificate: boolean;
  /** The first SPIFFE ID among the names of the client's certificate. */
  readonly peer: string | undefined;
  /** `` where the request reached none. */
  readonly upstreamCluster: string;
  /** The filter that verifies tokens has verified one. */
  readonly hasVerifiedToken: boolean;
  /** The entry says how a request or connection ended; others are of its beginning, its course, or of
   *  the part of the Envoy that passed it on. */
  readonly isEnd: boolean;
  readonly durationMs: number;
  /** Of the other end of the connection that the request came by; `` for what is no address of the network. */
  readonly remoteAddress: string;
  /** Of this end of it, and of what answered. */
  readonly localAddress: string;
  readonly upstreamAddress: string;
  /** A policy refused it, as far as flags and details say. */
  readonly isDenied: boolean;
  /** Nobody answered. */
  readonly isFailed: boolean;
}

export const NO_PROPERTIES: CommonProperties = {
  startedAt: undefined,
  hasPeerCertificate: false,
  peer: undefined,
  upstreamCluster: '',
  hasVerifiedToken: false,
  isEnd: true,
  durationMs: 0,
  remoteAddress: '',
  localAddress: '',
  upstreamAddress: '',
  isDenied: false,
  isFailed: false,
};

const MAX_CLUSTER_BYTES = 400;
/** @see SPIFFE-ID §2.3 */
const MAX_IDENTITY_BYTES = 2_048;
const MAX_NAME_BYTES = 100;
const MAX_ADDRESS_BYTES = 64;
const JWT_FILTER = 'envoy.filters.http.jwt_authn';

/** Entries of no kind, of the end of a connection, of a request from downstream, and of a session of UDP.
 *  @see envoy.data.accesslog.v3.AccessLogType */
const ENDS: ReadonlySet<number> = new Set([0, 3, 6, 13]);

type Building = { -readonly [Key in keyof CommonProperties]: CommonProperties[Key] };

/** What becomes of each field that is wanted, by its number. */
const FIELDS: Readonly<Record<number, (message: WireReader, properties: Building) => void>> = {
  2: (message, properties) => {
    const address = readAddress(message.message());
    // the physical peer, where it is told, says more: this one may come out of a header
    if (properties.remoteAddress === '') properties.remoteAddress = address;
  },
  3: (message, properties) => {
    properties.localAddress = readAddress(message.message());
  },
  4: (message, properties) => readTls(message.message(), properties),
  5: (message, properties) => {
    properties.startedAt = Math.floor(readMilliseconds(message.message()));
  },
  12: (message, properties) => {
    const durationMs = readMilliseconds(message.message());
    // the whole time, where it is told, is longer
    if (properties.durationMs === 0) properties.durationMs = durationMs;
  },
  13: (message, properties) => {
    properties.upstreamAddress = readAddress(message.message());
  },
  15: (message, properties) => {
    properties.upstreamCluster = message.text(MAX_CLUSTER_BYTES);
  },
  16: (message, properties) => readFlags(message.message(), properties),
  17: (message, properties) => {
    properties.hasVerifiedToken = namesFilter(message.message(), JWT_FILTER);
  },
  20: (message, properties) => {
    const address = readAddress(message.message());
    if (address !== '') properties.remoteAddress = address;
  },
  23: (message, properties) => {
    properties.durationMs = readMilliseconds(message.message()) || properties.durationMs;
  },
  25: (message, properties) => {
    if (isDenial(message.text(MAX_NAME_BYTES))) properties.isDenied = true;
  },
  33: (message, properties) => {
    properties.isEnd = ENDS.has(message.integer());
  },
};

/** @throws {Fault} `protobuf/malformed`
 *  @see envoy.data.accesslog.v3.AccessLogCommon */
export function readCommonProperties(message: WireReader): CommonProperties {
  const properties: Building = { ...NO_PROPERTIES };
  for (let field = message.next(); field !== 0; field = message.next()) {
    const read = FIELDS[field];
    if (read) read(message, properties);
    else message.skip();
  }
  return properties;
}

/** Details of answers and connections by which a policy of Envoy's own refuses: role-based access control, and the filters
 *  that ask an authorizer and verify tokens.
 *  @see Envoy, Response code details */
const DENIALS = ['rbac_access_denied', 'ext_authz_denied', 'jwt_authn_access_denied'];

export function isDenial(details: string): boolean {
  return DENIALS.some((denial) => details.startsWith(denial));
}

/** No answer by no healthy endpoint, time, reset, lost connections, overflow, no route and no cluster.
 *  @see envoy.data.accesslog.v3.ResponseFlags */
const FAILURES: ReadonlySet<number> = new Set([2, 3, 5, 6, 7, 8, 9, 25, 27]);
const UNAUTHORIZED = 13;
/** @see envoy.data.accesslog.v3.ResponseFlags.Unauthorized.Reason */
const BY_AUTHORIZER = 1;

function readFlags(message: WireReader, properties: Building): void {
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === UNAUTHORIZED) {
      const details = message.message();
      for (let part = details.next(); part !== 0; part = details.next()) {
        if (part !== 1) details.skip();
        else if (details.integer() === BY_AUTHORIZER) properties.isDenied = true;
      }
    } else if (FAILURES.has(field)) {
      if (message.boolean()) properties.isFailed = true;
    } else message.skip();
  }
}

/** The address of an envoy.config.core.v3.Address that is a socket's. */
function readAddress(message: WireReader): string {
  let found = '';
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field !== 1) {
      message.skip();
      continue;
    }
    const socket = message.message();
    for (let part = socket.next(); part !== 0; part = socket.next()) {
      if (part === 2) found = socketAddress(socket.text(MAX_ADDRESS_BYTES)) ?? '';
      else socket.skip();
    }
  }
  return found;
}

/** @see envoy.data.accesslog.v3.TLSProperties */
function readTls(message: WireReader, properties: Building): void {
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field !== 5) {
      message.skip();
      continue;
    }
    properties.hasPeerCertificate = true;
    properties.peer = readSpiffeId(message.message());
  }
}

/** @see envoy.data.accesslog.v3.TLSProperties.CertificateProperties */
function readSpiffeId(certificate: WireReader): string | undefined {
  let found: string | undefined;
  for (let field = certificate.next(); field !== 0; field = certificate.next()) {
    if (field !== 1 || found !== undefined) {
      certificate.skip();
      continue;
    }
    const name = certificate.message();
    for (let kind = name.next(); kind !== 0; kind = name.next()) {
      const uri = kind === 1 ? name.text(MAX_IDENTITY_BYTES) : undefined;
      if (uri === undefined) name.skip();
      else if (uri.startsWith('spiffe://')) found = uri;
    }
  }
  return found;
}

/** Milliseconds of a google.protobuf.Timestamp or Duration. Times before 1970 come out as far in the
 *  future, and are believed as little. */
function readMilliseconds(message: WireReader): number {
  let seconds = 0;
  let nanoseconds = 0;
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === 1) seconds = message.integer();
    else if (field === 2) nanoseconds = message.integer();
    else message.skip();
  }
  return seconds * 1_000 + nanoseconds / 1_000_000;
}

/** Whether an envoy.config.core.v3.Metadata holds words of a filter. */
function namesFilter(metadata: WireReader, filter: string): boolean {
  let isNamed = false;
  for (let field = metadata.next(); field !== 0; field = metadata.next()) {
    if (field !== 1) {
      metadata.skip();
      continue;
    }
    const entry = metadata.message();
    for (let part = entry.next(); part !== 0; part = entry.next()) {
      if (part !== 1) entry.skip();
      else if (entry.text(MAX_NAME_BYTES) === filter) isNamed = true;
    }
  }
  return isNamed;
}
