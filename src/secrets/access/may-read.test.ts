import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayRead, type ReadQuestion } from './may-read.ts';
import { secretIdsOf, serviceIdOf } from './reference.ts';

const ORDERS = 'production/shop/orders';
const PAYMENTS = 'production/shop/payments';

/** Orders reads its own secret. */
const own: ReadQuestion = {
  ...{ caller: ORDERS, service: ORDERS, name: 'db', consumers: [] },
  declared: new Set([`${ORDERS}/db`, `${PAYMENTS}/api`]),
};
/** Orders reads one of payments, and both say so. */
const lent: ReadQuestion = { ...own, service: PAYMENTS, name: 'api', consumers: [ORDERS] };

describe('a service may read', () => {
  it.each<[string, ReadQuestion]>([
    ['its own secret that it declares', own],
    ['the secret of another, which both of them name', lent],
  ])('%s', (_, question) => {
    expect(mayRead(question)).toEqual({ outcome: 'allowed' });
  });
});

describe('a service may not read', () => {
  it.each<[string, ReadQuestion, string, RegExp]>([
    [
      'its own secret that it does not declare',
      { ...own, name: 'other' },
      'undeclared',
      /add `- \{ name: other, kind: … \}` to `spec.credentials`/,
    ],
    [
      'the secret of another that it does not declare',
      { ...lent, name: 'other' },
      'undeclared',
      /add `- \{ name: other, service: shop\/payments \}`/,
    ],
    [
      'the secret of another who does not name it',
      { ...lent, consumers: ['production/shop/web'] },
      'not-consumer',
      /`production\/shop\/payments` adds it to the consumers/,
    ],
    [
      'a secret of a service of the same name as one that it declares',
      { ...lent, service: 'production/other/payments' },
      'undeclared',
      /service: other\/payments/,
    ],
    [
      'anything, where the estate does not know it',
      { ...own, declared: undefined },
      'unknown',
      /declare it in a reeve.yaml/,
    ],
    [
      'a secret of another environment, whatever anybody says',
      {
        ...lent,
        service: 'staging/shop/payments',
        declared: new Set(['staging/shop/payments/api']),
      },
      'environment',
      /no secret is read across environments/,
    ],
  ])('%s', (_, question, reason, hint) => {
    expect(mayRead(question)).toMatchObject({
      ...{ outcome: 'denied', reason, hint: expect.stringMatching(hint) },
    });
  });

  it('any secret of another environment, or that it does not declare, whatever the words are', () => {
    const word = fc.constantFrom('a', 'b', '', 'a/b', '/');
    const text = fc.oneof(
      fc.tuple(word, word, word).map((parts) => parts.join('/')),
      fc.string({ maxLength: 9, unit: 'binary' }),
    );
    const lists = fc.array(fc.tuple(text, text).map((pair) => pair.join('/')));
    const declared = fc.option(
      lists.map((all) => new Set(all)),
      { nil: undefined },
    );
    const question = fc.record({
      ...{ caller: text, service: text, name: text, consumers: fc.array(text), declared },
    });
    fc.assert(
      fc.property(question, (one) => {
        const answer = mayRead(one);
        const isSame = one.caller.split('/')[0] === one.service.split('/')[0];
        const isDeclared = one.declared?.has(`${one.service}/${one.name}`) ?? false;
        if (!isSame || !isDeclared) expect(answer.outcome).toBe('denied');
      }),
    );
  });
});

describe('a service that is named by another', () => {
  it.each([
    ['payments', PAYMENTS],
    ['bank/payments', 'production/bank/payments'],
    ['staging/shop/payments', 'staging/shop/payments'],
    ['', undefined],
    ['shop/', undefined],
    ['a/b/c/d', undefined],
  ])('%s is %s', (reference, id) => {
    expect(serviceIdOf(reference, ORDERS)).toBe(id);
  });

  it('is left out of what is declared where it is none', () => {
    const declared = [{ name: 'db' }, { name: 'api', service: 'payments' }];
    const ids = secretIdsOf(ORDERS, [...declared, { name: 'x', service: '/' }]);
    expect([...ids]).toEqual([`${ORDERS}/db`, `${PAYMENTS}/api`]);
  });
});
