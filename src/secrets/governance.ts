import type { Credential, CredentialRecord, ServiceRecord } from '../estate/index.ts';
import { isTestPath } from './leaks/files.ts';
import { ageOf } from './registry/age.ts';
import { type Derived, derivedProblems } from './registry/derived.ts';
import { ownerOf } from './registry/owner.ts';

/** A credential with its owner and everything that is wrong with it.
 *  @param now RFC 3339 */
export function governCredential(
  record: CredentialRecord,
  services: ReadonlyMap<string, ServiceRecord>,
  now: string,
): Credential {
  const owner = ownerOf(record, services);
  return {
    id: record.id,
    name: record.name,
    kind: record.kind,
    service: record.belongsTo ?? record.services[0] ?? null,
    services: [...record.services],
    owner: owner?.owner ?? null,
    ownerBecause: owner?.because ?? null,
    locations: [...record.locations],
    fingerprint: record.fingerprint ?? null,
    created: record.created ?? null,
    lastRotated: record.lastRotated ?? null,
    expires: record.expires ?? null,
    lastUsed: record.lastUsed ?? null,
    rotation: record.rotation ?? null,
    secret: record.secret ?? null,
    ...problemsOf(record, services, owner !== null, Date.parse(now)),
  };
}

function problemsOf(
  record: CredentialRecord,
  services: ReadonlyMap<string, ServiceRecord>,
  isOwned: boolean,
  now: number,
): Pick<Credential, 'problems' | 'evidence'> {
  const problems = new Set(record.problems);
  const evidence = new Map<string, string[]>();
  const tell = (problem: string, because: string) => {
    problems.add(problem);
    if (because !== '') evidence.set(problem, [...(evidence.get(problem) ?? []), because]);
  };
  // what opens nothing any more needs neither an owner nor a rotation
  const derived: readonly Derived[] =
    record.revoked === undefined
      ? derivedProblems({ record, services, isOwned, now })
      : [['old-value', `it was revoked on ${record.revoked.slice(0, 10)}`]];
  for (const [problem, because] of derived) tell(problem, because);
  for (const { problem, because = '', since } of record.concerns) {
    const age = since === undefined ? '' : `since ${since.slice(0, 16)}Z (${ageOf(since, now)})`;
    tell(problem, [age, because].filter((part) => part !== '').join('; '));
  }
  if (!isOnlyInTests(record)) problems.delete('test-only');
  return {
    problems: [...problems],
    evidence: Object.fromEntries([...evidence].map(([problem, why]) => [problem, why.join('; ')])),
  };
}

/** Every place of it is a test, an example or documentation; one use elsewhere is enough for it to be in earnest. */
function isOnlyInTests({ locations, secret }: CredentialRecord): boolean {
  return secret === undefined && locations.every(({ file }) => isTestPath(file));
}
