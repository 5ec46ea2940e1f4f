import { Fault, quote } from '../../../base/fault.ts';
import type { TrustBundle } from '../../spiffe/verifier.ts';
import { type Certificate, readCertificate } from '../certificate.ts';
import type { Step } from './authority-rules.ts';

/** Certificates of authorities as they were read, and what is wrong with those that could not be. */
export interface Authorities {
  readonly steps: readonly Step[];
  readonly flaws: readonly Fault[];
}

/** Bundles do not change: a new one is a new object. */
const ofBundles = new WeakMap<TrustBundle, Authorities>();

/** The X.509 authorities of a trust bundle. */
export function authoritiesOf(bundle: TrustBundle): Authorities {
  const known = ofBundles.get(bundle);
  if (known) return known;
  const whose = `of the trust bundle of ${quote(bundle.trustDomain)}`;
  const read = readAuthorities(
    bundle.x509Authorities,
    (index) => `authority ${index + 1} ${whose}`,
  );
  ofBundles.set(bundle, read);
  return read;
}

/** Reads authorities (DER). One that is broken verifies nothing, and the others still count.
 *  `whoseOf` gives what to call one in faults, by its 0-based place. */
export function readAuthorities(
  ders: readonly Uint8Array[],
  whoseOf: (index: number) => string,
): Authorities {
  const flaws: Fault[] = [];
  const steps = ders.flatMap((der, index) => {
    const whose = whoseOf(index);
    try {
      return [{ certificate: readOnce(der, whose), whose }];
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      flaws.push(thrown);
      return [];
    }
  });
  return { steps, flaws };
}

/** Authorities come again with every handshake and every update: they are read once, and what has been
 *  verified of them stays so. By their bytes, so that nobody can put one in another's place. */
const MAX_READ = 256;
const certificatesRead = new Map<string, Certificate>();

/** Reads one certificate as `readCertificate` does, or gives the same as the last time.
 *  @throws {Fault} `identity/der-malformed`, `identity/certificate-invalid/…` */
export function readOnce(der: Uint8Array, whose: string): Certificate {
  const key = Buffer.from(der.buffer, der.byteOffset, der.byteLength).toString('latin1');
  const known = certificatesRead.get(key);
  if (known) return known;
  // A copy: what it was read from may be a part of a long message.
  const certificate = readCertificate(Buffer.from(der), whose);
  if (certificatesRead.size >= MAX_READ) certificatesRead.clear();
  certificatesRead.set(key, certificate);
  return certificate;
}
