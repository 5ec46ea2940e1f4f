import type { KeyObject } from 'node:crypto';
import type { SpiffeId } from '../../spiffe/index.ts';
import {
  bitString,
  contextTag,
  element,
  integer,
  oid,
  sequence,
  set,
} from '../../x509/der/index.ts';
import { subjectAlternativeName } from '../../x509/extensions/index.ts';
import { type DistinguishedName, signerOf, writeName } from '../../x509/index.ts';

const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';

/** A request for the certificate of an authority, in DER: its subject, its key, and the SPIFFE ID of
 *  its trust domain. What makes it an authority is for the upstream to say.
 *  @see RFC 2986 §4 */
export function writeAuthorityCsr(
  id: SpiffeId,
  subject: DistinguishedName,
  privateKey: KeyObject,
  publicKey: Buffer,
): Buffer {
  const { algorithm, sign } = signerOf(privateKey);
  const wanted = sequence(subjectAlternativeName(id.uri, [], false));
  const info = sequence(
    integer(0),
    writeName(subject),
    publicKey,
    element(contextTag(0, true), sequence(oid(EXTENSION_REQUEST), set(wanted))),
  );
  return sequence(info, algorithm.der, bitString(sign(info)));
}
