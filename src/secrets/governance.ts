import type { Credential, CredentialRecord, ServiceRecord } from '../estate/index.ts';
import { isTestPath } from './leaks/index.ts';

const DAY = 24 * 60 * 60 * 1000;
const SOON = 30 * DAY;

/** A credential with its owner and everything that is wrong with it. The owner is the one that is
 *  claimed for it, else the one team that owns all services that use it.
 *  @param now RFC 3339 */
export function governCredential(
  record: CredentialRecord,
  services: ReadonlyMap<string, ServiceRecord>,
  now: string,
): Credential {
  const owner = record.owner?.owner ?? commonOwner(record, services);
  const rotation = record.rotation ?? null;
  const remaining =
    record.expires === undefined
      ? Number.POSITIVE_INFINITY
      : Date.parse(record.expires) - Date.parse(now);
  const environments = new Set(record.services.map((id) => services.get(id)?.environment));
  const derived: Record<string, boolean> = {
    unowned: owner === null,
    'no-rotation': rotation === null,
    'shared-by-services': record.services.length > 1,
    'shared-by-environments': environments.size > 1,
    expired: remaining < 0,
    'expires-soon': remaining >= 0 && remaining < SOON && rotation === null,
  };
  const found = Object.keys(derived).filter((problem) => derived[problem]);
  return {
    id: record.id,
    name: record.name,
    kind: record.kind,
    service: record.services[0] ?? null,
    services: [...record.services],
    owner,
    locations: [...record.locations],
    fingerprint: record.fingerprint ?? null,
    lastRotated: record.lastRotated ?? null,
    expires: record.expires ?? null,
    rotation,
    problems: problemsOf(record, found),
  };
}

/** `test-only` holds of a credential whose every place is a test, an example or documentation; one use
 *  elsewhere is enough for it to be in earnest. */
function problemsOf(record: CredentialRecord, found: readonly string[]): string[] {
  const problems = new Set([...record.problems, ...found]);
  if (!record.locations.every(({ file }) => isTestPath(file))) problems.delete('test-only');
  return [...problems];
}

function commonOwner(
  record: CredentialRecord,
  services: ReadonlyMap<string, ServiceRecord>,
): string | null {
  const owners = new Set(record.services.map((id) => services.get(id)?.owner?.owner));
  const [only] = owners;
  return owners.size === 1 && only !== undefined ? only : null;
}
