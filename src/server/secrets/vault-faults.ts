import { Fault } from '../../base/fault.ts';

/** What people are told of a fault. */
export interface Told {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

/** Of what is no fault, only that it happened. */
export function toTold(thrown: unknown): Told {
  if (thrown instanceof Fault) {
    return { code: thrown.code, message: thrown.message, hint: thrown.hint ?? null };
  }
  const message = 'Something broke inside; the log says what';
  return { code: 'vault/internal', message, hint: null };
}

/** Faults of keys and of the ring, as who asked for something else is told them: their request is not what is wrong. */
export function asUnavailable(thrown: unknown): unknown {
  if (!(thrown instanceof Fault) || !/^vault\/(kek|ring)-/.test(thrown.code)) return thrown;
  const { code, message, hint } = thrown;
  return new Fault(`vault/unavailable/${code.slice('vault/'.length)}`, message, {
    ...(hint !== undefined && { hint }),
    cause: thrown,
  });
}

export function rethrow(thrown: unknown): never {
  throw asUnavailable(thrown);
}

/** Whether it may be otherwise later, without that anybody tells Reeve. */
export const mayPass = (thrown: unknown): boolean =>
  !(thrown instanceof Fault && WAITS_FOR_PEOPLE.has(thrown.code));
const WAITS_FOR_PEOPLE = new Set(['vault/unavailable/shares', 'vault/unavailable/new']);

export const isBehind = (thrown: unknown): boolean =>
  thrown instanceof Fault && thrown.code === 'vault/unavailable/behind';

const fault = (code: string, message: string, hint: string) =>
  new Fault(`vault/${code}`, message, { hint });

export const sealed = () =>
  fault(
    'unavailable/sealed',
    'The vault is sealed',
    '`reeve secret vault status` says why, and what unseals it',
  );

export const sealedBy = (actor: string) =>
  fault('unavailable/sealed', `${actor} has sealed the vault`, 'unseal it when that may be');

export const behind = () =>
  fault(
    'unavailable/behind',
    'Another server may have changed the key ring of the vault, and this one has not seen it yet',
    'ask again in a moment',
  );

export const waitsForShares = (needed: number) =>
  fault(
    'unavailable/shares',
    `The vault is sealed until ${needed} people give their shares of its key`,
    'each of them gives one, to each server that shares the store',
  );

export const notInitialised = () =>
  fault(
    'unavailable/new',
    'The vault has no keys yet: people are to have shares of the one that unseals it',
    'initialise it, and hand out the shares that are shown then',
  );

export const noShares = (kind: string) =>
  fault(
    'conflict/no-shares',
    `The key of the vault is configured to be of the kind ${kind}, which has no shares`,
    'set `secrets.kek.kind` to `shamir`, and `secrets.kekBefore` to the key until now',
  );

export const exists = () =>
  fault(
    'conflict/exists',
    'The vault has its keys already',
    'give the shares that were shown then',
  );

export const ringLost = () =>
  fault(
    'ring-not-found',
    'The store holds secrets, and not the key ring that opens them; another one would open none',
    'bring the store back from a backup',
  );

export const notSettled = (seconds: number) =>
  fault(
    'conflict/root-key-in-use',
    `Values may still be on their way under the root key of before, for ${seconds} s`,
    'rewrap all secrets meanwhile, and ask again then',
  );
