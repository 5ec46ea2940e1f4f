/** What spans stand for, counted under keys. */

export { CallLog } from './call-log.ts';
export { Dictionary } from './dictionary.ts';
export { KeyWriter } from './key.ts';
export { NO_NAME, Parties, TOO_MANY } from './parties.ts';
export { writeRole } from './role-key.ts';
export { SightingTable } from './sighting-table.ts';
