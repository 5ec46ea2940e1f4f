import { describe, expect, it } from 'vitest';
import { type SuggestAnswer, suggestionLines } from './suggest.ts';

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
