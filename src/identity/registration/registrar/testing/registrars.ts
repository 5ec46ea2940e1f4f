import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DocumentStore, EstateStore } from '../../../../estate/index.ts';
import { openStore } from '../../../../estate/store/index.ts';
import {
  parseEntryInput,
  type RegisterableService,
  Registrar,
  type RegistrarParts,
  RegistrationConfig,
} from '../../index.ts';
import { NOW, SAID } from '../../testing/entries.ts';

/** Registrars over embedded stores, with a clock that a test turns. */
export class RegistrarRig {
  readonly #folder = mkdtempSync(join(tmpdir(), 'reeve-registrar-'));
  readonly #open: (EstateStore & DocumentStore)[] = [];
  readonly warnings: unknown[] = [];
  now = NOW;

  async store(): Promise<EstateStore & DocumentStore> {
    const store = await openStore({ kind: 'sqlite', folder: mkdtempSync(join(this.#folder, 'x')) });
    this.#open.push(store);
    return store;
  }

  registrar(
    store: DocumentStore,
    config: object = {},
    parts: Partial<RegistrarParts> = {},
  ): Promise<Registrar> {
    return Registrar.open({
      store,
      trustDomain: 'example.org',
      config: RegistrationConfig.parse(config),
      clock: () => this.now,
      warn: (_, fault) => this.warnings.push(fault),
      ...parts,
    });
  }

  async close(): Promise<void> {
    for (const store of this.#open) await store.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export const ADA = { actor: 'ada', reason: 'as agreed' };

/** What a person says, with some of it said otherwise. */
export const said = (change: object = {}) => parseEntryInput({ ...SAID, ...change });

/** A service of the shop with an account of its own. */
export function service(
  name: string,
  change: Partial<RegisterableService> = {},
): RegisterableService {
  return {
    id: `production/shop/${name}`,
    environment: 'production',
    namespace: 'shop',
    name,
    kind: 'workload',
    owner: { owner: `team-${name}`, rank: 'declaration' },
    identities: [`ns/shop/sa/${name}`],
    runsAs: [],
    retired: false,
    ...change,
  };
}

/** Actions and subjects of the audit log, oldest first. */
export async function logOf(store: EstateStore): Promise<string[]> {
  const { items } = await store.audit({ limit: 1_000 });
  return items.map(({ action, subject, actor }) => `${actor} ${action} ${subject}`).reverse();
}
