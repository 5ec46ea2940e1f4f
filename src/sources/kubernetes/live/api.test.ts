import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Fault } from '../../../base/fault.ts';
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

  it('with credentials that never come is given up in time, and when it is told to', async () => {
    const options = () => new Promise<never>(() => {});
    const api = new ClusterApi({ server: new URL('http://127.0.0.1'), options });
    undo.push(() => api.close());
    const late = { code: 'cluster/unavailable', message: 'GET /api failed: `no answer in time`' };
    await expect(api.json({ path: '/api', timeoutMs: 20 })).rejects.toMatchObject(late);
    const stop = new AbortController();
    const nothing = () => {};
    const watched = api.lines({ path: '/api', signal: stop.signal }, nothing, nothing);
    stop.abort();
    await expect(watched).rejects.toMatchObject({ code: 'cluster/unavailable' });
    const again = api.json({ path: '/api', signal: stop.signal });
    await expect(again).rejects.toMatchObject({ code: 'cluster/unavailable' });
  });

  it('with credentials that cannot be had says why', async () => {
    const fault = new Fault('cluster/unauthenticated', 'no token');
    const options = () => Promise.reject(fault);
    const api = new ClusterApi({ server: new URL('http://127.0.0.1'), options });
    undo.push(() => api.close());
    await expect(api.json({ path: '/api' })).rejects.toBe(fault);
  });
});
