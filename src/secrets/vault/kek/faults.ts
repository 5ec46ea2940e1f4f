import { Fault, type FaultDetails } from '../../../base/fault.ts';

const fault = (what: string) => (why: string, hint?: string, details?: FaultDetails) =>
  new Fault(`vault/kek-${what}`, why, { ...details, ...(hint !== undefined && { hint }) });

/** It may be tried again. */
export const kekUnavailable = fault('unavailable');
export const kekDenied = fault('denied');
export const kekNotFound = fault('not-found');
export const kekMalformed = fault('malformed');

/** What came back does not open with this key. */
export const kekRefused = (id: string) =>
  new Fault(
    'vault/kek-refused',
    `What was wrapped does not open with ${id}: it was changed, or wrapped with another key`,
  );
