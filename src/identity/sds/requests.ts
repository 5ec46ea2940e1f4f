import { Fault, quote } from '../../base/fault.ts';
import { WireReader } from '../../base/protobuf/index.ts';
import { MAX_NAME_BYTES } from './config.ts';
import { type EnvoyNode, readNode } from './node.ts';

/** Requests of the discovery services as they are read. What nobody asks for here (locators, parameters of
 *  resources) is skipped; what is too much is refused.
 *  @see envoy/service/discovery/v3/discovery.proto */

/** What an Envoy said of an answer that it would not take. */
export interface Rejection {
  /** In Envoy's words, cut. */
  readonly why: string;
}

/** A request for the state of the world. */
export interface DiscoveryRequest {
  /** Of the last answer that was taken; empty: none. */
  readonly version: string;
  /** Absent where it was said before on the stream. */
  readonly node?: EnvoyNode;
  /** All that is asked for, each once. */
  readonly names: readonly string[];
  readonly typeUrl: string;
  /** Of the answer that this answers; empty: none. */
  readonly nonce: string;
  readonly rejection?: Rejection;
}

/** A request for changes only. */
export interface DeltaRequest {
  readonly node?: EnvoyNode;
  readonly typeUrl: string;
  readonly subscribe: readonly string[];
  readonly unsubscribe: readonly string[];
  /** Versions of what the Envoy already has, by name. */
  readonly initialVersions: ReadonlyMap<string, string>;
  readonly nonce: string;
  readonly rejection?: Rejection;
}

const MAX_VERSION_BYTES = 256;
const MAX_NONCE_BYTES = 64;
const MAX_TYPE_BYTES = 256;
const MAX_ERROR_BYTES = 500;

/** @throws {Fault} `identity/secret-request-invalid`, `protobuf/malformed` */
export function readDiscoveryRequest(message: Buffer, maxNames: number): DiscoveryRequest {
  const names = new Names(maxNames);
  let version = '';
  let node: EnvoyNode | undefined;
  let typeUrl = '';
  let nonce = '';
  let rejection: Rejection | undefined;
  const request = new WireReader(message);
  for (let field = request.next(); field !== 0; field = request.next()) {
    if (field === 1) version = readText(request, 'version_info', MAX_VERSION_BYTES);
    else if (field === 2) node = readNode(request.message());
    else if (field === 3) names.add(request);
    else if (field === 4) typeUrl = readText(request, 'type_url', MAX_TYPE_BYTES);
    else if (field === 5) nonce = readText(request, 'response_nonce', MAX_NONCE_BYTES);
    else if (field === 6) rejection = readRejection(request.message());
    else request.skip();
  }
  return {
    version,
    names: names.all,
    typeUrl,
    nonce,
    ...(node && { node }),
    ...(rejection && { rejection }),
  };
}

/** @throws {Fault} as `readDiscoveryRequest` */
export function readDeltaRequest(message: Buffer, maxNames: number): DeltaRequest {
  const subscribe = new Names(maxNames);
  const unsubscribe = new Names(maxNames);
  const initialVersions = new Map<string, string>();
  let node: EnvoyNode | undefined;
  let typeUrl = '';
  let nonce = '';
  let rejection: Rejection | undefined;
  const request = new WireReader(message);
  for (let field = request.next(); field !== 0; field = request.next()) {
    if (field === 1) node = readNode(request.message());
    else if (field === 2) typeUrl = readText(request, 'type_url', MAX_TYPE_BYTES);
    else if (field === 3) subscribe.add(request);
    else if (field === 4) unsubscribe.add(request);
    else if (field === 5) {
      const [name, version] = readVersionEntry(request.message());
      initialVersions.set(name, version);
      if (initialVersions.size > maxNames) throw tooMany(maxNames);
    } else if (field === 6) nonce = readText(request, 'response_nonce', MAX_NONCE_BYTES);
    else if (field === 7) rejection = readRejection(request.message());
    else request.skip();
  }
  return {
    typeUrl,
    subscribe: subscribe.all,
    unsubscribe: unsubscribe.all,
    initialVersions,
    nonce,
    ...(node && { node }),
    ...(rejection && { rejection }),
  };
}

/** Names of resources, each once; an empty name is none. */
class Names {
  readonly #names = new Set<string>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get all(): readonly string[] {
    return [...this.#names];
  }

  add(request: WireReader): void {
    const name = readText(request, 'a name of a resource', MAX_NAME_BYTES);
    if (name !== '') this.#names.add(name);
    if (this.#names.size > this.#max) throw tooMany(this.#max);
  }
}

function readVersionEntry(entry: WireReader): [name: string, version: string] {
  let name = '';
  let version = '';
  for (let field = entry.next(); field !== 0; field = entry.next()) {
    if (field === 1) name = readText(entry, 'a name of a resource', MAX_NAME_BYTES);
    else if (field === 2) version = readText(entry, 'a version', MAX_VERSION_BYTES);
    else entry.skip();
  }
  return [name, version];
}

/** A google.rpc.Status. */
function readRejection(status: WireReader): Rejection {
  let why = '';
  for (let field = status.next(); field !== 0; field = status.next()) {
    if (field === 2) why = status.text(MAX_ERROR_BYTES);
    else status.skip();
  }
  return { why };
}

function readText(request: WireReader, what: string, maxBytes: number): string {
  const bytes = request.bytes();
  if (bytes.length > maxBytes) {
    throw invalid(`${what} has ${bytes.length} bytes, and more than ${maxBytes} are not taken`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalid(`${what} is not text in UTF-8`);
  }
}

/** More is asked for than may be. */
export function tooMany(maxNames: number): Fault {
  const hint = 'raise `maxNames`, or ask for fewer';
  return invalid(`more than ${maxNames} resources of one type are asked for on one stream`, hint);
}

/** The type of resources is another one than is served. */
export function otherType(typeUrl: string): Fault {
  const why = `there are no resources of the type ${quote(typeUrl, 200)} here`;
  return invalid(why, 'ask for secrets');
}

function invalid(why: string, hint?: string): Fault {
  const text = `The request is not understood: ${why}`;
  return new Fault('identity/secret-request-invalid', text, hint === undefined ? {} : { hint });
}
