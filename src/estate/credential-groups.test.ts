import { describe, expect, it } from 'vitest';
import { namesOfCredential } from './credential-remarks.ts';
import type { CredentialFact } from './fact.ts';
import { toRecords } from './record.ts';

const fact = (id: string, keys: string[], more: Partial<CredentialFact> = {}): CredentialFact => ({
  entity: 'credential',
  id,
  name: 'orders-db',
  credentialKind: 'postgres',
  keys,
  source: { reader: 'credentials', how: 'configured' },
  ...more,
});
const kept = (id: string, keys: string[]) =>
  fact(id, keys, { secret: 'production/shop/orders/orders-db' });
const idsOf = (...facts: CredentialFact[]) => toRecords(facts).credentials.map(({ id }) => id);

const CASES: readonly [sentence: string, facts: CredentialFact[], ids: string[]][] = [
  [
    'the same value is one credential, whoever found it',
    [fact('production/cred-1', ['value:a', 'at:x:1:1']), fact('production/cred-2', ['value:a'])],
    ['production/cred-1'],
  ],
  [
    'and in whichever environment',
    [fact('production/cred-1', ['value:a']), fact('staging/cred-2', ['value:a'])],
    ['production/cred-1'],
  ],
  [
    'through what others know of it',
    [
      fact('production/cred-3', ['value:a']),
      fact('production/cred-2', ['value:b']),
      fact('production/cred-1', ['value:a', 'value:b']),
    ],
    ['production/cred-1'],
  ],
  [
    'what Reeve keeps gives it its name',
    [fact('production/cred-1', ['value:a']), kept('production/cred-2', ['value:a'])],
    ['production/cred-2'],
  ],
  [
    'the same key of a Secret of one environment is one credential',
    [
      fact('production/cred-1', ['secret:shop/db#password']),
      fact('production/cred-2', ['secret:shop/db#password']),
    ],
    ['production/cred-1'],
  ],
  [
    'and of two environments two',
    [
      fact('production/cred-1', ['secret:shop/db#password']),
      fact('staging/cred-2', ['secret:shop/db#password']),
    ],
    ['production/cred-1', 'staging/cred-2'],
  ],
  [
    'a Secret as a whole, or without its namespace, names nobody',
    [
      fact('production/cred-1', ['secret:shop/db#*', 'secret:/db#password', 'secret:shop/db']),
      fact('production/cred-2', ['secret:shop/db#*', 'secret:/db#password', 'secret:shop/db']),
    ],
    ['production/cred-1', 'production/cred-2'],
  ],
  [
    'unless Reeve fills it',
    [
      fact('production/cred-1', ['secret:shop/db#password']),
      fact('production/cred-2', ['secret:shop/db#uri']),
      fact('production/cred-3', ['secret:jobs/db#uri']),
      fact('staging/cred-4', ['secret:shop/db#uri']),
      kept('production/cred-5', ['secret:shop/db#*']),
    ],
    ['production/cred-3', 'production/cred-5', 'staging/cred-4'],
  ],
  [
    'places are those of one scope',
    [fact('production/cred-1', ['at:x:1:1']), fact('production/cred-2', ['at:x:1:1'])],
    ['production/cred-1', 'production/cred-2'],
  ],
  [
    'what is declared together stays apart',
    [
      fact('production/cred-1', ['declared:orders/db']),
      fact('production/cred-2', ['declared:orders/db']),
    ],
    ['production/cred-1', 'production/cred-2'],
  ],
  [
    'unless Reeve keeps it as one',
    [
      fact('production/cred-1', ['declared:orders/db']),
      fact('production/cred-2', ['declared:orders/db']),
      kept('production/cred-3', ['declared:orders/db']),
    ],
    ['production/cred-3'],
  ],
];

describe('facts of several scopes about one credential', () => {
  it.each(CASES)('%s', (_, facts, ids) => {
    expect(idsOf(...facts)).toEqual(ids);
    expect(idsOf(...facts.toReversed())).toEqual(ids);
  });

  it('a place that holds nothing but a refused value is told as that', () => {
    const place = { file: 'orders/.env', line: 1, in: 'file' } as const;
    const problems = (fingerprint: string) =>
      toRecords([
        fact('production/cred-1', [`value:${fingerprint}`], {
          fingerprint,
          location: place,
          problems: ['plain-text'],
        }),
        { ...kept('production/cred-2', ['value:old', 'value:new']), refused: ['old'] },
      ]).credentials[0]?.problems;
    expect(problems('old')).toEqual(['old-value']);
    expect(problems('new')).toEqual(['plain-text']);
  });
});

const said = (owner: string, keys: string[], at = '2026-06-01T00:00:00.000Z') =>
  fact('production/cred-0', keys, { decision: { owner, by: 'ana', at, reason: '' } });
const LATER = '2026-06-02T00:00:00.000Z';

/** Of each credential, who was named. */
const NAMED: readonly [
  sentence: string,
  facts: CredentialFact[],
  owners: Record<string, string>,
][] = [
  ['makes no credential', [said('team-a', ['id:production/cred-1', 'value:a'])], {}],
  [
    'counts for the id that it had',
    [fact('production/cred-1', ['at:x:1:1']), said('team-a', ['id:production/cred-1'])],
    { 'production/cred-1': 'team-a' },
  ],
  [
    'and for what it shared',
    [fact('production/cred-1', ['value:a']), said('team-a', ['id:production/cred-2', 'value:a'])],
    { 'production/cred-1': 'team-a' },
  ],
  [
    'also for a key of a Secret, in its environment alone',
    [
      fact('production/cred-1', ['secret:shop/db#password']),
      fact('staging/cred-2', ['secret:shop/db#password']),
      said('team-a', ['production secret:shop/db#password']),
    ],
    { 'production/cred-1': 'team-a', 'staging/cred-2': '' },
  ],
  [
    'joins nothing: each of what was one counts by itself',
    [
      fact('production/cred-1', ['value:a']),
      fact('production/cred-2', ['value:b']),
      said('team-a', ['value:a', 'value:b']),
    ],
    { 'production/cred-1': 'team-a', 'production/cred-2': 'team-a' },
  ],
  [
    'of several, the latest counts',
    [
      fact('production/cred-1', ['value:a']),
      said('team-b', ['value:a'], LATER),
      said('team-a', ['value:a']),
    ],
    { 'production/cred-1': 'team-b' },
  ],
  [
    'of two at the same moment, the first by name',
    [
      fact('production/cred-1', ['value:a']),
      said('team-b', ['value:a']),
      said('team-a', ['value:a']),
    ],
    { 'production/cred-1': 'team-a' },
  ],
];

describe('what a person says of a credential', () => {
  it.each(NAMED)('%s', (_, facts, owners) => {
    const ownersOf = (all: readonly CredentialFact[]) =>
      Object.fromEntries(
        toRecords(all).credentials.map(({ id, assigned }) => [id, assigned?.owner ?? '']),
      );
    expect(ownersOf(facts)).toEqual(owners);
    expect(ownersOf(facts.toReversed())).toEqual(owners);
  });

  it('is said of all names that scopes know it by, and of no place in files', () => {
    const facts = [
      fact('production/cred-2', ['value:a', 'at:x:1:1', 'secret:shop/db#password']),
      fact('production/cred-1', ['value:a', 'kv:x/y', 'declared:orders/db', 'secret:shop/db#*']),
      said('team-a', ['id:production/cred-3']),
    ];
    expect(namesOfCredential(facts)).toEqual([
      'id:production/cred-1',
      'id:production/cred-2',
      'kv:x/y',
      'production secret:shop/db#password',
      'value:a',
    ]);
  });
});
