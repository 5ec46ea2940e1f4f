import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor/index.js';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../base/fault.ts';
import { STRUCT_FILE } from '../../base/grpc/index.ts';
import { WORKLOAD_FILE } from './description.ts';
import {
  jwtSvidResponse,
  validateJwtSvidResponse,
  x509BundlesResponse,
  x509SvidResponse,
} from './messages.ts';
import type { Entitled } from './ports.ts';
import { checkEmptyRequest, readJwtSvidRequest, readValidateJwtSvidRequest } from './requests.ts';
import { structOf } from './struct.ts';

const PROTO = readFileSync(join(import.meta.dirname, 'testdata', 'workload.proto'), 'utf8');
const root = protobuf.parse(PROTO, { keepCase: true }).root;
const struct = protobuf.common.get('google/protobuf/struct.proto') as protobuf.INamespace;
root.addJSON(struct.nested ?? {});

/** As who has read the .proto file reads it. */
function read(type: string, bytes: Buffer): Record<string, unknown> {
  const message = root.lookupType(type);
  return message.toObject(message.decode(bytes), { arrays: true, objects: true, defaults: true });
}

function write(type: string, object: object): Buffer {
  return Buffer.from(root.lookupType(type).encode(object).finish());
}

const bytes = fc.uint8Array({ maxLength: 40 }).map((all) => Buffer.from(all));
const entitlements: fc.Arbitrary<Entitled> = fc
  .record({
    svids: fc.array(
      fc.record({
        spiffeId: fc.string(),
        trustDomain: fc.constantFrom('a', 'b'),
        chain: fc.array(bytes, { maxLength: 3 }),
        privateKey: bytes,
        hint: fc.string({ maxLength: 3 }),
      }),
      { maxLength: 4 },
    ),
    bundles: fc.uniqueArray(
      fc.record({
        trustDomain: fc.constantFrom('a', 'b', 'c', 'd'),
        x509Authorities: fc.array(bytes, { maxLength: 3 }),
        jwtAuthorities: fc.constant([]),
      }),
      { selector: ({ trustDomain }) => trustDomain },
    ),
    crls: fc.array(bytes, { maxLength: 2 }),
  })
  .map((entitled) => ({ kind: 'entitled', ...entitled }));

describe('messages as others read them', () => {
  it('of X.509-SVIDs hold what the workload is entitled to', () => {
    fc.assert(
      fc.property(entitlements, (entitled) => {
        const { svids, crl, federated_bundles } = read(
          'X509SVIDResponse',
          x509SvidResponse(entitled),
        ) as { svids: Record<string, unknown>[]; crl: unknown; federated_bundles: object };
        const bundleOf = (name: string): Buffer =>
          Buffer.concat(
            entitled.bundles.find(({ trustDomain }) => trustDomain === name)?.x509Authorities ?? [],
          );
        expect(crl).toEqual(entitled.crls);
        expect(svids.map(({ hint: _, ...svid }) => svid)).toEqual(
          entitled.svids.map((svid) => ({
            spiffe_id: svid.spiffeId,
            x509_svid: Buffer.concat(svid.chain),
            x509_svid_key: svid.privateKey,
            bundle: bundleOf(svid.trustDomain),
          })),
        );
        const hints = svids.map(({ hint }) => hint).filter((hint) => hint !== '');
        expect(new Set(hints).size).toBe(hints.length);
        expect(new Set(hints)).toEqual(
          new Set(entitled.svids.map(({ hint }) => hint).filter((hint) => hint !== '')),
        );
        const own = new Set(entitled.svids.map(({ trustDomain }) => trustDomain));
        const foreign = entitled.bundles.filter(({ trustDomain }) => !own.has(trustDomain));
        expect(federated_bundles).toEqual(
          Object.fromEntries(
            foreign.map(({ trustDomain }) => [`spiffe://${trustDomain}`, bundleOf(trustDomain)]),
          ),
        );
      }),
    );
  });

  it('of bundles hold every trust domain apart', () => {
    fc.assert(
      fc.property(entitlements, (entitled) => {
        const { bundles } = read('X509BundlesResponse', x509BundlesResponse(entitled));
        expect(bundles).toEqual(
          Object.fromEntries(
            entitled.bundles.map(({ trustDomain, x509Authorities }) => [
              `spiffe://${trustDomain}`,
              Buffer.concat(x509Authorities),
            ]),
          ),
        );
      }),
    );
  });

  it('of JWT-SVIDs hold tokens', () => {
    const svids = [
      { spiffeId: 'a', token: 'b', hint: 'c' },
      { spiffeId: 'd', token: 'e', hint: 'c' },
    ];
    expect(read('JWTSVIDResponse', jwtSvidResponse(svids)).svids).toEqual([
      { spiffe_id: 'a', svid: 'b', hint: 'c' },
      { spiffe_id: 'd', svid: 'e', hint: '' },
    ]);
  });

  it('of claims hold any JSON', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), (claims) => {
        const answer = read(
          'ValidateJWTSVIDResponse',
          validateJwtSvidResponse({ spiffeId: 'a', claims }),
        );
        // JSON has no negative zero.
        const told = JSON.stringify(ofStruct(answer.claims as StructMessage));
        expect(JSON.parse(told)).toEqual(JSON.parse(JSON.stringify(claims)));
      }),
    );
  });

  it('of claims nested too deep are not written', () => {
    let claims: Record<string, unknown> = {};
    for (let depth = 0; depth < 40; depth++) claims = { claims: [claims] };
    expect(() => structOf(claims)).toThrow(
      expect.objectContaining({ code: 'identity/claims-too-large' }),
    );
  });
});

