import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Secret, type SecretValue } from '../../../src/secrets/model/index.ts';
import { openKek, parseKeyRing, Vault } from '../../../src/secrets/vault/index.ts';
import { type Opening, storeOf } from './server.ts';

interface Kept {
  readonly id: string;
  readonly body: unknown;
}

/** Documents of a store that others may be using. */
interface Reader {
  documents(kind: string): Promise<readonly Kept[]>;
  close(): Promise<void>;
}

/** What a store holds of secrets, read past whatever servers use it, or none. */
export class KeptSecrets {
  readonly #reader: Reader;
  readonly #vault: Vault;

  private constructor(reader: Reader, vault: Vault) {
    this.#reader = reader;
    this.#vault = vault;
  }

  /** Of a store in which a vault was made. */
  static async of(opening: Opening): Promise<KeptSecrets> {
    const { folder, urlVariable } = opening;
    const reader = urlVariable === undefined ? readerOf(folder) : await storeOf(opening);
    const ring = (await reader.documents('vault')).find(({ id }) => id === 'ring');
    const vault = new Vault(parseKeyRing(ring?.body), { random: randomBytes, clock: Date.now });
    const ports = { dataFolder: folder, environment: {}, random: randomBytes, isNew: false };
    const kek = await openKek({ kind: 'file' }, ports);
    if (kek === undefined) throw new Error('there is no key');
    await vault.unseal(kek);
    return new KeptSecrets(reader, vault);
  }

  async read(id: string): Promise<Secret> {
    const kept = (await this.#reader.documents('secret')).find((one) => one.id === id);
    if (kept === undefined) throw new Error(`there is no secret ${id}`);
    return Secret.parse((kept.body as { secret: unknown }).secret);
  }

  /** Whether something is under way for any secret. */
  async isAtWork(): Promise<boolean> {
    return (await this.#reader.documents('secret-work')).length > 0;
  }

  value({ id, versions }: Secret, number: number | undefined): SecretValue | undefined {
    const version = versions.find((one) => one.number === number);
    if (!version || version.envelope === null) return undefined;
    return this.#vault.decrypt({ secret: id, version: version.number }, version.envelope);
  }

  async close(): Promise<void> {
    await this.#reader.close();
    this.#vault.seal();
  }
}

/** The embedded store belongs to the server that has opened it: what is on the disk is read. */
function readerOf(folder: string): Reader {
  const file = join(folder, 'estate.db');
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  return {
    documents: async (kind) =>
      database
        .prepare('select body from documents where kind = ?')
        .all(kind)
        .map(({ body }) => JSON.parse(String(body)) as Kept),
    close: async () => database.close(),
  };
}
