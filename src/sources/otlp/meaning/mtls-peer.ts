import type { Sighting } from '../../../estate/index.ts';
import { toParty } from '../../../estate/sighting/index.ts';
import { type KeyWriter, writeRole } from '../counting/index.ts';
import { ROLE, type SpanFields } from '../reading/index.ts';

/** @see SPIFFE-ID §2: up to 2,048 bytes */
export const MAX_ID_BYTES = 2_048;
const SPIFFE_ID = /^spiffe:\/\/[a-z0-9._-]{1,255}(?:\/[\w.-]+)+$/;

/** No kind of operation. */
const MARK = 0;

/** Spans of different peers stand for different things. */
export function writePeer(fields: SpanFields, key: KeyWriter): void {
  key.byte(MARK);
  writeRole(fields, ROLE.mtlsPeer, key, MAX_ID_BYTES + 1);
}

/** Who has called, where the service that was called says that it has verified that by mTLS: the word of the side
 *  that enforces it. What is no SPIFFE ID of a workload is nobody. */
export function peerOf(
  fields: SpanFields,
): Pick<Sighting, 'caller' | 'isCallerProved' | 'credential'> {
  const identity = spiffeIdOf(fields);
  if (identity === undefined) return {};
  return {
    caller: toParty({ by: 'identity', identity }),
    isCallerProved: true,
    credential: 'mtls',
  };
}

/** The SPIFFE ID that a span names, where it is one. */
export function spiffeIdOf(fields: SpanFields): string | undefined {
  if (!fields.has(ROLE.mtlsPeer)) return undefined;
  if (fields.end(ROLE.mtlsPeer) - fields.start(ROLE.mtlsPeer) > MAX_ID_BYTES) return undefined;
  const identity = fields.text('mtlsPeer');
  return SPIFFE_ID.test(identity) ? identity : undefined;
}
