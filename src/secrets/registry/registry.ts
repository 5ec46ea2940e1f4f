import { stableId } from '../../base/ids.ts';
import { kvKeyOf } from '../../base/kv-path.ts';
import type { CredentialConcern, CredentialFact, Source } from '../../estate/index.ts';
import type { SecretMetadata } from '../keeping/index.ts';
import {
  type RotationPolicy,
  type RotationProblemId,
  rotationProblems,
} from '../rotation/index.ts';
import { interval } from './interval.ts';
import { excessOf } from './over-privileged.ts';

/** What is known of the uses of a secret. */
export interface SecretUse {
  /** RFC 3339; null: it was not used since uses are seen. */
  readonly lastUsed: string | null;
  /** Since when each of its uses is seen, RFC 3339. */
  readonly seenSince: string;
}

/** What is known of secrets beside what is kept. Every part may be absent. */
export interface RegistryFacts {
  /** Undefined: its uses are not seen, as of one that a cluster hands to its pods. */
  readonly useOf?: (secret: string) => SecretUse | undefined;
  /** What its target said last that it may do, as the rotator's `inspect` tells it. */
  readonly grantsOf?: (secret: string) => readonly string[] | undefined;
  /** What a comparison with its targets brought up. */
  readonly driftOf?: (secret: string) => readonly CredentialConcern[];
  /** Of a cluster by its name; undefined: it is the secret's own. */
  readonly environmentOfCluster?: (cluster: string) => string | undefined;
}

export interface RegistryTerms {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly policy: RotationPolicy;
}

/** The id of a secret that Reeve keeps, in lists of credentials. */
export function credentialIdOf(secret: string): string {
  const environment = environmentOf(secret);
  return `${environment}/${stableId('cred', environment, `kept:${secret}`)}`;
}

/** What the secrets that Reeve keeps say to the estate: one fact for each, and one for each that may read it. A value that
 *  a scan found is the same credential, because its fingerprint is the same. Pure; the facts change only when what they
 *  say does, so that they can be made anew as often as one likes. */
export function registryFacts(
  secrets: Iterable<SecretMetadata>,
  known: RegistryFacts,
  terms: RegistryTerms,
): CredentialFact[] {
  const all = [...secrets];
  const admins = adminUses(all);
  return all.flatMap((secret) => factsOf(secret, admins.get(secret.id), known, terms));
}

const SOURCE: Source = { reader: 'reeve', how: 'configured' };

function factsOf(
  secret: SecretMetadata,
  adminUse: string | undefined,
  known: RegistryFacts,
  terms: RegistryTerms,
): CredentialFact[] {
  const { id, name, kind, service, owner, plan, createdAt, versions, labels } = secret;
  const current = versions.find(({ number }) => number === labels.current);
  const about = {
    entity: 'credential',
    id: credentialIdOf(id),
    name,
    credentialKind: kind,
    source: SOURCE,
  } as const;
  const delivered = deliveredSecrets(secret, known);
  const refused = versions.flatMap(({ revokedAt, fingerprints }) =>
    revokedAt === null ? [] : fingerprints,
  );
  const own: CredentialFact = {
    ...about,
    service,
    belongsTo: service,
    secret: id,
    keys: keysOf(secret, delivered),
    ...(owner !== null && { owner: { owner, rank: 'person' as const } }),
    ...(plan && { rotation: `Reeve, every ${interval(plan.everySeconds)}` }),
    created: createdAt,
    ...((secret.lastRotated ?? current) && {
      lastRotated: secret.lastRotated ?? current?.createdAt ?? createdAt,
    }),
    ...(current?.expiresAt && { expires: current.expiresAt }),
    ...useOf(known.useOf?.(id), adminUse),
    ...(delivered.length > 0 && { delivered: delivered.map(({ secret: place }) => place) }),
    ...(refused.length > 0 && { refused }),
    ...concernsOf(secret, adminUse !== undefined, known, terms),
  };
  const others = secret.consumers.filter((consumer) => consumer !== service);
  return [own, ...others.map((consumer) => ({ ...about, service: consumer, keys: [] }))];
}

