import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Policy } from '../../authorization/model/index.ts';
import { oncePer } from '../../base/once.ts';

/** Written at a time; others get their turn in between. */
const SLICE = 5_000;

/** A name for what a policy says: equal for equal policies. Lists that are the same objects in the next policy, as
 *  endpoints are that make most of it, are read once. */
export async function revisionOf({
  services,
  endpoints,
  grants,
  guardrails,
}: Policy): Promise<string> {
  const hash = createHash('sha256');
  for (const list of [services, endpoints, grants, guardrails]) hash.update(await digest(list));
  return hash.digest('hex').slice(0, 16);
}

const digest = oncePer(async (list: readonly object[]): Promise<string> => {
  const hash = createHash('sha256');
  for (let start = 0; start < list.length; start += SLICE) {
    if (start > 0) await setImmediate();
    hash.update(JSON.stringify(list.slice(start, start + SLICE)));
  }
  return hash.digest('hex');
});
