import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/ports.ts';
import { type RunningShop, runShop } from './run.ts';
import { visit } from './traffic.ts';

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { key: string; value: object }[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly { kind: number; traceId: string }[];
    }[];
  }[];
}

const exported: Export[] = [];
let refusals = 1;
const collector = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => {
    body += chunk.toString();
  });
  request.on('end', () => {
    // The first export is turned away, as a receiver does that is still starting.
    response.writeHead(refusals-- > 0 ? 503 : 200).end('{}');
    if (response.statusCode === 200) exported.push(JSON.parse(body) as Export);
  });
});
let shop: RunningShop;
beforeAll(async () => {
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const { port } = collector.address() as AddressInfo;
  const otlpEndpoint = `http://127.0.0.1:${port}`;
  shop = await runShop({ otlpEndpoint, environment: 'test', freePort });
});
afterAll(async () => {
  await shop?.stop();
  collector.close();
});

describe('the shop', () => {
  it('serves a customer, and traces the visit through all of its services', async () => {
    await visit(shop.webUrl, 1);
    await expect
      .poll(() => new Set(exported.flatMap(servicesOf)), { timeout: 10_000 })
      .toEqual(new Set(['web', 'orders', 'payments', 'inventory', 'reviews', 'legacy-billing']));
    await expect.poll(() => longestTrace(), { timeout: 10_000 }).toBeGreaterThanOrEqual(5);
  });

  it('answers no order that it does not know', async () => {
    const response = await fetch(`${shop.webUrl}/orders/unknown`);
    expect(response.status).toBe(500);
  });

  it('ends with all of its processes', async () => {
    await shop.stop();
    await expect(fetch(shop.webUrl)).rejects.toThrow();
  });
});

function servicesOf({ resourceSpans }: Export): string[] {
  return resourceSpans.flatMap(({ resource }) =>
    resource.attributes
      .filter(({ key }) => key === 'service.name')
      .map(({ value }) => (value as { stringValue: string }).stringValue),
  );
}

/** Server spans of the trace that has most of them: the checkout reaches five services. */
function longestTrace(): number {
  const counts = new Map<string, number>();
  for (const { resourceSpans } of exported) {
    for (const span of resourceSpans.flatMap(({ scopeSpans }) =>
      scopeSpans.flatMap(({ spans }) => spans),
    )) {
      if (span.kind === 2) counts.set(span.traceId, (counts.get(span.traceId) ?? 0) + 1);
    }
  }
  return Math.max(0, ...counts.values());
}
