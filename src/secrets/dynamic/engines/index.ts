import type { Engine } from '../engine.ts';

/** Every kind of target that users are made at, and where its engine lies: one that is not used is not loaded, nor is its
 *  driver. An engine's own schemas have read what it is given, so it may be held as one of unknown configuration. */
const ENGINES: Readonly<Record<string, () => Promise<unknown>>> = {
  postgres: async () => (await import('./postgres.ts')).postgresEngine,
  rabbitmq: async () => (await import('./rabbitmq.ts')).rabbitmqEngine,
};

export const ENGINE_KINDS: readonly string[] = Object.keys(ENGINES);

/** @returns undefined: there is no such kind */
export async function engineOf(kind: string): Promise<Engine | undefined> {
  const load = Object.hasOwn(ENGINES, kind) ? ENGINES[kind] : undefined;
  return (await load?.()) as Engine | undefined;
}
