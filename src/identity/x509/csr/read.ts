import { Fault, quote } from '../../../base/fault.ts';
import { signatureAlgorithmOf, verifies } from '../algorithms.ts';
import { openSigned } from '../certificate.ts';
import { contextTag, type DerReader, TAG } from '../der/index.ts';
import {
  type AlternativeNames,
  CLIENT_AUTH,
  EXTENSION,
  EXTENSION_REQUEST,
  type Extensions,
  readExtensions,
  SERVER_AUTH,
  splitExtensions,
  USAGE,
} from '../extensions/index.ts';
import { type KeyPolicy, type PublicKey, readPublicKey } from '../keys.ts';
import { commonNamesOf } from '../name.ts';

/** A request for a certificate: whoever made it holds the key. What else it says is only asked for. */
export interface Csr {
  readonly publicKey: PublicKey;
  readonly commonNames: readonly string[];
  readonly names: AlternativeNames;
}

export const MAX_CSR_BYTES = 16_384;
/** What workloads may bring: P-521 is left out, which several TLS libraries do not speak. */
export const CSR_KEY_POLICY: KeyPolicy = { kinds: ['P-256', 'P-384', 'RSA'], minRsaBits: 2_048 };
const WHOSE = 'the request';
const CODE = 'identity/csr-invalid';
const NO_NAMES: AlternativeNames = { isCritical: false, uris: [], dnsNames: [], others: [] };

/** Why a request is refused: `identity/csr-invalid/REASON`. */
export const refuseCsr = (reason: string, why: string, hint?: string): Fault =>
  new Fault(`${CODE}/${reason}`, `${WHOSE} ${why}`, hint === undefined ? {} : { hint });

/** Reads a request for a certificate, verifies that it is signed with its own key, and judges the key
 *  and all that it asks for beside names (those: `judgeCsrNames`).
 *  @throws {Fault} `identity/der-malformed`, `identity/csr-invalid/…`
 *  @see RFC 2986 §4 */
export function readCsr(der: Uint8Array, policy = CSR_KEY_POLICY): Csr {
  if (der.length > MAX_CSR_BYTES) {
    throw refuseCsr(
      'too-large',
      `has ${der.length} bytes, more than the ${MAX_CSR_BYTES} that are allowed`,
    );
  }
  const { signed, outerAlgorithm, signature } = openSigned(der, WHOSE);
  const { inside, content } = signed;
  const version = inside.integer('the version');
  if (version !== 0) throw refuseCsr('version', `is of version ${version + 1}, and must be of 1`);
  const commonNames = commonNamesOf(
    inside.element(TAG.sequence, 'the subject').whole,
    'the subject',
  );
  const spki = inside.element(TAG.sequence, 'the public key').whole;
  const publicKey = readPublicKey(spki, WHOSE, CODE, policy);
  const algorithm = signatureAlgorithmOf(outerAlgorithm);
  if (!algorithm) {
    const hint = 'sign with ECDSA or RSA and SHA-256, SHA-384 or SHA-512';
    throw refuseCsr(
      'signature-algorithm',
      'is signed with an algorithm that is weak or not known',
      hint,
    );
  }
  if (!verifies(algorithm, publicKey.key, content, signature)) {
    throw refuseCsr('signature', 'is not signed with the key that it brings');
  }
  const extensions = readAttributes(inside);
  judgeExtensions(extensions);
  return { publicKey, commonNames, names: extensions.names ?? NO_NAMES };
}

/** Only the request for extensions is an attribute that is understood. */
function readAttributes(inside: DerReader): Extensions {
  const attributes = inside.isAtEnd
    ? undefined
    : inside.inside(contextTag(0, true), 'the attributes');
  inside.end();
  let extensions: Extensions | undefined;
  while (attributes && !attributes.isAtEnd) {
    const attribute = attributes.sequence('an attribute');
    const dotted = attribute.oid('the type of an attribute');
    if (dotted !== EXTENSION_REQUEST) {
      throw refuseCsr(
        'attribute',
        `has the attribute ${dotted}, which is not understood`,
        'leave it out',
      );
    }
    if (extensions) throw refuseCsr('attribute-twice', 'asks for extensions twice');
    const values = attribute.inside(TAG.set, 'the extensions that are asked for');
    attribute.end();
    const list = values.sequence('the extensions that are asked for');
    values.end();
    extensions = readExtensions(splitExtensions(list, WHOSE, CODE), WHOSE);
  }
  return extensions ?? { unknown: [] };
}

function judgeExtensions(extensions: Extensions): void {
  const {
    basicConstraints,
    keyUsage,
    extendedKeyUsage = [],
    unknown,
    nameConstraints,
  } = extensions;
  const odd = unknown[0]?.oid ?? (nameConstraints && EXTENSION.nameConstraints);
  if (odd !== undefined) {
    throw refuseCsr(
      'extension',
      `asks for the extension ${odd}, which no workload gets`,
      'leave it out',
    );
  }
  if (basicConstraints?.isAuthority) {
    throw refuseCsr('authority', 'asks for a signing authority (cA is true)');
  }
  if (keyUsage?.bits.has(USAGE.keyCertSign) || keyUsage?.bits.has(USAGE.cRLSign)) {
    throw refuseCsr('key-usage', 'asks for the right to sign certificates or lists');
  }
  const usage = extendedKeyUsage.find((dotted) => dotted !== SERVER_AUTH && dotted !== CLIENT_AUTH);
  if (usage !== undefined) {
    throw refuseCsr(
      'extended-key-usage',
      `asks for the usage ${quote(usage)}, which no workload gets`,
    );
  }
}
