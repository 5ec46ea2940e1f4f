import { Fault, quote } from '../../../base/fault.ts';
import type { ServerAddress } from './dial.ts';

/** Reads `HOST:PORT`; an IPv6 address stands in brackets, and the port may be left out.
 *  @throws {Fault} `identity/server-address-malformed` */
export function parseServerAddress(text: string): ServerAddress {
  const [, bracketed, plain, port = '7072'] =
    /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host !== undefined && Number(port) >= 1 && Number(port) <= 65_535) {
    return { host, port: Number(port) };
  }
  throw new Fault('identity/server-address-malformed', `${quote(text, 120)} is no address`, {
    hint: 'write it as HOST:PORT, such as reeve.example.org:7072',
  });
}
