import { isIP } from 'node:net';

/** Whether an address or host name is this machine's own and no one else's. */
export function isLoopback(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, '').replace(/^::ffff:/, '');
  if (isIP(address) === 4) return address.startsWith('127.');
  return address === '::1' || address === 'localhost';
}

/** The `Host` headers that a listener on this address is rightly asked with. An attacker's page that
 *  points its own name at a loopback address cannot send any of them. */
export function hostNamesOf(
  host: string,
  port: number,
  extra: readonly string[],
): ReadonlySet<string> {
  const own = isLoopback(host) ? ['127.0.0.1', 'localhost', '[::1]', bracketed(host)] : [];
  const names = [...own.map((name) => `${name}:${port}`), ...extra];
  return new Set(names.map((name) => name.toLowerCase()));
}

/** As in URLs: IPv6 addresses in brackets. */
export function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}
