import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EstateStore } from '../../src/estate/index.ts';
import { StoreConfig } from '../../src/estate/store/config.ts';
import { openStore } from '../../src/estate/store/index.ts';
import { storeContract } from '../../src/estate/store/store.contract.ts';
import { startPostgres, type TestPostgres } from '../../src/estate/store/testing/postgres.ts';
import { isMissing, type Peer } from './support/tools.ts';

/** The oldest version that the store supports; unit tests run against the one from npm. */
const BINARIES = '/usr/lib/postgresql/15/bin';
const VARIABLE = 'REEVE_INTEROP_DATABASE_URL';

function debianPostgres(): Peer {
  if (existsSync(BINARIES)) return { path: BINARIES };
  if (process.getuid?.() !== 0) return { why: 'only root can install Debian’s postgresql-15' };
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, timeout: 300_000 };
  spawnSync('apt-get', ['update', '-qq'], options);
  const words = ['install', '-y', '-qq', '--no-install-recommends', 'postgresql-15'];
  const { status } = spawnSync('apt-get', words, options);
  return status === 0 && existsSync(BINARIES)
    ? { path: BINARIES }
    : { why: 'apt-get cannot install postgresql-15' };
}

const peer = debianPostgres();

describe.skipIf(isMissing('PostgreSQL 15', peer))('the store in PostgreSQL 15 of Debian', () => {
  let postgres: TestPostgres;
  const urls = new WeakMap<EstateStore, string>();
  beforeAll(async () => {
    postgres = await startPostgres(peer.path);
  });
  afterAll(() => postgres?.close());

  const open = async (url: string) => {
    process.env[VARIABLE] = url;
    const config = StoreConfig.parse({ kind: 'postgres', urlVariable: VARIABLE, poolSize: 4 });
    const store = await openStore(config);
    urls.set(store, url);
    return store;
  };

  it('is that version', () => {
    const { stdout } = spawnSync(`${peer.path}/postgres`, ['--version'], { encoding: 'utf8' });
    expect(stdout).toMatch(/^postgres \(PostgreSQL\) 15\./);
  });

  storeContract({
    open: async () => open(await postgres.createDatabase()),
    reopen: async (store) => {
      await store.close();
      return open(urls.get(store) ?? '');
    },
  });
});
