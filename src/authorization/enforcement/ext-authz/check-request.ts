import { WireReader } from '../../../base/protobuf/index.ts';

/** What is wanted of a CheckRequest. Everything in it is foreign text. */
export interface CheckRequest {
  /** The principal of the caller, as its certificate proves it to the Envoy; empty: none. */
  readonly source: string;
  /** The principal of the Envoy that asks. */
  readonly destination: string;
  /** What its configuration says of the service that is called (`context_extensions`); empty: nothing. */
  readonly service: string;
  /** Undefined: the question is about no HTTP request. */
  readonly http: CheckedHttp | undefined;
}

export interface CheckedHttp {
  readonly method: string;
  /** As it was sent, with its query; one that is longer than any that is allowed is cut. */
  readonly path: string;
  readonly isGrpc: boolean;
  /** Names of headers with which only Reeve tells services something, and which the caller has sent. */
  readonly reserved: readonly string[];
}

/** The key of `context_extensions` that says which service is called: its id, or a SPIFFE ID of it. */
export const SERVICE_EXTENSION = 'reeve.service';
/** How the names of headers begin that no caller may send. */
export const RESERVED_PREFIX = 'x-reeve-';
/** More of them than this are not taken away but refused. */
export const MAX_RESERVED = 32;

/** Room for a path of twice the length that is allowed at most: what is cut is too long however it ends. */
const MAX_PATH_BYTES = 16 * 1024;
const MAX_METHOD_BYTES = 64;
/** Beyond the longest SPIFFE ID, which has 2,048 bytes: what is cut is none. */
const MAX_PRINCIPAL_BYTES = 2_100;
const MAX_HEADER_NAME_BYTES = 256;

const RESERVED = Buffer.from(RESERVED_PREFIX);
const CONTENT_TYPE = Buffer.from('content-type');
/** What Envoy takes for gRPC. */
const GRPC = /^application\/grpc(?:\+|$)/;
const EXTENSION = Buffer.from(SERVICE_EXTENSION);

/** Reads the wanted fields of an `envoy.service.auth.v3.CheckRequest`.
 *  @throws {Fault} `protobuf/malformed`
 *  @see envoy/service/auth/v3/external_auth.proto, envoy/service/auth/v3/attribute_context.proto */
export function readCheckRequest(message: Buffer): CheckRequest {
  const found = new Found();
  const request = new WireReader(message);
  for (let field = request.next(); field !== 0; field = request.next()) {
    if (field === 1) found.readAttributes(request.message());
    else request.skip();
  }
  return found;
}

/** Fields that come twice count as protobuf has it: the last, and messages together. */
class Found implements CheckRequest {
  source = '';
  destination = '';
  service = '';
  http: FoundHttp | undefined;

  readAttributes(attributes: WireReader): void {
    for (let field = attributes.next(); field !== 0; field = attributes.next()) {
      if (field === 1) this.source = principalOf(attributes.message(), this.source);
      else if (field === 2) this.destination = principalOf(attributes.message(), this.destination);
      else if (field === 4) this.#readRequest(attributes.message());
      else if (field === 10) this.#readExtension(attributes.message());
      else attributes.skip();
    }
  }

  #readRequest(request: WireReader): void {
    for (let field = request.next(); field !== 0; field = request.next()) {
      if (field !== 2) {
        request.skip();
        continue;
      }
      this.http ??= new FoundHttp();
      this.http.read(request.message());
    }
  }

  #readExtension(entry: WireReader): void {
    let isService = false;
    let value = '';
    for (let field = entry.next(); field !== 0; field = entry.next()) {
      if (field === 1) isService = entry.is(EXTENSION);
      else if (field === 2) value = entry.text(MAX_PRINCIPAL_BYTES);
      else entry.skip();
    }
    if (isService) this.service = value;
  }
}

class FoundHttp implements CheckedHttp {
  method = '';
  path = '';
  isGrpc = false;
  reserved: readonly string[] = NONE;

  read(http: WireReader): void {
    for (let field = http.next(); field !== 0; field = http.next()) {
      if (field === 2) this.method = http.text(MAX_METHOD_BYTES);
      else if (field === 3) this.#readHeader(http.message());
      else if (field === 4) this.path = http.text(MAX_PATH_BYTES);
      else if (field === 13) this.#readHeaderMap(http.message());
      else http.skip();
    }
  }

  /** What an Envoy sends instead that has `encode_raw_headers`. */
  #readHeaderMap(headers: WireReader): void {
    for (let field = headers.next(); field !== 0; field = headers.next()) {
      if (field === 1) this.#readHeader(headers.message());
      else headers.skip();
    }
  }

  /** An entry of a map, or a HeaderValue: the name is 1, and the value 2 or, raw, 3. */
  #readHeader(header: WireReader): void {
    let isType = false;
    for (let field = header.next(); field !== 0; field = header.next()) {
      if (field === 1 && header.begins(RESERVED)) this.#reserve(header.text(MAX_HEADER_NAME_BYTES));
      else if (field === 1) isType = header.is(CONTENT_TYPE);
      else if ((field === 2 || field === 3) && isType) this.isGrpc = GRPC.test(header.text(20));
      else header.skip();
    }
  }

  #reserve(name: string): void {
    // one more than are taken away, by which they are known to be too many
    if (this.reserved.length <= MAX_RESERVED) this.reserved = [...this.reserved, name];
  }
}

const NONE: readonly string[] = [];

function principalOf(peer: WireReader, before: string): string {
  let principal = before;
  for (let field = peer.next(); field !== 0; field = peer.next()) {
    if (field === 4) principal = peer.text(MAX_PRINCIPAL_BYTES);
    else peer.skip();
  }
  return principal;
}
