import type { SecretMetadata } from '../keeping/index.ts';
import type { Secret } from '../model/index.ts';

/** The value before the current one, while it may still be used. */
export interface PreviousVersion {
  readonly version: number;
  /** RFC 3339; null: it is not known yet. */
  readonly validUntil: string | null;
}

/** What consumers are told of a secret without its value. */
export interface SecretStanding {
  /** The current version; 0: there is none. */
  readonly version: number;
  /** RFC 3339; null: it does not end by itself. */
  readonly expiresAt: string | null;
  readonly previous: PreviousVersion | null;
}

export function standingOf(secret: SecretMetadata): SecretStanding {
  const { current = 0 } = secret.labels;
  const version = secret.versions.find(({ number }) => number === current);
  const { expiresAt = null } = version ?? {};
  return { version: current, expiresAt, previous: previousOf(secret) };
}

/** A value that is being taken away, or was, is none that may be used. */
export function previousOf({
  labels,
  versions,
  run,
}: Pick<Secret, 'labels' | 'run'> & {
  readonly versions: readonly Pick<
    Secret['versions'][number],
    'number' | 'revokedAt' | 'revocation'
  >[];
}): PreviousVersion | null {
  const previous = versions.find(({ number }) => number === labels.previous);
  if (!previous || previous.revokedAt !== null || previous.revocation !== null) return null;
  const validUntil = run?.step === 'finish' ? run.nextAt : null;
  return { version: previous.number, validUntil };
}
