import { Fault, quote } from '../../base/fault.ts';
import { WireReader } from '../../base/protobuf/index.ts';
import { MAX_ID_BYTES, parseSpiffeId } from '../spiffe/index.ts';

/** Requests of the Workload API as it reads them. What is too long is refused and never cut: a token for half of an
 *  audience would be a token for another.
 *  @see SPIFFE Workload API, workload.proto */

const MAX_AUDIENCES = 16;
const MAX_AUDIENCE_BYTES = 1_024;
const MAX_TOKEN_BYTES = 16 * 1_024;

export interface JwtSvidRequest {
  readonly audience: readonly string[];
  readonly spiffeId?: string;
}

export interface ValidateJwtSvidRequest {
  readonly audience: string;
  readonly token: string;
}

/** Requests without parameters, which later versions may have.
 *  @throws {Fault} `protobuf/malformed` */
export function checkEmptyRequest(message: Buffer): void {
  const request = new WireReader(message);
  while (request.next() !== 0) request.skip();
}

/** @throws {Fault} `identity/request-invalid`, `identity/id-malformed`, `protobuf/malformed` */
export function readJwtSvidRequest(message: Buffer): JwtSvidRequest {
  const audience: string[] = [];
  let spiffeId = '';
  const request = new WireReader(message);
  for (let field = request.next(); field !== 0; field = request.next()) {
    if (field === 1) audience.push(readText(request, 'audience', MAX_AUDIENCE_BYTES));
    else if (field === 2) spiffeId = readText(request, 'spiffe_id', MAX_ID_BYTES);
    else request.skip();
    if (audience.length > MAX_AUDIENCES) {
      throw invalid(`more than ${MAX_AUDIENCES} audiences are asked for at once`);
    }
  }
  if (audience.length === 0 || audience.includes('')) throw isMissing('audience');
  return { audience, ...(spiffeId !== '' && { spiffeId: parseSpiffeId(spiffeId).uri }) };
}

/** @throws {Fault} `identity/request-invalid`, `protobuf/malformed` */
export function readValidateJwtSvidRequest(message: Buffer): ValidateJwtSvidRequest {
  let audience = '';
  let token = '';
  const request = new WireReader(message);
  for (let field = request.next(); field !== 0; field = request.next()) {
    if (field === 1) audience = readText(request, 'audience', MAX_AUDIENCE_BYTES);
    else if (field === 2) token = readText(request, 'svid', MAX_TOKEN_BYTES);
    else request.skip();
  }
  if (audience === '') throw isMissing('audience');
  if (token === '') throw isMissing('svid');
  return { audience, token };
}

function readText(request: WireReader, name: string, maxBytes: number): string {
  const bytes = request.bytes();
  if (bytes.length > maxBytes) {
    throw invalid(
      `${quote(name)} has ${bytes.length} bytes, and more than ${maxBytes} are not taken`,
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalid(`${quote(name)} is not text in UTF-8`);
  }
}

function isMissing(name: string): Fault {
  return invalid(`${quote(name)} is missing, or empty`);
}

function invalid(why: string): Fault {
  return new Fault('identity/request-invalid', `The request is not valid: ${why}`);
}
