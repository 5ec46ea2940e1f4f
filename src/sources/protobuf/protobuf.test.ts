import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  diagnosticLines,
  endpointLines,
  endpointsIn,
  readTexts,
  type Texts,
} from '../read-texts.ts';
import { toHttpTemplate } from './http-template.ts';
import { protobuf } from './index.ts';
import { isPlatformPackage } from './vendored.ts';

const read = (texts: Texts) => readTexts(protobuf, texts);

const SHOP = `// rpc Commented(A) returns (B);
syntax = "proto3";
package shop.v1;
import "google/api/annotations.proto";
option java_package = "com.example; service Fake { rpc X(A) returns (B); }";
/* service Hidden { rpc Y(A) returns (B); } */
service Orders {
  option (owner) = "shop";
  rpc Get(GetRequest) returns (stream Order) {
    option (google.api.http) = {
      get: "/v1/{name=shops/*/orders/*}"
      additional_bindings { post: "/v1/orders" ':get' body: "*" }
      additional_bindings: [{ custom: { kind: "HEAD" path: "/v1/**" } }]
    };
  }
  rpc Put (stream .shop.v1.Order) returns (google.protobuf.Empty) { option deprecated = true; };
}
message GetRequest { string name = 1 [(rule) = { pattern: "}" }, deprecated = true]; }
message Order {
  reserved 4, 5; enum State { NEW = 0; }
  oneof payment { Card card = 1; string iban = 2; }
  map<string, Line> lines = 3;
  message Line { State state = 1; repeated Order parts = 2; }
  ;
}
`;

describe('protobuf reads', () => {
  it('methods with their lines, and the HTTP endpoints that options give them', () => {
    const reading = read({ 'protos/shop.proto': SHOP });
    expect(reading.diagnostics).toEqual([]);
    expect(endpointLines(reading)).toEqual([
      'RPC /shop.v1.Orders/Get protos/shop.proto:9',
      'GET /v1/{name} protos/shop.proto:9',
      'POST /v1/orders:get protos/shop.proto:9',
      'HEAD /v1/{wildcard} protos/shop.proto:9',
      'RPC /shop.v1.Orders/Put protos/shop.proto:16',
    ]);
    expect(endpointsIn(reading)[0]).toEqual({
      kind: 'endpoint',
      subject: { by: 'interface', interface: 'shop.v1.Orders', file: 'protos/shop.proto' },
      protocol: 'grpc',
      method: 'RPC',
      template: '/shop.v1.Orders/Get',
      fields: ['name', 'card', 'iban', 'lines', 'state', 'parts'],
      source: {
        reader: 'protobuf',
        how: 'declared',
        file: 'protos/shop.proto',
        line: 9,
        column: 7,
      },
    });
    expect(endpointsIn(reading).map(({ deprecated }) => deprecated)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      true,
    ]);
  });

  it('fields of messages in other files, the innermost of equal names', () => {
    const reading = read({
      'a.proto':
        'package a.b;\nservice S { rpc M(In) returns (c.Out); }\nmessage In { Inner inner = 1; message Inner { string near = 1; } }\nmessage Inner { string far = 1; }\n',
      'z.proto': 'package a.c;\nmessage Out { bytes other = 1; }\n',
    });
    expect(endpointsIn(reading)[0]?.fields).toEqual(['inner', 'other', 'near']);
  });

  it('proto2 groups and extensions, editions, and files without a package', () => {
    const reading = read({
      'old.proto':
        'syntax = "proto2";\nmessage A { optional group Result = 1 { required string url = 2; } extensions 100 to 199; extend A { optional int32 x = 126; } }\nservice S { rpc M(A) returns (A); }\n',
      'new.proto':
        'edition = "2024";\npackage n;\noption features.(pb.go).api = OPEN;\nexport message B { string c = 1 [features = { x: Y }]; local enum E { Z = 0; } }\nservice T { option deprecated = true; rpc M(B) returns (B); }\n',
    });
    expect(reading.diagnostics).toEqual([]);
    expect(
      endpointsIn(reading).map(({ template, fields, deprecated }) => [
        template,
        fields,
        deprecated,
      ]),
    ).toEqual([
      ['/n.T/M', ['c'], true],
      ['/S/M', ['result', 'url'], undefined],
    ]);
  });

  it('no services of platforms, but of packages whose names only begin alike', () => {
    const service = 'service S { rpc M(A) returns (A); }\n';
    const reading = read({
      'health.proto': `package grpc.health.v1;\n${service}`,
      'envoy.proto': `package envoy.service.auth.v3;\n${service}`,
      'ours.proto': `package googles;\n${service}`,
    });
    expect(endpointLines(reading)).toEqual(['RPC /googles.S/M ours.proto:2']);
    expect(isPlatformPackage('google')).toBe(true);
  });
});

