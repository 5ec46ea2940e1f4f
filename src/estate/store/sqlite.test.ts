import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe } from 'vitest';
import type { EstateStore } from '../store.ts';
import { openStore } from './index.ts';
import { storeContract } from './store.contract.ts';

const root = mkdtempSync(join(tmpdir(), 'reeve-store-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('the embedded store', () => {
  const folders = new WeakMap<EstateStore, string>();
  const open = async (folder: string) => {
    const store = await openStore({ kind: 'sqlite', folder });
    folders.set(store, folder);
    return store;
  };
  storeContract({
    open: () => open(mkdtempSync(join(root, 'data-'))),
    reopen: async (store) => {
      await store.close();
      return open(folders.get(store) ?? '');
    },
  });
});
