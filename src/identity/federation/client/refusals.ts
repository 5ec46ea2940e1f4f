import { Fault, quote } from '../../../base/fault.ts';
import { refuseBundle } from '../judge.ts';

/** Nobody answered, or only in part: it is tried again. */
export const unavailable = (url: URL, why: string): Fault =>
  new Fault(
    'identity/federation-unavailable',
    `The bundle endpoint ${quote(url.href, 200)} cannot be asked: ${quote(why, 300)}`,
    { hint: 'it is tried again by itself; look at its address, its certificate and its health' },
  );

/** It answered, and not as a bundle endpoint does. */
export const refuseAnswer = (url: URL, reason: string, why: string, hint?: string): Fault =>
  refuseBundle(reason, `The bundle endpoint ${quote(url.href, 200)} ${why}`, hint);
