import type { Rotator } from '../rotation/rotator.ts';

/** Every kind of rotator, and where it lies: one that is not used is not loaded, nor is its driver. A rotator's own
 *  schema has read the configuration that it is given, so it may be held as one of unknown configuration. */
const ROTATORS: Readonly<Record<string, () => Promise<unknown>>> = {
  mysql: async () => (await import('./mysql/index.ts')).mysqlRotator,
  postgres: async () => (await import('./postgres/index.ts')).postgresRotator,
};

export const ROTATOR_KINDS: readonly string[] = Object.keys(ROTATORS);

/** @returns undefined: there is no such kind */
export async function rotatorOf(kind: string): Promise<Rotator | undefined> {
  const load = Object.hasOwn(ROTATORS, kind) ? ROTATORS[kind] : undefined;
  return (await load?.()) as Rotator | undefined;
}
