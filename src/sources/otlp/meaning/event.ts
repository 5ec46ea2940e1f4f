import { writeRole } from '../counting/index.ts';
import { ROLE, SPAN_KIND, type SpanFields } from '../reading/index.ts';
import { isAt } from './bytes.ts';
import { KEY_KIND } from './key-parts.ts';
import type { Meaning, ProtocolMeaning } from './operation.ts';

const MAX_TOPIC_BYTES = 255;

/** Messages that a service writes to a topic or reads from one. Topics made for one consumer or one
 *  answer are no part of the estate. */
export const EVENT: ProtocolMeaning = {
  writeKey(fields, key) {
    if (!fields.has(ROLE.messagingSystem) || !fields.has(ROLE.destination)) return false;
    key.byte(KEY_KIND.event);
    key.byte(messageSide(fields));
    key.byte(fields.number(ROLE.temporary));
    writeRole(fields, ROLE.destination, key, MAX_TOPIC_BYTES + 1);
    return true;
  },

  meaning(fields): Meaning {
    if (fields.number(ROLE.temporary) !== 0) return { reason: 'temporary destination' };
    const bytes = fields.end(ROLE.destination) - fields.start(ROLE.destination);
    const path = fields.text('destination');
    if (bytes > MAX_TOPIC_BYTES || /\p{Cc}/u.test(path)) return { reason: 'unusable path' };
    const method = messageSide(fields) === SPAN_KIND.producer ? 'PUBLISH' : 'SUBSCRIBE';
    return { operations: [{ protocol: 'event', method, path, status: 0 }] };
  },
};

/** Words of `messaging.operation.type`, and of the older `messaging.operation`, on CLIENT spans. */
const SIDES: readonly (readonly [operation: Uint8Array, kind: number])[] = [
  [Buffer.from('receive'), SPAN_KIND.consumer],
  [Buffer.from('send'), SPAN_KIND.producer],
  [Buffer.from('publish'), SPAN_KIND.producer],
];

/** Whether a span writes messages or reads them, as a kind of span: consumers that fetch messages, and producers that
 *  send several at once, have CLIENT spans. The span's own kind where it does neither.
 *  @see OpenTelemetry semantic conventions 1.44, Messaging spans, Span kind */
export function messageSide(fields: SpanFields): number {
  const { kind, bytes } = fields;
  const isMessage = kind === SPAN_KIND.client && fields.has(ROLE.messagingSystem);
  if (!isMessage || !fields.has(ROLE.messagingOperation)) return kind;
  const start = fields.start(ROLE.messagingOperation);
  const length = fields.end(ROLE.messagingOperation) - start;
  for (const [operation, side] of SIDES) {
    if (operation.length === length && isAt(bytes, start, operation)) return side;
  }
  return kind;
}

/** Messages that one span may stand for. */
const MAX_BATCH = 100_000;

/** How many messages a span stands for; 1 for what is none. */
export function messageCount(fields: SpanFields): number {
  if (!fields.has(ROLE.batchSize)) return 1;
  const side = messageSide(fields);
  if (side !== SPAN_KIND.producer && side !== SPAN_KIND.consumer) return 1;
  return Math.min(MAX_BATCH, Math.max(1, Math.floor(fields.number(ROLE.batchSize))));
}
