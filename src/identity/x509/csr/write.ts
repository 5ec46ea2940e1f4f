import type { KeyObject } from 'node:crypto';
import type { SpiffeId } from '../../spiffe/index.ts';
import { contextTag, element, integer, oid, sequence, set } from '../der/index.ts';
import { EXTENSION_REQUEST, subjectAlternativeName } from '../extensions/index.ts';
import { type DistinguishedName, EMPTY_NAME, writeName } from '../name.ts';
import { signed, signerOf } from '../signer.ts';

export interface CsrWish {
  /** On P-256, P-384 or P-521, or RSA. It signs the request, and stays where it is. */
  readonly privateKey: KeyObject;
  /** Its SubjectPublicKeyInfo. */
  readonly publicKey: Buffer;
  /** Who asks. Whoever knows that already needs to be told nothing. */
  readonly id?: SpiffeId;
  /** Empty, unless it is an authority that asks. */
  readonly subject?: DistinguishedName;
}

/** A request for a certificate, in DER.
 *  @throws {Fault} `identity/key-invalid` for keys that cannot sign one
 *  @see RFC 2986 §4 */
export function writeCsr({ privateKey, publicKey, id, subject }: CsrWish): Buffer {
  const name = subject ? writeName(subject) : EMPTY_NAME;
  const attributes = id ? [sequence(oid(EXTENSION_REQUEST), set(namesOf(id, name)))] : [];
  const info = sequence(integer(0), name, publicKey, element(contextTag(0, true), ...attributes));
  return signed(signerOf(privateKey), info);
}

/** Names of what has no subject are critical. @see RFC 5280 §4.2.1.6 */
const namesOf = (id: SpiffeId, name: Buffer) =>
  sequence(subjectAlternativeName(id.uri, [], name === EMPTY_NAME));
