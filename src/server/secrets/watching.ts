import type { Log } from '../../base/log.ts';
import type { DocumentStore } from '../../estate/index.ts';
import { type DriftConfig, DriftWatch } from '../../secrets/drift/index.ts';
import type { SecretKeeping } from '../../secrets/keeping/index.ts';
import type { RegistryFacts, UseLog } from '../../secrets/registry/index.ts';
import { type Asking, type CallParts, lookAt } from '../../secrets/rotation/index.ts';

export interface WatchingParts {
  readonly config: DriftConfig;
  readonly store: DocumentStore;
  readonly keeping: Pick<SecretKeeping, 'list' | 'get' | 'read' | 'currentOf'>;
  readonly uses: UseLog;
  /** What a target is asked with. */
  readonly calls: Pick<CallParts, 'rotators' | 'values' | 'random' | 'stepMilliseconds'>;
  /** Why targets are left alone; undefined: they need not be. */
  readonly whyPaused: () => string | undefined;
  /** What is known beside. */
  readonly known: RegistryFacts;
  /** What is known of a secret has become another. */
  readonly onChange: () => void;
  readonly clock: () => number;
  readonly log: Log;
}

/** What is seen of secrets beside what is kept: their uses, and what their targets hold. */
export interface Watching {
  readonly known: RegistryFacts;
  /** A person says that what the account of a secret may do is as it should be. */
  accept(id: string, by: Asking): Promise<void>;
  close(): Promise<void>;
}

/** Reads of workloads are uses; those of people are not. */
export const isUse = ({ actor }: Asking): boolean => actor.startsWith('spiffe://');

/** @throws {Fault} `estate/unavailable` */
export async function openWatching(parts: WatchingParts): Promise<Watching> {
  const { store, config, clock, log, keeping, uses, onChange, known } = parts;
  const calls: CallParts = {
    ...parts.calls,
    ...{ clock, holder: 'look', deliver: undefined, fingerprintsOf: () => [] },
    currentOf: (id) => keeping.currentOf(id),
  };
  const drift = new DriftWatch({
    ...{ store, config, clock, onChange },
    secrets: { list: () => keeping.list(), read: (id) => keeping.read(id) },
    isPaused: () => parts.whyPaused() !== undefined,
    look: (secret, signal) => lookAt(secret, calls, signal),
    warn: (message, fault) => log.warn({ err: fault }, message),
  });
  await drift.start();
  const delivered = (id: string) => hasDeliveries(keeping.get(id)?.plan ?? null);
  return {
    known: {
      ...known,
      // who gets a value brought does not ask for it
      useOf: (id) => known.useOf?.(id) ?? (delivered(id) ? undefined : uses.useOf(id)),
      grantsOf: (id) => known.grantsOf?.(id) ?? drift.grantsOf(id),
      driftOf: (id) => [...(known.driftOf?.(id) ?? []), ...drift.concernsOf(id)],
    },
    accept: (id, by) => drift.accept(id, by),
    close: async () => {
      await drift.close();
      await uses.close();
    },
  };
}

const hasDeliveries = (plan: { readonly deliver: readonly unknown[] } | null): boolean =>
  plan !== null && plan.deliver.length > 0;
