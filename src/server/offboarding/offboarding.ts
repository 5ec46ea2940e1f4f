import { Offboardings, type Retired, type Retirer } from '../../assurance/offboarding/index.ts';
import type { Clock } from '../../base/clock.ts';
import { Fault, quote } from '../../base/fault.ts';
import type { Log } from '../../base/log.ts';
import { after } from '../../base/timer.ts';
import type { DocumentStore, EstateStore } from '../../estate/index.ts';
import { allOf } from '../all-of.ts';

export interface ServerOffboardingParts {
  readonly store: EstateStore & DocumentStore;
  readonly retirers: readonly Retirer[];
  /** Which services are retired has changed. */
  readonly onChange: () => void;
  readonly clock: Clock;
  readonly log: Log;
}

export interface ServerOffboarding {
  readonly offboardings: Offboardings;
  /** Whether a service is retired, by its id: then it is given nothing anew. */
  isRetired(service: string): boolean;
  /** Resolves when nothing is looked at. */
  close(): Promise<void>;
}

/** How long after it was looked at, what is left is looked at again. */
const LOOK_MS = 30_000;

/** Retiring as the server does it: what is left is looked at again and again.
 *  @throws {Fault} `estate/unavailable` */
export async function openOffboarding(parts: ServerOffboardingParts): Promise<ServerOffboarding> {
  const { store, retirers, clock, log, onChange } = parts;
  const offboardings = new Offboardings({
    ...{ store, retirers, clock },
    servicesOf: (retired) => servicesOf(store, retired),
    onRetired: (services) => {
      const isChanged = services.symmetricDifference(known).size > 0;
      known = services;
      if (isChanged) onChange();
    },
    warn: (message, thrown) => log.warn({ err: thrown }, message),
  });
  let known = await offboardings.services();
  let isClosed = false;
  let looking: Promise<void> = Promise.resolve();
  const look = async () => {
    try {
      await offboardings.resume();
    } catch (thrown) {
      log.warn({ err: thrown }, 'What is retired could not be looked at');
    }
    if (!isClosed) stopWaiting = wait();
  };
  // one look after the other, however long it takes
  const wait = () =>
    after(LOOK_MS, () => {
      looking = look();
    });
  let stopWaiting = wait();
  return {
    offboardings,
    isRetired: (service) => known.has(service),
    close: () => {
      isClosed = true;
      stopWaiting();
      return looking;
    },
  };
}

async function servicesOf(store: EstateStore, { kind, name }: Retired): Promise<readonly string[]> {
  const filter = kind === 'service' ? { id: name } : { owner: name };
  const services = await allOf((query) => store.services(query), filter);
  if (services.length > 0) return services.map(({ id }) => id);
  throw new Fault('offboarding/retired-not-found', `There is no ${kind} ${quote(name, 120)}`, {
    hint: kind === 'service' ? '`reeve services` lists them' : '`reeve owners` lists them',
  });
}
