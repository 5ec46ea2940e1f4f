import type { Sighting } from '../../../estate/index.ts';
import { toParty } from '../../../estate/sighting/index.ts';
import { type KeyWriter, writeRole } from '../counting/index.ts';
import { ROLE, type SpanFields } from '../reading/index.ts';

/** @see SPIFFE-ID §2: up to 2,048 bytes */
const MAX_ID_BYTES = 2_048;
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
  if (!fields.has(ROLE.mtlsPeer)) return {};
  if (fields.end(ROLE.mtlsPeer) - fields.start(ROLE.mtlsPeer) > MAX_ID_BYTES) return {};
  const identity = fields.text('mtlsPeer');
  if (!SPIFFE_ID.test(identity)) return {};
  return {
    caller: toParty({ by: 'identity', identity }),
    isCallerProved: true,
    credential: 'mtls',
  };
}
