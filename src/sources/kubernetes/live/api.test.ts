import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ClusterApi } from './api.ts';

const undo: (() => void)[] = [];
afterEach(() => {
  for (const step of undo.splice(0).reverse()) step();
});

describe('an API server that is asked', () => {
  it('and answers with what is no JSON is told by how it was asked, without the query', async () => {
    const server = createServer((_, response) => response.end('{'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const options = async () => ({});
    const api = new ClusterApi({ server: new URL(`http://127.0.0.1:${port}`), options });
    undo.push(() => {
      api.close();
      server.close();
    });
    await expect(api.json({ method: 'POST', path: '/reviews?a=b', body: {} })).rejects.toThrow(
      /^POST \/reviews was answered with what is no JSON$/,
    );
  });
});
