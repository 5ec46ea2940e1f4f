import { describe, expect, it } from 'vitest';
import type { PayloadSamples } from '../../estate/index.ts';
import { tagsInSamples, tagsOfSamples } from './index.ts';

describe('what samples make of an endpoint', () => {
  it.each<[what: string, samples: PayloadSamples | undefined, want: [string, string][]]>([
    ['nothing, where none was judged', undefined, []],
    ['nothing, where nothing was found', { requests: { judged: 9, found: {} } }, []],
    [
      'a tag that says how often',
      { responses: { judged: 12, found: { card: 3 } } },
      [['pci', 'card numbers in 3 of 12 responses']],
    ],
    [
      'one, of one answer',
      { responses: { judged: 1, found: { token: 1 } } },
      [['credentials', 'tokens and keys in 1 of 1 response']],
    ],
    [
      'a tag with all that led to it, the most frequent first',
      {
        requests: { judged: 4, found: { phone: 1 } },
        responses: { judged: 12, found: { email: 9, card: 2 } },
      },
      [
        ['pii', 'e-mail addresses in 9 of 12 responses, phone numbers in 1 of 4 requests'],
        ['pci', 'card numbers in 2 of 12 responses'],
      ],
    ],
    [
      'a reason that ends',
      { requests: { judged: 9, found: { email: 4, phone: 3, place: 2, 'birth-date': 1 } } },
      [
        [
          'pii',
          'e-mail addresses in 4 of 9 requests, phone numbers in 3 of 9 requests, exact places in 2 of 9 requests and more',
        ],
      ],
    ],
    [
      'nothing of kinds that are not known',
      { requests: { judged: 1, found: { other: 1, constructor: 1, toString: 1 } } },
      [],
    ],
  ])('is %s', (_what, samples, want) => {
    expect(tagsOfSamples(samples)).toEqual(
      want.map(([tag, text]) => ({ tag, because: `found in payload samples: ${text}` })),
    );
    expect(tagsInSamples(samples)).toEqual(want.map(([tag]) => tag).sort());
  });
});
