import { parseTrustDomain } from '../spiffe-id.ts';
import { bytesOf, type Field, fieldsOf, structOf, textField, textOf } from './protobuf.ts';

/** Messages of the Workload API, as far as they are read here. Fields that are not known are passed
 *  over. @see SPIFFE Workload API, workload.proto */

/** An X.509-SVID as it was sent: nothing in it has been judged. */
export interface RawX509Svid {
  readonly spiffeId: string;
  /** Certificates in DER, one after the other, the leaf first. */
  readonly chain: Buffer;
  /** PKCS#8 in DER, not encrypted. */
  readonly privateKey: Buffer;
  /** Certificates in DER, one after the other: the authorities of its trust domain. */
  readonly bundle: Buffer;
  /** Tells a workload's identities apart; empty: none. */
  readonly hint: string;
}

/** An X509SVIDResponse. */
export interface X509SvidResponse {
  readonly svids: readonly RawX509Svid[];
  readonly crls: readonly Buffer[];
  /** By the name of the trust domain. */
  readonly federated: ReadonlyMap<string, Buffer>;
}

/** An X509BundlesResponse. */
export interface X509BundlesResponse {
  readonly crls: readonly Buffer[];
  /** Certificates in DER, one after the other, by the name of the trust domain. */
  readonly bundles: ReadonlyMap<string, Buffer>;
}

/** A JWT-SVID as it was sent. */
export interface RawJwtSvid {
  readonly spiffeId: string;
  readonly token: string;
  readonly hint: string;
}

/** What a JWT-SVID that holds says. */
export interface CheckedJwtSvid {
  readonly spiffeId: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

export function readX509SvidResponse(message: Buffer): X509SvidResponse {
  const svids: RawX509Svid[] = [];
  const crls: Buffer[] = [];
  const federated = new Map<string, Buffer>();
  for (const field of fieldsOf(message)) {
    if (field.number === 1) svids.push(readX509Svid(bytesOf(field)));
    else if (field.number === 2) crls.push(bytesOf(field));
    else if (field.number === 3) addBundle(federated, field);
  }
  return { svids, crls, federated };
}

function readX509Svid(message: Buffer): RawX509Svid {
  const none: Buffer = Buffer.alloc(0);
  const svid = { spiffeId: '', chain: none, privateKey: none, bundle: none, hint: '' };
  for (const field of fieldsOf(message)) {
    if (field.number === 1) svid.spiffeId = textOf(field);
    else if (field.number === 2) svid.chain = bytesOf(field);
    else if (field.number === 3) svid.privateKey = bytesOf(field);
    else if (field.number === 4) svid.bundle = bytesOf(field);
    else if (field.number === 5) svid.hint = textOf(field);
  }
  return svid;
}

export function readX509BundlesResponse(message: Buffer): X509BundlesResponse {
  const crls: Buffer[] = [];
  const bundles = new Map<string, Buffer>();
  for (const field of fieldsOf(message)) {
    if (field.number === 1) crls.push(bytesOf(field));
    else if (field.number === 2) addBundle(bundles, field);
  }
  return { crls, bundles };
}

export function readJwtSvidResponse(message: Buffer): RawJwtSvid[] {
  const svids: RawJwtSvid[] = [];
  for (const field of fieldsOf(message)) {
    if (field.number !== 1) continue;
    const svid = { spiffeId: '', token: '', hint: '' };
    for (const part of fieldsOf(bytesOf(field))) {
      if (part.number === 1) svid.spiffeId = textOf(part);
      else if (part.number === 2) svid.token = textOf(part);
      else if (part.number === 3) svid.hint = textOf(part);
    }
    svids.push(svid);
  }
  return svids;
}

/** JSON Web Key Sets, as text, by the name of the trust domain. */
export function readJwtBundlesResponse(message: Buffer): Map<string, string> {
  const bundles = new Map<string, Buffer>();
  for (const field of fieldsOf(message)) if (field.number === 1) addBundle(bundles, field);
  return new Map([...bundles].map(([trustDomain, bytes]) => [trustDomain, bytes.toString('utf8')]));
}

export function readValidateJwtSvidResponse(message: Buffer): CheckedJwtSvid {
  let spiffeId = '';
  let claims: Record<string, unknown> = {};
  for (const field of fieldsOf(message)) {
    if (field.number === 1) spiffeId = textOf(field);
    else if (field.number === 2) claims = structOf(bytesOf(field));
  }
  return { spiffeId, claims };
}

/** A JWTSVIDRequest. */
export function jwtSvidRequest(audience: readonly string[], spiffeId?: string): Buffer {
  const id = spiffeId === undefined ? [] : [textField(2, spiffeId)];
  return Buffer.concat([...audience.map((one) => textField(1, one)), ...id]);
}

/** A ValidateJWTSVIDRequest. */
export function validateJwtSvidRequest(audience: string, token: string): Buffer {
  return Buffer.concat([textField(1, audience), textField(2, token)]);
}

/** An entry of a map, by the SPIFFE ID of the trust domain. */
function addBundle(bundles: Map<string, Buffer>, entry: Field): void {
  let trustDomain = '';
  let bundle: Buffer = Buffer.alloc(0);
  for (const part of fieldsOf(bytesOf(entry))) {
    if (part.number === 1) trustDomain = textOf(part);
    else if (part.number === 2) bundle = bytesOf(part);
  }
  bundles.set(parseTrustDomain(trustDomain), bundle);
}
