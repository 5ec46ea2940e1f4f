import { ReeveError } from '../error.ts';
import { type Certificate, readCertificate } from './certificate.ts';
import { type Crl, readCrl } from './crl.ts';
import { toBuffer } from './der.ts';
import { refuseCertificate } from './refusal.ts';
import type { Step } from './rules.ts';

/** Certificates that are looked at for one peer. */
export const MAX_CHAIN = 10;

/** The bytes as a key of a map. */
export const keyOf = (der: Uint8Array): string => toBuffer(der).toString('latin1');

/** The certificates of a peer.
 *  @throws {ReeveError} `certificate/none`, `certificate/chain-too-long`, `certificate/…`, `der/…` */
export function readChain(chain: readonly Uint8Array[]): [Step, ...Step[]] {
  const [first, ...rest] = chain;
  if (first === undefined) {
    const hint = 'call with an identity: an X.509-SVID of the Workload API';
    throw refuseCertificate('none', 'the peer', 'sent no certificate', hint);
  }
  if (chain.length > MAX_CHAIN) {
    const why = `has ${chain.length} certificates, more than the ${MAX_CHAIN} that are allowed`;
    throw refuseCertificate('chain-too-long', 'the chain', why);
  }
  const leaf = { certificate: readCertificate(first, 'the leaf'), whose: 'the leaf' };
  const others = rest.map((der, index) => {
    const whose = `certificate ${index + 2} of the chain`;
    return { certificate: readOnce(der, whose), whose };
  });
  return [leaf, ...others];
}

/** An authority that is broken verifies nothing, and the others still count. */
export function readSteps(
  ders: readonly Uint8Array[],
  whoseOf: (index: number) => string,
  flaws: ReeveError[],
): Step[] {
  return ders.flatMap((der, index) => {
    const whose = whoseOf(index);
    return collect(flaws, () => ({ certificate: readOnce(der, whose), whose }));
  });
}

/** What is read; where it cannot be, nothing, and the flaw is noted. */
export function collect<Value>(flaws: ReeveError[], read: () => Value): Value[] {
  try {
    return [read()];
  } catch (thrown) {
    if (!(thrown instanceof ReeveError)) throw thrown;
    flaws.push(thrown);
    return [];
  }
}

/** Authorities and lists come again with every update: they are read once. */
const MAX_READ = 256;
const certificatesRead = new Map<string, Certificate>();
let crlsRead: readonly Crl[] = [];

function readOnce(der: Uint8Array, whose: string): Certificate {
  const key = keyOf(der);
  const known = certificatesRead.get(key);
  if (known) return known;
  // A copy: what it was read from may be a part of a long message.
  const certificate = readCertificate(Buffer.from(der), whose);
  if (certificatesRead.size >= MAX_READ) certificatesRead.clear();
  certificatesRead.set(key, certificate);
  return certificate;
}

/** @throws {ReeveError} `crl/…`, `der/…` */
export function readCrlOnce(bytes: Uint8Array): Crl {
  const known = crlsRead.find(({ der }) => der.equals(bytes));
  if (known) return known;
  const crl = readCrl(bytes);
  crlsRead = [crl, ...crlsRead.slice(0, 15)];
  return crl;
}
