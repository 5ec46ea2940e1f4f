import { stableId } from '../../base/ids.ts';
import type { CredentialConcern, CredentialFact } from '../../estate/index.ts';

/** What is told of an API key that Reeve issued and verifies. */
export interface IssuedKey {
  /** The part of its text that names it. */
  readonly id: string;
  /** The id of the service that it stands for. */
  readonly service: string;
  readonly owner: string | null;
  /** The id of the secret whose value it is. */
  readonly secret?: string;
  readonly environments: readonly string[];
  readonly scopes: readonly KeyScope[];
  /** RFC 3339; null: no end. */
  readonly expiresAt: string | null;
  readonly createdAt: string;
  readonly revokedAt: string | null;
  /** Milliseconds since 1970. */
  readonly lastUsed: number | undefined;
  /** Granted, and not used for long. */
  readonly unused: readonly KeyScope[];
}

interface KeyScope {
  /** The id of the service that may be called. */
  readonly service: string;
  /** `*`: every one. */
  readonly operations: readonly string[];
}

/** What API keys say to the estate. A key that a scan found is the same credential, because its text begins with its name;
 *  one that Reeve keeps and renews is the same as its secret.
 *  Each use is seen, for it is Reeve that verifies it. One that is revoked is no credential any more: its text opens
 *  nothing wherever it lies. So does that of one that has expired. Pure.
 *  @param now milliseconds since 1970 */
export function issuedKeyFacts(keys: Iterable<IssuedKey>, now: number): CredentialFact[] {
  return [...keys].map((key) => factOf(key, now));
}

function factOf(key: IssuedKey, now: number): CredentialFact {
  const { id, service, owner, secret, createdAt, expiresAt, revokedAt, lastUsed } = key;
  const [environment = ''] = service.split('/');
  const name = `api-key:${id}`;
  const about: CredentialFact = {
    entity: 'credential',
    id: `${environment}/${stableId('cred', environment, name)}`,
    name: `API key ${id}`,
    credentialKind: 'api-key',
    keys: [name],
    ...(owner !== null && { owner: { owner, rank: 'person' as const } }),
    source: { reader: 'reeve', how: 'configured' },
  };
  if (revokedAt !== null) return { ...about, revoked: revokedAt, refused: [name] };
  const concerns = concernsOf(key);
  return {
    ...about,
    ...(secret !== undefined && {
      name: secret.slice(secret.lastIndexOf('/') + 1),
      keys: [name, `kept:${secret}`],
    }),
    service,
    belongsTo: service,
    created: createdAt,
    ...(expiresAt !== null && { expires: expiresAt }),
    ...(expiresAt !== null && Date.parse(expiresAt) <= now && { refused: [name] }),
    ...(lastUsed !== undefined && { lastUsed: new Date(lastUsed).toISOString() }),
    usesSeenSince: createdAt,
    ...(concerns.length > 0 && { concerns }),
  };
}

const SHOWN = 3;

function concernsOf({ scopes, unused, environments }: IssuedKey): CredentialConcern[] {
  const over = (because: string): CredentialConcern => ({ problem: 'over-privileged', because });
  const every = scopes.filter(({ operations }) => operations.includes('*'));
  const idle = unused.flatMap(({ service, operations }) =>
    operations.filter((one) => one !== '*').map((one) => `${one} of ${service}`),
  );
  return [
    ...(every.length > 0
      ? [over(`every operation of ${someOf(every.map(({ service }) => service))}`)]
      : []),
    ...(idle.length > 0 ? [over(`it has not used ${someOf(idle)}`)] : []),
    ...(environments.length > 1
      ? [{ problem: 'shared-by-environments', because: [...environments].sort().join(' and ') }]
      : []),
  ];
}

function someOf(names: readonly string[]): string {
  const more = names.length - SHOWN;
  return names.slice(0, SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
