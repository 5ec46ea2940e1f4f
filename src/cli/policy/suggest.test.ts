import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type SuggestAnswer, suggest, suggestionLines } from './suggest.ts';

const from = 'production/shop/web';
const to = 'production/shop/orders';
const place = { file: 'web/reeve.yaml', line: 10 };
const text = (answer: Partial<SuggestAnswer>) => [
  ...suggestionLines({ since: '', items: [], unseen: [], ...answer }, 30, (_, painted) => painted),
];

describe('suggestions', () => {
  it('stand by declaration and line, and what nobody declares comes last', () => {
    expect(
      text({
        items: [
          { kind: 'remove', from, to, operation: 'GET /old', place },
          { kind: 'narrow', from, to, operation: '*', place, operations: ['GET /orders/{id}'] },
          { kind: 'declare', from, to, operation: 'POST /orders', requests: 1_200 },
        ],
      }),
    ).toEqual([
      'web/reeve.yaml',
      '   10  remove  orders GET /old',
      '       nobody used it in 30 days',
      '   10  narrow  orders every operation',
      '       to what was used:',
      '       - "GET /orders/{id}"',
      'Called, and declared by nobody',
      '  web -> orders POST /orders',
      '        1,200 requests: declare it where it is meant, or stop it',
    ]);
  });

  it('say that there is nothing to do, and of whom nothing is known', () => {
    expect(text({ unseen: [to] })).toEqual([
      'Declared is what was used in the last 30 days, and nothing else.',
      'Nothing is said of calls to orders: nobody reports their traffic.',
    ]);
  });
});

describe('for one service', () => {
  afterEach(() => void vi.restoreAllMocks());

  it.each([
    ['orders', undefined],
    ['shop/orders', undefined],
    ['ordres', 'authorization/service-not-found'],
    ['other/orders', 'authorization/service-not-found'],
  ])('%s is known, or there is none', async (service, code) => {
    const server = createServer(({ url }, response) => {
      const items = url?.startsWith('/api/v1/services?search=orders') ? [{ id: to }] : [];
      response.end(JSON.stringify({ since: '', unseen: [], items }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    vi.stubEnv('REEVE_TOKEN', 'x'.repeat(32));
    vi.spyOn(console, 'log').mockImplementation(() => {});
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const asked = suggest({ server: address, data: '', days: 30, service, format: 'text' });
    await (code === undefined
      ? expect(asked).resolves.toBe(undefined)
      : expect(asked).rejects.toMatchObject({ code }));
    server.close();
  });
});
