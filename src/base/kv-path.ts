import { isTlsOrLoopback } from './loopback.ts';

/** Segments of a path of OpenBao and Vault, none of which is `.` or `..`. */
export const KV_PATH = /^(?!.*(^|\/)\.\.?(\/|$))[\w.-]+(\/[\w.-]+)*$/;

/** Whether an address may be sent tokens: nobody reads them on the way, and it names no user. True also of a text that is
 *  no address: what checks that says so. */
export function isPrivateAddress(address: string): boolean {
  const { username = '', password = '' } = URL.parse(address) ?? {};
  return username === '' && password === '' && isTlsOrLoopback(address);
}

/** What makes two mentions the same secret of the same store, among the keys of credentials. */
export function kvKeyOf(place: {
  readonly url: string;
  readonly namespace?: string | undefined;
  readonly mount: string;
  readonly path: string;
}): string {
  const { url, namespace, mount, path } = place;
  return `kv:${[new URL(url).origin, namespace, mount, path].filter(Boolean).join('/')}`;
}