describe('protobuf reports, and reads the rest of', () => {
  const good = 'service Good { rpc M(A) returns (A); }\n';
  it.each([
    ['a declaration that is none', `wrong thing;\n${good}`, 'a.proto:1:1', 1],
    [
      'a method without result',
      `service S {\n  rpc A(B);\n  rpc M(A) returns (A);\n}\n${good}`,
      'a.proto:2:11',
      2,
    ],
    [
      'a field without number',
      `message M {\n  string a;\n  string b = 2;\n}\n${good}`,
      'a.proto:2:11',
      1,
    ],
    ['an option without value', `option x = ;\n${good}`, 'a.proto:1:12', 1],
    [
      'a bracket that does not close',
      `message M {\n  string a = 1 [x = {;\n}\n${good}`,
      'a.proto:5:1',
      0,
    ],
    ['a comment that does not end', `${good}/* never`, 'a.proto:2:1', 1],
    ['a string that does not end', `${good}option a = "b;\n`, 'a.proto:2:12', 1],
    ['messages nested without end', `${'message A {'.repeat(200)}\n`, 'a.proto:1:570', 0],
  ])('%s', (_, text, place, endpoints) => {
    const reading = read({ 'a.proto': text });
    expect(diagnosticLines(reading)[0]).toBe(`error protobuf/malformed ${place}`);
    expect(endpointsIn(reading)).toHaveLength(endpoints);
  });

  it('a string in the wrong place without repeating it', () => {
    const value = fc.sample(fc.string({ unit: 'grapheme-ascii', minLength: 12 }), 1)[0] ?? '';
    const [diagnostic] = read({ 'a.proto': `service ${JSON.stringify(value)} {}` }).diagnostics;
    expect(diagnostic?.message).toBe('expected the name of a service, found a string');
  });

  it('any text, and never throws', () => {
    const part = fc.constantFrom(
      'service S {',
      'message M {',
      'rpc A(B) returns (C)',
      '}',
      '{',
      '[',
      ']',
      ';',
      ' = ',
      'option ',
      '(google.api.http)',
      '"',
      '/*',
      'oneof x {',
      'map<',
      '[{',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(part, fc.string({ unit: 'binary', maxLength: 4 }))),
        (parts) => {
          read({ 'a.proto': parts.join(' ') });
        },
      ),
      { numRuns: 500 },
    );
  });

  it('a large file that never closes, in bounded time', () => {
    const text = `${'service S { rpc A(B) returns (C) { option (x) = {'.repeat(20_000)}`;
    expect(read({ 'a.proto': text }).diagnostics.length).toBeGreaterThan(0);
  }, 5_000);
});

describe('toHttpTemplate', () => {
  it.each([
    ['/v1/{name=shelves/*}', '/v1/{name}'],
    ['/v1/{parent=shelves/*}/books:list', '/v1/{parent}/books:list'],
    ['/v1/{book.name=**}:undelete', '/v1/{book.name}:undelete'],
    ['/v1/*/a/**', '/v1/{wildcard}/a/{wildcard2}'],
    ['v1/x/', '/v1/x'],
    ['/', '/'],
  ])('writes %j as %j', (path, want) => {
    expect(toHttpTemplate(path)).toBe(want);
  });
});
