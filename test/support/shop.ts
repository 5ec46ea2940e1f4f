import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RunningShop, runShop } from '../../examples/shop/run.ts';
import { identitiesFor } from '../../scripts/example.ts';
import { freePort } from '../../src/base/testing/free-port.ts';
import { IdentityConfig } from '../../src/server/identity/config.ts';
import { startTestServer, type TestServer } from './server.ts';

/** A span as the shop's services send it. */
export interface SentSpan {
  readonly service: string;
  readonly traceId: string;
  /** 2 server, 3 client. */
  readonly kind: number;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The shop with identities of a real Reeve, which takes its traces. */
export interface ShopUnderTest {
  readonly server: TestServer;
  readonly shop: RunningShop;
  /** What the services have sent. */
  readonly spans: readonly SentSpan[];
  /** How many exports the collector turned away before it took one. */
  readonly turnedAway: () => number;
  /** Registers an identity of the shop's namespace for another process. */
  register(name: string, selectors: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

const ENVIRONMENT = 'test';
const FOLDER = fileURLToPath(new URL('../../examples/shop', import.meta.url));

/** A root is replaced within seconds, and SVIDs within half a minute. */
const QUICK = IdentityConfig.parse({
  authority: {
    x509: { authorityTtlSeconds: 180, svidTtlSeconds: 30 },
    refreshHintSeconds: 1,
    skewSeconds: 0,
    taintedReissueSeconds: 2,
  },
});

export async function startShopUnderTest(
  identity: Partial<IdentityConfig> = {},
): Promise<ShopUnderTest> {
  const undo: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const server = await startTestServer({
      environment: ENVIRONMENT,
      folders: [{ path: FOLDER, name: 'shop' }],
      identity: { ...QUICK, ...identity },
    });
    undo.push(() => server.close());
    await server.settle();
    const collector = new Collector(server.otlpOrigin);
    undo.push(() => collector.close());
    const identities = identitiesFor(server, dirname(server.dataFolder), ENVIRONMENT);
    if (!identities) throw new Error('the Workload API is not served on this machine');
    const otlpEndpoint = await collector.listen();
    const shop = await runShop({ otlpEndpoint, environment: ENVIRONMENT, freePort, identities });
    undo.push(() => shop.stop());
    const register = (service: string, selectors: readonly string[]): Promise<void> =>
      identities.register({ service, owner: 'team-tests', selectors });
    const { spans } = collector;
    return { server, shop, spans, turnedAway: () => collector.turnedAway, register, stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

/** Takes traces, remembers them, and hands them on. */
class Collector {
  readonly spans: SentSpan[] = [];
  turnedAway = 0;
  readonly #server: Server;

  constructor(otlpOrigin: string) {
    this.#server = createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray());
      // The first export is turned away, as a receiver does that is still starting.
      if (this.turnedAway === 0) {
        this.turnedAway++;
        response.writeHead(503).end();
        return;
      }
      this.spans.push(...spansOf(JSON.parse(body.toString())));
      const headers = { 'content-type': 'application/json' };
      try {
        const answer = await fetch(`${otlpOrigin}/v1/traces`, { method: 'POST', headers, body });
        response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()));
      } catch {
        // Reeve is away.
        response.writeHead(503).end();
      }
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: string };
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly kind: number;
        readonly traceId: string;
        readonly attributes: readonly Attribute[];
      }[];
    }[];
  }[];
}

function spansOf({ resourceSpans }: Export): SentSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = toRecord(resource.attributes)['service.name'] ?? '';
    return scopeSpans.flatMap(({ spans }) =>
      spans.map(({ kind, traceId, attributes }) => {
        return { service, kind, traceId, attributes: toRecord(attributes) };
      }),
    );
  });
}

function toRecord(attributes: readonly Attribute[]): Record<string, string> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue ?? '']),
  );
}
