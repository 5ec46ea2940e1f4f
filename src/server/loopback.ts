import { isIP } from 'node:net';
import { isLoopback } from '../base/loopback.ts';

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
