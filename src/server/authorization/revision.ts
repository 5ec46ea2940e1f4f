import { createHash } from 'node:crypto';
import type { Policy } from '../../authorization/model/index.ts';
import { oncePer } from '../../base/once.ts';

/** A name for what a policy says: equal for equal policies. Lists that are the same objects in the next policy, as
 *  endpoints are that make most of it, are read once. */
export function revisionOf({ services, endpoints, grants, guardrails }: Policy): string {
  const parts = [services, endpoints, grants, guardrails].map(digest);
  return createHash('sha256').update(parts.join()).digest('hex').slice(0, 16);
}

const digest = oncePer((list: readonly object[]): string =>
  createHash('sha256').update(JSON.stringify(list)).digest('hex'),
);
