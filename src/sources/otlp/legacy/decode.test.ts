import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../base/fault.ts';
import { type ResourceFields, toJsonRequest, toProtobufRequest } from '../testing/encode.ts';
import { decodeJson } from './decode-json.ts';
import { decodeProtobuf } from './decode-protobuf.ts';
import { SPAN_KINDS, type Span, WANTED_ATTRIBUTES } from './span.ts';

const hexOf = (length: number) =>
  fc
    .uint8Array({ minLength: length, maxLength: length })
    .map((id) => Buffer.from(id).toString('hex'));
const wanted = fc.constantFrom(...WANTED_ATTRIBUTES);
const value = fc.oneof(
  fc.string({ minLength: 1, maxLength: 20 }),
  fc.nat(),
  fc.boolean(),
  fc.constant(0.5),
);
const resources: fc.Arbitrary<ResourceFields[]> = fc.array(
  fc.record({
    resource: fc.dictionary(wanted, fc.string({ minLength: 1 }), { maxKeys: 3 }),
    spans: fc.array(
      fc.record({
        traceId: hexOf(16),
        spanId: hexOf(8),
        parentSpanId: fc.oneof(fc.constant(''), hexOf(8)),
        kind: fc.integer({ min: 0, max: 5 }),
        attributes: fc.dictionary(fc.oneof(wanted, fc.constant('unwanted')), value, { maxKeys: 5 }),
      }),
      { maxLength: 4 },
    ),
  }),
  { maxLength: 3 },
);

function expected(all: readonly ResourceFields[]): Span[] {
  return all.flatMap(({ resource, spans }) =>
    spans.map((span) => ({
      traceId: span.traceId ?? '',
      spanId: span.spanId ?? '',
      parentSpanId: span.parentSpanId ?? '',
      kind: SPAN_KINDS[span.kind ?? 0] ?? 'unspecified',
      attributes: wantedOf(span.attributes ?? {}),
      resource: wantedOf(resource),
    })),
  );
}

function wantedOf(values: Readonly<Record<string, string | number | boolean>>) {
  return new Map(
    Object.entries(values)
      .filter(([key]) => WANTED_ATTRIBUTES.has(key))
      .map(([key, one]) => [key, String(one)]),
  );
}

describe('decoding an export request', () => {
  it('gives the same spans from protobuf and from JSON', () => {
    fc.assert(
      fc.property(resources, (all) => {
        expect(decodeProtobuf(toProtobufRequest(all))).toEqual(expected(all));
        expect(decodeJson(Buffer.from(JSON.stringify(toJsonRequest(all))))).toEqual(expected(all));
      }),
    );
  });

  it('takes the names of kinds in JSON', () => {
    const span = { traceId: 'AB', spanId: 'cd', kind: 'SPAN_KIND_SERVER' };
    const request = { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] };
    expect(decodeJson(Buffer.from(JSON.stringify(request)))[0]).toMatchObject({
      traceId: 'ab',
      kind: 'server',
    });
  });

  it.each([
    ['a message that ends inside a field', '0a05ff', 'a field is longer than its message'],
    ['a number without an end', 'ffffffffffffffffffffff', 'a number has more than 10 bytes'],
    ['a number that is cut', '1080', 'it ends inside a number'],
    ['a group', '0b0c', 'a field has the wrong type'],
    ['field 0', '0200', 'a field number is out of range'],
    ['text where a message belongs', '0901020304050607ff', 'a field has the wrong type'],
  ])('refuses %s', (_what, hex, why) => {
    expect(() => decodeProtobuf(Buffer.from(hex, 'hex'))).toThrow(
      `The request is not valid protobuf: ${why}`,
    );
  });

  it.each(['', '[]', 'null', '{', 'trace'])('refuses %j as JSON, without quoting it', (text) => {
    expect(() => decodeJson(Buffer.from(text))).toThrow('The request is not a JSON object');
  });

  it('gives spans or a fault for any bytes', () => {
    const whole = toProtobufRequest([
      { resource: { 'service.name': 'x' }, spans: [{ traceId: 'ab', kind: 2 }] },
    ]);
    const broken = fc
      .tuple(fc.nat(whole.length - 1), fc.nat(255))
      .map(([at, byte]) => Buffer.from(whole).fill(byte, at, at + 1));
    const any = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(broken, any), (bytes) => {
        for (const decode of [decodeProtobuf, decodeJson]) {
          try {
            expect(Array.isArray(decode(bytes))).toBe(true);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(Fault);
          }
        }
      }),
    );
  });

  it('gives spans or a fault for any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (spans) => {
        const request = { resourceSpans: [{ resource: spans, scopeSpans: [{ spans }, spans] }] };
        expect(Array.isArray(decodeJson(Buffer.from(JSON.stringify(request))))).toBe(true);
      }),
    );
  });
});
