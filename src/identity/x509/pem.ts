const BYTES_PER_LINE = 48;

/** What DER is in PEM, one after the other: `CERTIFICATE`, `CERTIFICATE REQUEST`, `PRIVATE KEY` or `X509 CRL`.
 *  @see RFC 7468 */
export function toPem(label: string, ...ders: readonly Buffer[]): string {
  return ders.map((der) => blockOf(label, der)).join('');
}

function blockOf(label: string, der: Buffer): string {
  const lines: string[] = [];
  for (let at = 0; at < der.length; at += BYTES_PER_LINE) {
    lines.push(der.toString('base64', at, at + BYTES_PER_LINE));
  }
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
