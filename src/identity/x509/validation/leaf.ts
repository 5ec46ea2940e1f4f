import { Fault, quote } from '../../../base/fault.ts';
import { parseSpiffeId, type SpiffeId } from '../../spiffe/verifier.ts';
import type { Certificate } from '../certificate.ts';
import { CLIENT_AUTH, kindOfName, SERVER_AUTH, USAGE } from '../extensions/index.ts';
import { isEmptyName } from '../name.ts';
import { refuseCertificate } from './refusal.ts';

/** What the certificate of a workload is called in faults. */
export const LEAF = 'the leaf';
const refuse = (reason: string, why: string, hint?: string): Fault =>
  refuseCertificate(reason, LEAF, why, hint);

/** What the specification demands of a certificate that identifies a workload; gives its SPIFFE ID.
 *  @throws {Fault} `identity/certificate-invalid/…`
 *  @see X509-SVID §2, §3.1, §4, §5.2 */
export function judgeLeaf(leaf: Certificate): SpiffeId {
  judgeConstraints(leaf);
  judgeKeyUsage(leaf);
  judgeExtendedKeyUsage(leaf);
  return judgeNames(leaf);
}

function judgeConstraints({ extensions: { basicConstraints } }: Certificate): void {
  if (basicConstraints?.isAuthority) {
    throw refuse('leaf-is-authority', 'is a signing authority (cA is true), and identifies nobody');
  }
  if (basicConstraints?.pathLength !== undefined) {
    throw refuse('leaf-path-length', 'has a path length, which only authorities have');
  }
}

function judgeKeyUsage({ extensions: { keyUsage } }: Certificate): void {
  if (keyUsage === undefined) throw refuse('key-usage-missing', 'has no key usage');
  const { isCritical, bits } = keyUsage;
  if (!isCritical) throw refuse('key-usage-not-critical', 'has a key usage that is not critical');
  if (bits.has(USAGE.keyCertSign)) {
    throw refuse('leaf-signs-certificates', 'may sign certificates (keyCertSign)');
  }
  if (bits.has(USAGE.cRLSign)) throw refuse('leaf-signs-lists', 'may sign lists (cRLSign)');
  if (!bits.has(USAGE.digitalSignature)) {
    throw refuse('no-digital-signature', 'may not sign a handshake (no digitalSignature)');
  }
}

function judgeExtendedKeyUsage({ extensions: { extendedKeyUsage } }: Certificate): void {
  if (extendedKeyUsage === undefined) return;
  if (!extendedKeyUsage.includes(SERVER_AUTH)) {
    throw refuse('no-server-auth', 'has an extended key usage without serverAuth');
  }
  if (!extendedKeyUsage.includes(CLIENT_AUTH)) {
    throw refuse('no-client-auth', 'has an extended key usage without clientAuth');
  }
}

function judgeNames({ subject, extensions: { names } }: Certificate): SpiffeId {
  if (names === undefined) throw refuse('no-names', 'has no subject alternative name');
  const [uri, another] = names.uris;
  if (uri === undefined) {
    const kinds = [...names.dnsNames.map(() => 2), ...names.others].map(kindOfName);
    throw refuse('no-uri', `has no URI among its names, only ${[...new Set(kinds)].join(', ')}`);
  }
  if (another !== undefined) {
    throw refuse(
      'several-uris',
      `has ${names.uris.length} URIs (${quote(uri)}, ${quote(another)}), and must have exactly one`,
    );
  }
  if (isEmptyName(subject) && !names.isCritical) {
    throw refuse('names-not-critical', 'has no subject, and names that are not critical');
  }
  const id = toId(uri);
  if (id.path === '') {
    throw refuse('no-path', `names the trust domain ${quote(uri)}, not a workload of it`);
  }
  return id;
}

function toId(uri: string): SpiffeId {
  if (!uri.startsWith('spiffe:')) {
    throw refuse('not-spiffe', `has the URI ${quote(uri)}, which is not a SPIFFE ID`);
  }
  try {
    return parseSpiffeId(uri);
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown;
    throw refuse('id-malformed', `has a name that is no SPIFFE ID: ${thrown.message}`, thrown.hint);
  }
}
