import { afterAll, beforeAll, describe } from 'vitest';
import type { EstateStore } from '../store.ts';
import { StoreConfig } from './config.ts';
import { openStore } from './index.ts';
import { storeContract } from './store.contract.ts';
import { startPostgres, type TestPostgres } from './testing/postgres.ts';

const VARIABLE = 'REEVE_TEST_DATABASE_URL';
let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.close());

describe('the store in PostgreSQL', () => {
  const urls = new WeakMap<EstateStore, string>();
  const open = async (url: string) => {
    process.env[VARIABLE] = url;
    const config = StoreConfig.parse({ kind: 'postgres', urlVariable: VARIABLE, poolSize: 4 });
    const store = await openStore(config);
    urls.set(store, url);
    return store;
  };
  storeContract({
    open: async () => open(await postgres.createDatabase()),
    reopen: async (store) => {
      await store.close();
      return open(urls.get(store) ?? '');
    },
  });
});
