import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { graphqlOperation } from './graphql.ts';

describe('the operation of a GraphQL document', () => {
  it.each<[string, string, string, string, string[]]>([
    ['a query', 'query A { order(id: 1) { id } me { name } }', 'A', 'QUERY', ['order', 'me']],
    ['an anonymous query', '{ orders { id } }', '', 'QUERY', ['orders']],
    ['one that the instrumentation names', '{ orders }', 'Named', 'QUERY', ['orders']],
    ['an alias', 'mutation { first: pay { id } }', '', 'MUTATION', ['pay']],
    ['a subscription', 'subscription S { changed }', 'S', 'SUBSCRIPTION', ['changed']],
    ['one of several', 'query A { a } query B { b }', 'B', 'QUERY', ['b']],
    [
      'fragments',
      '{ ...F ... on Query { c } } fragment F on Query { a b }',
      '',
      'QUERY',
      ['a', 'b', 'c'],
    ],
    [
      'fragments in a circle',
      '{ ...F } fragment F on Q { a ...G } fragment G on Q { ...F b }',
      '',
      'QUERY',
      ['a', 'b'],
    ],
    [
      'what asks for the schema',
      '{ __typename orders __schema { types { name } } }',
      '',
      'QUERY',
      ['orders'],
    ],
  ])('%s', (_what, document, name, method, fields) => {
    expect(graphqlOperation(document, name)).toEqual({ method, fields });
  });

  it.each([
    ['no GraphQL', 'orders {', ''],
    ['no operation', 'type Query { a: Int }', ''],
    ['none of that name', 'query A { a } query B { b }', 'C'],
    ['another name than its own', 'query A { a }', 'B'],
    ['several and no name', 'query A { a } query B { b }', ''],
    ['more tokens than are read', `{ ${'a '.repeat(5_000)} }`, ''],
  ])('is not there: %s', (_what, document, name) => {
    expect(graphqlOperation(document, name)).toBeUndefined();
  });

  it('is an operation or nothing, whatever the text, however deep', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => graphqlOperation(text, '')).not.toThrow();
      }),
    );
    expect(graphqlOperation('{a'.repeat(1_000) + '}'.repeat(1_000), '')?.fields).toEqual(['a']);
  });
});
