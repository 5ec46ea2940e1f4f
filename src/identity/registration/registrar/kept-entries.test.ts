import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { Fault } from '../../../base/fault.ts';
import type { DocumentStore } from '../../../estate/index.ts';
import type { Registrar } from '../index.ts';
import { ADA, RegistrarRig, said, service } from './testing/registrars.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e'];
const MAX_ENTRIES = 4;
const rig = new RegistrarRig();
afterAll(() => rig.close());

/** Fails now and then, before a change is made or with its acknowledgement lost. */
class Unreliable implements DocumentStore {
  fails: 'before' | 'after' | undefined;
  readonly #store: DocumentStore;

  constructor(store: DocumentStore) {
    this.#store = store;
  }

  documents(kind: string) {
    return this.#store.documents(kind);
  }

  document(kind: string, id: string) {
    return this.#store.document(kind, id);
  }

  documentVersions(kind: string, ids: readonly string[]) {
    return this.#store.documentVersions(kind, ids);
  }

  async amend(...change: Parameters<DocumentStore['amend']>) {
    const { fails } = this;
    this.fails = undefined;
    const fault = new Fault('estate/unavailable', 'gone for a moment');
    if (fails === 'before') throw fault;
    const entries = await this.#store.amend(...change);
    if (fails === 'after') throw fault;
    return entries;
  }
}

type Act = (registrar: Registrar) => Promise<unknown>;

const byName = (name: string) => ({ spiffeId: `spiffe://example.org/${name}` });
const firstOf = (registrar: Registrar) => [...registrar.index.entries()][0]?.id ?? 'entry-none';
const act: fc.Arbitrary<Act> = fc.oneof(
  fc
    .array(fc.tuple(fc.constantFrom(...NAMES), fc.boolean()), { maxLength: 6 })
    .map((all) => new Map(all))
    .map((all) => [...all].map(([name, retired]) => service(name, { retired })))
    .map(
      (services): Act =>
        (registrar) =>
          registrar.applyEstate(services),
    ),
  fc.constantFrom(...NAMES).map(
    (name): Act =>
      (registrar) =>
        registrar.add(said(byName(name)), ADA),
  ),
  fc.constantFrom('x', '').map(
    (hint): Act =>
      (registrar) =>
        registrar.update(firstOf(registrar), { hint }, ADA),
  ),
  fc.constant<Act>((registrar) => registrar.remove([firstOf(registrar)], ADA)),
);
const step = fc.record({
  acts: fc.array(fc.tuple(act, fc.nat(1)), { minLength: 1, maxLength: 3 }),
  fails: fc.option(fc.constantFrom('before' as const, 'after' as const), { freq: 4 }),
});

it('whatever happens to one registrar, or to two at once, each entry is kept, seen and logged once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 2 }),
      fc.array(step, { maxLength: 8 }),
      async (count, steps) => {
        const estate = await rig.store();
        const store = new Unreliable(estate);
        const open = () => rig.registrar(store, { maxEntries: MAX_ENTRIES });
        const registrars = await Promise.all(Array.from({ length: count }, open));
        for (const { acts, fails } of steps) {
          store.fails = fails ?? undefined;
          const ended = await Promise.allSettled(
            acts.map(([one, who]) => one(registrars[who % count]!)),
          ); // there are so many
          for (const one of ended) {
            if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(Fault);
          }
          rig.now += 3_600_000;
        }
        store.fails = undefined;
        const kept = new Map(
          (await estate.documents('identity-entry')).map((one) => [one.id, one.body]),
        );
        // each keeps to the limit by what it sees
        expect(kept.size).toBeLessThanOrEqual(registrars.length * MAX_ENTRIES);
        const fresh = await open();
        expect(new Map([...fresh.index.entries()].map((one) => [one.id, one]))).toEqual(kept);
        const log = (await estate.audit({ limit: 1_000 })).items;
        const logged = (action: string) => log.filter((entry) => entry.action === action).length;
        expect(logged('identity.register') - logged('identity.retire')).toBe(kept.size);
        for (const registrar of registrars) {
          // whoever has an old view gets the new one with its next change
          const probe = await registrar.applyEstate([]).catch((thrown: unknown) => thrown);
          expect(probe instanceof Error ? probe : undefined).toBeUndefined();
        }
      },
    ),
    { numRuns: 50 },
  );
});
