import type { KeyWriter } from '../counting/index.ts';

/** The first byte of a key, behind the service. */
export const KEY_KIND = { http: 1, rpc: 2, event: 3, graphql: 4 } as const;

/** Writes a status, as two bytes. */
export function writeStatus(key: KeyWriter, status: number): void {
  key.byte(status);
  key.byte(status >>> 8);
}