/** A secret by which targets are changed is used whenever one of them was. */
function adminUses(secrets: readonly SecretMetadata[]): ReadonlyMap<string, string> {
  const uses = new Map<string, string>();
  for (const { plan, lastRotated } of secrets) {
    if (!plan?.admin) continue;
    const before = uses.get(plan.admin) ?? '';
    uses.set(plan.admin, [before, lastRotated ?? ''].sort().at(-1) ?? '');
  }
  return uses;
}

function useOf(
  use: SecretUse | undefined,
  adminUse: string | undefined,
): Pick<CredentialFact, 'lastUsed' | 'usesSeenSince'> {
  const lastUsed = [use?.lastUsed ?? '', adminUse ?? ''].sort().at(-1);
  return {
    ...(lastUsed && { lastUsed: toMinute(lastUsed) }),
    ...(use && adminUse === undefined && { usesSeenSince: use.seenSince }),
  };
}

/** A fact that changed with each use would be written with each use. */
const toMinute = (time: string): string => `${time.slice(0, 16)}:00.000Z`;

interface Delivered {
  /** `shop/orders-db`. */
  readonly secret: string;
  readonly keys: readonly string[];
}

/** Secrets of its own environment that it is brought to. */
function deliveredSecrets({ id, plan }: SecretMetadata, known: RegistryFacts): Delivered[] {
  const environment = environmentOf(id);
  return (plan?.deliver ?? []).flatMap((target) => {
    if (target.kind !== 'kubernetes') return [];
    const there = known.environmentOfCluster?.(target.cluster) ?? environment;
    if (there !== environment) return [];
    const secret = `${target.namespace}/${target.name}`;
    return [{ secret, keys: target.data ? Object.keys(target.data) : ['*'] }];
  });
}

function keysOf(
  { id, versions, service, name, plan }: SecretMetadata,
  delivered: readonly Delivered[],
): string[] {
  return [
    ...new Set(versions.flatMap(({ fingerprints }) => fingerprints.map((one) => `value:${one}`))),
    ...delivered.flatMap(({ secret, keys }) => keys.map((key) => `secret:${secret}#${key}`)),
    `kept:${id}`,
    ...storeKeys(plan),
    `declared:${service.slice(service.lastIndexOf('/') + 1)}/${name}`,
  ];
}

/** Paths of other stores that it is brought to, as their listings name them. */
const storeKeys = (plan: SecretMetadata['plan']): string[] =>
  (plan?.deliver ?? []).flatMap((target) => (target.kind === 'kv' ? [kvKeyOf(target)] : []));

function concernsOf(
  secret: SecretMetadata,
  isAdmin: boolean,
  { grantsOf, driftOf }: RegistryFacts,
  { now, policy }: RegistryTerms,
): Pick<CredentialFact, 'concerns'> {
  const excess = isAdmin ? [] : excessOf(secret.plan?.rotator ?? '', grantsOf?.(secret.id) ?? []);
  const concerns: CredentialConcern[] = [
    ...rotationConcerns(secret, now, policy),
    ...(excess.length > 0
      ? [{ problem: 'over-privileged', because: excess.slice(0, SHOWN).join(', ') }]
      : []),
    ...(driftOf?.(secret.id) ?? []),
  ];
  return concerns.length > 0 ? { concerns } : {};
}

const SHOWN = 5;

/** What is told of rotations otherwise is left out: that there is no plan, and that a value has ended. */
const CONCERN_OF: Readonly<Partial<Record<RotationProblemId, string>>> = {
  missed: 'rotation-missed',
  waiting: 'rotation-waits',
  stuck: 'rotation-stuck',
  'too-old': 'long-lived',
  leaked: 'leaked',
  unrevoked: 'unrevoked',
};

function rotationConcerns(
  secret: SecretMetadata,
  now: number,
  policy: RotationPolicy,
): CredentialConcern[] {
  return rotationProblems(secret, now, policy).flatMap((found) => {
    const problem = CONCERN_OF[found.problem];
    if (problem === undefined) return [];
    const said = [
      found.version === undefined ? null : `version ${found.version}`,
      found.why,
      found.hint,
    ];
    const because = said.filter((part) => part !== null).join('; ');
    // its age is told when it is judged: here it would change from one moment to the next
    const since = new Date(found.since).toISOString();
    return [{ problem, since, ...(because !== '' && { because }) }];
  });
}

/** Of a service's or a secret's id, its first part. */
function environmentOf(id: string): string {
  return id.slice(0, Math.max(0, id.indexOf('/')));
}
