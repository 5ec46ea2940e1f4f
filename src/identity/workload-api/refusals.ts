import { Fault } from '../../base/fault.ts';
import type { Refused } from '../attestation/index.ts';
import type { WhyNone } from '../registration/index.ts';
import type { NotEntitled, Starting } from './ports.ts';

/** A status of gRPC has room for about a kilobyte. */
const MAX_BYTES = 960;
/** Of which the nearest entry may take this much. */
const MAX_NEAREST_BYTES = 480;

/** The call lacks the header that keeps requests forged by way of another server out.
 *  @see SPIFFE Workload Endpoint §3 */
export function headerIsMissing(): Fault {
  return new Fault(
    'identity/header-invalid',
    'The metadata `workload.spiffe.io: true` is missing, or has another value',
    { hint: 'send it with each call; clients of SPIFFE do' },
  );
}

/** @see SPIFFE Workload Endpoint §6 */
export function refusalOf(refused: Refused | NotEntitled | Starting): Fault {
  switch (refused.kind) {
    case 'refused':
      return new Fault(refused.code, refused.because);
    case 'none':
      return new Fault('identity/entry-forbidden', noneInShort(refused.why));
    case 'starting':
      return new Fault(
        'identity/svids-unavailable',
        `There are no identities yet: ${refused.because}`,
        {
          hint: 'ask again after a moment',
        },
      );
  }
}

/** The workload is no longer what it was when it asked. */
export function hasChanged(): Fault {
  return new Fault(
    'identity/workload-unavailable',
    'The workload has changed since it asked: it has other selectors now',
    { hint: 'ask again' },
  );
}

/** An SVID takes too long to be issued. */
export function tookTooLong(waitMs: number): Fault {
  const because = `they were not issued within ${waitMs / 1_000} seconds`;
  return refusalOf({ kind: 'starting', because });
}

/** Why there is no identity, within the bounds of a status: what the nearest entry lacks first, since that is what
 *  people look for, and then what was seen, as much as there is room for. */
export function noneInShort(why: WhyNone): string {
  const count =
    why.entryCount === 1 ? '1 entry does not match' : `of ${why.entryCount} entries none matches`;
  const none = why.entryCount === 0 ? 'no entry is registered' : count;
  const head = `No identity is issued: ${none}.${nearest(why)} Seen: `;
  return head + listed(why.seen, why.seenCount, MAX_BYTES - Buffer.byteLength(head));
}

function nearest({ near: [entry] }: WhyNone): string {
  if (!entry) return '';
  const { spiffeId, lacks, expiredAt, agent, denied } = entry;
  const reasons = [
    ...lacks.map(({ selector, instead }) =>
      instead.length === 0 ? `lacks ${selector}` : `lacks ${selector} (has ${instead.join(', ')})`,
    ),
    ...(expiredAt === undefined ? [] : [`expired ${expiredAt}`]),
    ...(agent === undefined ? [] : [`is handed out only by ${agent}`]),
    ...(denied === undefined ? [] : [`is revoked: ${denied}`]),
  ];
  const room = MAX_NEAREST_BYTES - Buffer.byteLength(spiffeId);
  return ` The nearest, ${spiffeId}: ${listed(reasons, reasons.length, Math.max(room, 160), '; ')}.`;
}

/** As many as fit, and how many there are besides. */
function listed(items: readonly string[], count: number, maxBytes: number, comma = ', '): string {
  if (count === 0) return 'nothing';
  const shown: string[] = [];
  let bytes = ' and 10000 more'.length;
  for (const item of items) {
    bytes += Buffer.byteLength(item) + comma.length;
    if (bytes > maxBytes) break;
    shown.push(item);
  }
  const hidden = count - shown.length;
  if (shown.length === 0) return `${count}, too long to be written here`;
  return shown.join(comma) + (hidden > 0 ? ` and ${hidden} more` : '');
}
