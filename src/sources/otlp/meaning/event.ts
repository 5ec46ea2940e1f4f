import { writeRole } from '../counting/index.ts';
import { ROLE, SPAN_KIND } from '../reading/index.ts';
import { KEY_KIND } from './key-parts.ts';
import type { Meaning, ProtocolMeaning } from './operation.ts';

const MAX_TOPIC_BYTES = 255;

/** Messages that a service writes to a topic or reads from one. Topics made for one consumer or one
 *  answer are no part of the estate. */
export const EVENT: ProtocolMeaning = {
  writeKey(fields, key) {
    if (!fields.has(ROLE.messagingSystem) || !fields.has(ROLE.destination)) return false;
    key.byte(KEY_KIND.event);
    key.byte(fields.kind);
    key.byte(fields.number(ROLE.temporary));
    writeRole(fields, ROLE.destination, key, MAX_TOPIC_BYTES + 1);
    return true;
  },

  meaning(fields): Meaning {
    if (fields.number(ROLE.temporary) !== 0) return { reason: 'temporary destination' };
    const bytes = fields.end(ROLE.destination) - fields.start(ROLE.destination);
    const path = fields.text('destination');
    if (bytes > MAX_TOPIC_BYTES || /\p{Cc}/u.test(path)) return { reason: 'unusable path' };
    const method = fields.kind === SPAN_KIND.producer ? 'PUBLISH' : 'SUBSCRIBE';
    return { operations: [{ protocol: 'event', method, path, status: 0 }] };
  },
};
