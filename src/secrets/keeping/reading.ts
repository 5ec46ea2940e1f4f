import { Fault, quote } from '../../base/fault.ts';
import type { Secret, SecretValue, SecretVersion } from '../model/index.ts';

/** `pending` is for consumers whose target holds one value at a time: between its being set and its being current it is
 *  the one that works. */
export type Label = 'current' | 'pending' | 'previous';

export interface SecretReading {
  readonly value: SecretValue;
  /** Its number. */
  readonly version: number;
  /** RFC 3339; null: it does not end by itself. */
  readonly expiresAt: string | null;
}

type Readable = SecretVersion & { readonly envelope: string };

/** @throws {Fault} `secrets/version-not-found`, `secrets/version-forbidden` */
export function versionToRead({ id, versions, labels }: Secret, label: Label | number): Readable {
  const number = typeof label === 'number' ? label : labels[label];
  const version = versions.find((one) => one.number === number);
  if (version === undefined) {
    throw new Fault(
      'secrets/version-not-found',
      `The secret ${quote(id, 120)} has no ${typeof label === 'number' ? `version ${label}` : `${label} value`}`,
      { hint: 'look at its versions' },
    );
  }
  if (version.revokedAt === null && isReadable(version)) return version;
  const why = version.revokedAt === null ? 'destroyed' : 'revoked';
  throw new Fault(
    'secrets/version-forbidden',
    `Version ${version.number} of the secret ${quote(id, 120)} is ${why}`,
    { hint: 'read the current one' },
  );
}

const isReadable = (version: SecretVersion): version is Readable => version.envelope !== null;
