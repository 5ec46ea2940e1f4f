import { quote } from '../../base/fault.ts';
import { environmentOf } from './reference.ts';

/** Whether a service may read a secret; where it may not, why, and what would allow it. */
export type MayRead =
  | { readonly outcome: 'allowed' }
  | {
      readonly outcome: 'denied';
      readonly reason: DeniedReason;
      readonly why: string;
      readonly hint: string;
    };

/** - `environment`: the secret is of another environment, which nothing allows.
 *  - `unknown`: the caller is no service of the estate.
 *  - `undeclared`: the caller's declaration does not list it.
 *  - `not-consumer`: it belongs to another service, whose side does not name the caller. */
export type DeniedReason = 'environment' | 'unknown' | 'undeclared' | 'not-consumer';

/** What is asked: by whom, for what. */
export interface ReadQuestion {
  /** The id of the service that asks. */
  readonly caller: string;
  /** The id of the service that the secret belongs to. */
  readonly service: string;
  readonly name: string;
  /** Ids of the secrets that the caller declares; undefined: the estate does not know it. */
  readonly declared: ReadonlySet<string> | undefined;
  /** Ids of other services that the owner of the secret names; none where there is no such secret. */
  readonly consumers: readonly string[];
}

/** A service reads what its own declaration lists: its own secrets, and those of others whose side names it as a
 *  consumer. Both have to say so, as with calls. Whether there is the secret at all, only those learn who may read it. */
export function mayRead({ caller, service, name, declared, consumers }: ReadQuestion): MayRead {
  const [secret, reader] = [quote(`${service}/${name}`, 200), quote(caller, 200)];
  if (environmentOf(caller) !== environmentOf(service)) {
    return denied(
      'environment',
      `${reader} is in another environment than the secret ${secret}`,
      'give the environment a secret of its own: no secret is read across environments',
    );
  }
  if (declared === undefined) {
    return denied(
      'unknown',
      `The estate has no service ${reader}`,
      'declare it in a reeve.yaml, and wait until its folder has been read',
    );
  }
  const isOwn = caller === service;
  if (!declared.has(`${service}/${name}`)) {
    return denied(
      'undeclared',
      `${reader} does not declare the secret ${secret}`,
      `add \`${declarationOf(name, isOwn ? undefined : service)}\` to \`spec.credentials\` in its reeve.yaml`,
    );
  }
  if (isOwn || consumers.includes(caller)) return { outcome: 'allowed' };
  return denied(
    'not-consumer',
    `${reader} is not among the consumers of a secret ${secret}`,
    `who answers for ${quote(service, 200)} adds it to the consumers of the secret`,
  );
}

function declarationOf(name: string, owner: string | undefined): string {
  const [, ...rest] = owner?.split('/') ?? [];
  return owner === undefined
    ? `- { name: ${name}, kind: … }`
    : `- { name: ${name}, service: ${rest.join('/')} }`;
}

const denied = (reason: DeniedReason, why: string, hint: string): MayRead => ({
  ...{ outcome: 'denied', reason, why, hint },
});
