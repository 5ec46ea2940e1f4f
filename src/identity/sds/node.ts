import type { WireReader } from '../../base/protobuf/index.ts';

/** An Envoy, in its own words: good for logs and for what it understands, never for who it is. */
export interface EnvoyNode {
  /** Cut. */
  readonly id: string;
  /** Undefined where it does not say. */
  readonly version?: { readonly major: number; readonly minor: number };
  /** Its metadata has `disable_spiffe_cert_validation`, as SPIRE's agents take it. */
  readonly wantsNoSpiffeValidator: boolean;
}

/** What an Envoy is taken for that says nothing of itself. */
export const UNKNOWN_NODE: EnvoyNode = { id: '', wantsNoSpiffeValidator: false };

const MAX_NODE_ID_BYTES = 200;
const DISABLE_KEY = 'disable_spiffe_cert_validation';

/** The first version whose validator of SPIFFE can be relied on. */
const FIRST_WITH_VALIDATOR = { major: 1, minor: 18 };

/** Whether an Envoy has `envoy.tls.cert_validator.spiffe`, and wants it. */
export function takesSpiffeValidator({ version, wantsNoSpiffeValidator }: EnvoyNode): boolean {
  if (wantsNoSpiffeValidator) return false;
  if (version === undefined) return true;
  const { major, minor } = FIRST_WITH_VALIDATOR;
  return version.major > major || (version.major === major && version.minor >= minor);
}

/** Reads what is wanted of a node: it lists every extension of its Envoy besides.
 *  @throws {Fault} `protobuf/malformed`
 *  @see envoy/config/core/v3/base.proto */
export function readNode(node: WireReader): EnvoyNode {
  let id = '';
  let version: EnvoyNode['version'];
  let wantsNoSpiffeValidator = false;
  for (let field = node.next(); field !== 0; field = node.next()) {
    if (field === 1) id = node.text(MAX_NODE_ID_BYTES);
    else if (field === 3) wantsNoSpiffeValidator = isSetIn(node.message(), DISABLE_KEY);
    else if (field === 8) version = readBuildVersion(node.message());
    else node.skip();
  }
  return { id, wantsNoSpiffeValidator, ...(version && { version }) };
}

/** A BuildVersion, whose first field is the version. */
function readBuildVersion(build: WireReader): EnvoyNode['version'] {
  let version: EnvoyNode['version'];
  for (let field = build.next(); field !== 0; field = build.next()) {
    if (field === 1) version = readSemanticVersion(build.message());
    else build.skip();
  }
  return version;
}

function readSemanticVersion(version: WireReader): { major: number; minor: number } {
  let major = 0;
  let minor = 0;
  for (let field = version.next(); field !== 0; field = version.next()) {
    if (field === 1) major = version.integer();
    else if (field === 2) minor = version.integer();
    else version.skip();
  }
  return { major, minor };
}

/** Whether a google.protobuf.Struct has this key with the value `true`. */
function isSetIn(struct: WireReader, key: string): boolean {
  let isSet = false;
  for (let field = struct.next(); field !== 0; field = struct.next()) {
    if (field === 1) isSet = isEntry(struct.message(), key) ?? isSet;
    else struct.skip();
  }
  return isSet;
}

/** The value of an entry where it is the one with this key; undefined where it is another. */
function isEntry(entry: WireReader, wanted: string): boolean | undefined {
  let key = '';
  let value = false;
  for (let field = entry.next(); field !== 0; field = entry.next()) {
    if (field === 1) key = entry.text(wanted.length + 1);
    else if (field === 2) value = isTrue(entry.message());
    else entry.skip();
  }
  return key === wanted ? value : undefined;
}

/** Whether a google.protobuf.Value is true, or says so in letters. */
function isTrue(value: WireReader): boolean {
  let found = false;
  for (let field = value.next(); field !== 0; field = value.next()) {
    if (field === 3) found = value.text(5) === 'true';
    else if (field === 4) found = value.boolean();
    else value.skip();
  }
  return found;
}
