import { Fault, quote } from '../../base/fault.ts';
import type { Secret, SecretValue } from '../model/index.ts';
import type { Asking, Place } from '../rotation/index.ts';

/** What is said of a secret when it is made. */
export interface GivenSecret {
  readonly name: string;
  /** The id of its service. */
  readonly service: string;
  readonly kind: string;
  readonly owner?: string;
  readonly consumers?: readonly string[];
  /** Without one, it has none until its first rotation. */
  readonly value?: SecretValue;
  /** When the value ends by itself; RFC 3339. */
  readonly expiresAt?: string;
}

type Seal = (value: SecretValue, place: Place) => { envelope: string; fingerprints: string[] };

/** @param now milliseconds since 1970
 *  @throws {Fault} `secrets/secret-invalid` */
export function newSecret(given: GivenSecret, by: Asking, now: number, seal: Seal): Secret {
  const { name, service, kind, owner = null, consumers = [], value, expiresAt = null } = given;
  if (!/^[A-Za-z0-9][\w.-]{0,199}$/.test(name)) {
    throw new Fault('secrets/secret-invalid', `${quote(name)} is not a name of a secret`, {
      hint: 'up to 200 letters, digits, `.`, `_` and `-`, the first a letter or digit',
    });
  }
  const id = `${service}/${name}`;
  if (service === '' || id.length > 600) {
    throw new Fault('secrets/secret-invalid', `${quote(service)} is not the id of a service`, {
      hint: 'such as `production/shop/orders`',
    });
  }
  const createdAt = new Date(now).toISOString();
  const first = value && {
    ...{ number: 1, createdAt, expiresAt, revokedAt: null, leakedAt: null, revocation: null },
    ...seal(value, { secret: id, version: 1 }),
  };
  return {
    ...{ id, name, service, kind, owner, consumers: [...new Set(consumers)] },
    ...{ createdAt, createdBy: by.actor },
    versions: first ? [first] : [],
    labels: first ? { current: 1 } : {},
    ...{ plan: null, run: null, taken: null, nextRotation: null },
    lastRotated: first ? createdAt : null,
  };
}
