import { readCertificate } from '../../x509/index.ts';

/** Sorts what an upstream gives beside a certificate: roots are trusted, and the others stand between.
 *  Where none is a root, the last is trusted.
 *  @param above in DER, from the issuer of the certificate upwards */
export function splitAnchors(above: readonly Buffer[]): {
  readonly between: readonly Buffer[];
  readonly anchors: readonly Buffer[];
} {
  const distinct = above.filter(
    (der, index) => above.findIndex((one) => one.equals(der)) === index,
  );
  const roots = distinct.filter(isSelfIssued);
  const anchors = roots.length > 0 ? roots : distinct.slice(-1);
  return { between: distinct.filter((der) => !anchors.includes(der)), anchors };
}

function isSelfIssued(der: Buffer): boolean {
  const { subject, issuer } = readCertificate(der, 'a certificate of the upstream');
  return subject.equals(issuer);
}