describe('requests as others write them', () => {
  it('for JWT-SVIDs give audience and identity', () => {
    const name = fc.string({ minLength: 1, maxLength: 100, unit: 'grapheme' });
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 16 }), (audience) => {
        const request = { audience, spiffe_id: 'spiffe://example.org/orders' };
        expect(readJwtSvidRequest(write('JWTSVIDRequest', request))).toEqual({
          audience,
          spiffeId: 'spiffe://example.org/orders',
        });
      }),
    );
  });

  it('to validate one give audience and token', () => {
    const request = write('ValidateJWTSVIDRequest', { audience: 'a', svid: 'b.c.d' });
    expect(readValidateJwtSvidRequest(request)).toEqual({ audience: 'a', token: 'b.c.d' });
  });

  it('of text that is none are refused', () => {
    expect(() => readJwtSvidRequest(Buffer.from('0a02c328', 'hex'))).toThrow(
      expect.objectContaining({ code: 'identity/request-invalid' }),
    );
  });

  it.each([checkEmptyRequest, readJwtSvidRequest, readValidateJwtSvidRequest])(
    'of any bytes give a request or a Fault (%o)',
    (parse) => {
      const fields = fc
        .array(fc.tuple(fc.constantFrom('0a', '12', '08', '1a'), bytes))
        .map((all) =>
          Buffer.concat(
            all.map(([tag, content]) =>
              Buffer.concat([Buffer.from(tag, 'hex'), Buffer.from([content.length]), content]),
            ),
          ),
        );
      fc.assert(
        fc.property(fc.oneof(bytes, fields), (message) => {
          try {
            parse(message);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(Fault);
          }
        }),
        { numRuns: 500 },
      );
    },
  );
});

describe('what reflection says', () => {
  it('is what the .proto file says', () => {
    const files = [STRUCT_FILE, WORKLOAD_FILE].map(({ bytes }) =>
      descriptor.FileDescriptorProto.decode(bytes),
    );
    const asDescriptors = protobuf.Root as unknown as {
      fromDescriptor(set: unknown): protobuf.Root;
    };
    const told = asDescriptors.fromDescriptor({ file: files }).resolveAll();
    const methods = (of: protobuf.NamespaceBase) =>
      of
        .lookupService('SpiffeWorkloadAPI')
        .methodsArray.map((method) => [
          method.name,
          method.requestType.replace(/^\./, ''),
          method.responseType.replace(/^\./, ''),
          Boolean(method.requestStream),
          Boolean(method.responseStream),
        ]);
    expect(methods(told)).toEqual(methods(root));
    const fields = (of: protobuf.NamespaceBase) =>
      of.nestedArray
        .filter((one) => one instanceof protobuf.Type)
        .map((type) => [type.name, type.fieldsArray.map(({ name, id }) => [name, id])]);
    expect(fields(told)).toEqual(fields(root));
    expect(fields(told)).toHaveLength(12);
  });
});

interface StructMessage {
  readonly fields: Readonly<Record<string, Record<string, unknown>>>;
}

function ofStruct({ fields }: StructMessage): object {
  const object: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    Object.defineProperty(object, name, { value: ofValue(value), enumerable: true });
  }
  return object;
}

function ofValue(value: Record<string, unknown>): unknown {
  const [field = ''] = Object.keys(value);
  const content = value[field];
  if (field === 'structValue') return ofStruct(content as StructMessage);
  if (field === 'listValue') {
    return (content as { values: Record<string, unknown>[] }).values.map(ofValue);
  }
  return field === 'nullValue' ? null : content;
}
