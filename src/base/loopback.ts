import { isIP } from 'node:net';

/** Whether an address or host name is this machine's own and no one else's. */
export function isLoopback(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, '').replace(/^::ffff:/, '');
  if (isIP(address) === 4) return address.startsWith('127.');
  return address === '::1' || address === 'localhost';
}

/** Whether nobody on the way can read what is sent to an address: by TLS, or because it does not leave this machine. True
 *  also of a text that is no address: what checks that says so. */
export function isTlsOrLoopback(address: string): boolean {
  const url = URL.parse(address);
  return url === null || url.protocol === 'https:' || isLoopback(url.hostname);
}
