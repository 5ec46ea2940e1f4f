import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  diagnosticLines,
  endpointLines,
  endpointsIn,
  readTexts,
  type Texts,
} from '../read-texts.ts';
import { graphql } from './index.ts';

const read = (texts: Texts) => readTexts(graphql, texts);

describe('graphql reads', () => {
  it('root fields with their lines, arguments and what is in their types', () => {
    const reading = read({
      'users/schema.graphql': `type Query {
  user(id: ID!): User
  old: [User!]! @deprecated(reason: "use user")
}
type Subscription { joined: User }
extend type Mutation { rename(input: Rename!): Person @authenticated }
type User { email: String, friends: [User] }
union Person = User | Robot
type Robot { serial: Int }
input Rename { firstName: String }
`,
    });
    expect(endpointLines(reading)).toEqual([
      'QUERY user users/schema.graphql:2',
      'QUERY old users/schema.graphql:3',
      'SUBSCRIPTION joined users/schema.graphql:5',
      'MUTATION rename users/schema.graphql:6',
    ]);
    expect(endpointsIn(reading)[0]).toEqual({
      kind: 'endpoint',
      subject: { by: 'place', file: 'users/schema.graphql' },
      protocol: 'graphql',
      method: 'QUERY',
      template: 'user',
      fields: ['id', 'email', 'friends'],
      source: {
        reader: 'graphql',
        how: 'declared',
        file: 'users/schema.graphql',
        line: 2,
        column: 3,
      },
    });
    expect(endpointsIn(reading)[1]?.deprecated).toBe(true);
    expect(endpointsIn(reading)[3]).toMatchObject({
      security: 'required',
      fields: ['input', 'firstName', 'email', 'friends', 'serial'],
    });
  });

  it('roots of other names where a schema of the folder, or of one above, names them', () => {
    const reading = read({
      'a/schema.graphqls': 'schema { query: Root }\n',
      'a/types.graphqls': 'type Root { one: Int }\ntype Query { notARoot: Int }\n',
      'a/below/types.graphqls': 'type Root { two: Int }\ntype Query { three: Int }\n',
      'b/types.gql': 'type Root { notARoot: Int }\ntype Query { four: Int }\n',
    });
    expect(endpointsIn(reading).map(({ template }) => template)).toEqual([
      'two',
      'three',
      'one',
      'four',
    ]);
  });

  it('fields of the nearest of several types with one name', () => {
    const reading = read({
      'a/q.graphql': 'type Query { a: Thing }\n',
      'a/t.graphql': 'type Thing { near: Int }\n',
      'b/t.graphql': 'type Thing { far: Int }\n',
    });
    expect(endpointsIn(reading)[0]?.fields).toEqual(['near']);
  });

  it('template literals of code, with their places in the file', () => {
    const code = [
      'const a = `type of thing`;',
      'export const typeDefs = gql`',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: an interpolation of the code under test
      '  ${shared}',
      '  "a \\`quoted\\` word"',
      '  type Query { ping: String',
      '    pong: String }',
      '`;',
      'const b = `type Mutation { reset: Int }`;',
    ].join('\n');
    const reading = read({ 'src/schema.ts': code, 'src/schema.test.ts': code });
    expect(endpointLines(reading)).toEqual([
      'QUERY ping src/schema.ts:5',
      'QUERY pong src/schema.ts:6',
      'MUTATION reset src/schema.ts:8',
    ]);
    expect(endpointsIn(reading).map(({ source }) => source.column)).toEqual([16, 5, 28]);
  });

  it('no operations of clients, and no file of comments', () => {
    const reading = read({
      'web/queries.graphql':
        'query Me { me { id } }\nmutation X { y }\nfragment F on User { id }\n',
      'web/empty.graphql': '# nothing yet\n\n',
    });
    expect(reading.observations).toEqual([]);
    expect(reading.diagnostics).toEqual([]);
  });
});

describe('graphql reports', () => {
  it.each([
    [
      'a schema that breaks off',
      { 'a.graphql': 'type Query {\n  a: Int\n' },
      'error graphql/malformed a.graphql:3:1',
    ],
    [
      'a tagged template that is none',
      { 'a.js': 'x;\nlet t = gql`type Query { a: }`' },
      'error graphql/malformed a.js:2:29',
    ],
    [
      'types nested without end',
      { 'a.graphql': `type Query { a: ${'['.repeat(100_000)}` },
      'error graphql/malformed a.graphql:1:1',
    ],
  ])('%s', (_, texts, want) => {
    expect(diagnosticLines(read(texts))).toEqual([want]);
  });

  it('a definition that cannot be read, and reads those around it', () => {
    const text = `type Query {
  a: Int

type Mutation { c: Int }
extend type Query { d: Int }
type X { x: }
extend type Query { e: Int }
`;
    const reading = read({ 'a.graphql': text });
    expect(diagnosticLines(reading)).toEqual([
      'error graphql/malformed a.graphql:4:6',
      'error graphql/malformed a.graphql:6:13',
    ]);
    expect(endpointLines(reading)).toEqual([
      'MUTATION c a.graphql:4',
      'QUERY d a.graphql:5',
      'QUERY e a.graphql:7',
    ]);
  });

  it('no template that is not said to be GraphQL', () => {
    expect(read({ 'a.js': 'let t = `a type Query { like this`' }).diagnostics).toEqual([]);
  });

  it('a string in the wrong place without repeating it', () => {
    const value = fc.sample(fc.string({ unit: 'grapheme-ascii', minLength: 12 }), 1)[0] ?? '';
    const [diagnostic] = read({ 'a.graphql': `type ${JSON.stringify(value)} {}` }).diagnostics;
    expect(diagnostic?.message).toBe('not valid GraphQL: Expected Name, found String.');
  });

  it('any text, and never throws', () => {
    const part = fc.constantFrom(
      'type Query {',
      'schema { query: Q }',
      'extend ',
      'a(b: C!): D',
      '}',
      '`',
      '@deprecated',
      'gql`',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(part, fc.string({ unit: 'binary', maxLength: 4 }))),
        (parts) => {
          read({ 'a.graphql': parts.join(' '), 'a.ts': parts.join(' ') });
        },
      ),
      { numRuns: 300 },
    );
  });
});
