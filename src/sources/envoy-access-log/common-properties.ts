import type { WireReader } from '../../base/protobuf/index.ts';

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
}

export const NO_PROPERTIES: CommonProperties = {
  startedAt: undefined,
  hasPeerCertificate: false,
  peer: undefined,
  upstreamCluster: '',
  hasVerifiedToken: false,
  isEnd: true,
};

const MAX_CLUSTER_BYTES = 400;
/** @see SPIFFE-ID §2.3 */
const MAX_IDENTITY_BYTES = 2_048;
const MAX_NAME_BYTES = 100;
const JWT_FILTER = 'envoy.filters.http.jwt_authn';

/** Entries of no kind, of the end of a connection, of a request from downstream, and of a session of UDP.
 *  @see envoy.data.accesslog.v3.AccessLogType */
const ENDS: ReadonlySet<number> = new Set([0, 3, 6, 13]);

type Building = { -readonly [Key in keyof CommonProperties]: CommonProperties[Key] };

/** @throws {Fault} `protobuf/malformed`
 *  @see envoy.data.accesslog.v3.AccessLogCommon */
export function readCommonProperties(message: WireReader): CommonProperties {
  const properties: Building = { ...NO_PROPERTIES };
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === 4) readTls(message.message(), properties);
    else if (field === 5) properties.startedAt = readTimestamp(message.message());
    else if (field === 15) properties.upstreamCluster = message.text(MAX_CLUSTER_BYTES);
    else if (field === 17) properties.hasVerifiedToken = namesFilter(message.message(), JWT_FILTER);
    else if (field === 33) properties.isEnd = ENDS.has(message.integer());
    else message.skip();
  }
  return properties;
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

/** Milliseconds of a google.protobuf.Timestamp. Times before 1970 come out as far in the future, and
 *  are believed as little. */
function readTimestamp(message: WireReader): number {
  let seconds = 0;
  let nanoseconds = 0;
  for (let field = message.next(); field !== 0; field = message.next()) {
    if (field === 1) seconds = message.integer();
    else if (field === 2) nanoseconds = message.integer();
    else message.skip();
  }
  return seconds * 1_000 + Math.floor(nanoseconds / 1_000_000);
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
