import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VaultStoreConfig } from '../sources/vault/index.ts';
import { ForeignStores } from './stores.ts';
import { MemoryStore } from './testing/memory-store.ts';

const NOW = Date.parse('2026-06-01T00:00:00.000Z');
const METADATA = {
  data: {
    created_time: '2026-05-01T00:00:00Z',
    current_version: 1,
    custom_metadata: { service: 'orders', owner: 'team-orders' },
    versions: { 1: { created_time: '2026-05-01T00:00:00Z', deletion_time: '' } },
  },
};

describe('the secrets of other stores', () => {
  let server: Server;
  let isUp = true;
  let names = ['db'];
  beforeAll(async () => {
    server = createServer((request, response) => {
      const answer = request.url?.endsWith('?list=true') ? { data: { keys: names } } : METADATA;
      response.writeHead(isUp ? 200 : 503).end(JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => server.close());

  it('are facts of a scope, told when they change, and kept while the store is away', async () => {
    const { port } = server.address() as AddressInfo;
    const config = VaultStoreConfig.parse({
      name: 'eu-1',
      url: `http://127.0.0.1:${port}`,
      mounts: ['kv'],
      token: { variable: 'TOKEN' },
    });
    const store = new MemoryStore();
    let folded = 0;
    const stores = new ForeignStores({
      ...{ stores: [config], environment: 'production', store, variables: { TOKEN: 'x' } },
      ...{ clock: () => NOW, log: pino({ level: 'silent' }), onFolded: () => void folded++ },
    });
    const told = () =>
      [...(store.scopes.get('store:eu-1')?.values() ?? [])]
        .flatMap(({ fact }) =>
          fact.entity === 'credential' ? [`${fact.name} ${fact.owner?.owner}`] : [],
        )
        .sort();
    await stores.read(config);
    await stores.read(config);
    expect(told()).toEqual(['db team-orders']);
    expect(folded).toBe(1);
    names = ['db', 'key'];
    isUp = false;
    await stores.read(config);
    expect(told()).toEqual(['db team-orders']);
    isUp = true;
    await stores.read(config);
    expect(told()).toEqual(['db team-orders', 'key team-orders']);
    expect(folded).toBe(2);
    await stores.close();
  });
});
