import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../base/fault.ts';
import { type EnvoyNode, takesSpiffeValidator, UNKNOWN_NODE } from './node.ts';
import { readDeltaRequest, readDiscoveryRequest } from './requests.ts';
import { write } from './testing/protos.ts';

const error_detail = { code: 3, message: 'Failed to load trusted CA certificates' };

describe('a request', () => {
  it('for the state of the world is read as it was written', () => {
    const request = {
      version_info: 'v7',
      node: { id: 'orders-1', cluster: 'orders' },
      resource_names: ['default', 'ROOTCA', '', 'default'],
      type_url: 'a/b',
      response_nonce: '7',
      error_detail,
    };
    expect(readDiscoveryRequest(write('DiscoveryRequest', request), 2)).toEqual({
      version: 'v7',
      node: { id: 'orders-1', wantsNoSpiffeValidator: false },
      names: ['default', 'ROOTCA'],
      typeUrl: 'a/b',
      nonce: '7',
      rejection: { why: error_detail.message },
    });
  });

  it('for changes is read as it was written', () => {
    const request = {
      node: { id: 'orders-1' },
      type_url: 'a/b',
      resource_names_subscribe: ['default'],
      resource_names_unsubscribe: ['ROOTCA'],
      initial_resource_versions: { default: 'v1', ALL: 'v2' },
      response_nonce: '7',
      error_detail,
    };
    expect(readDeltaRequest(write('DeltaDiscoveryRequest', request), 2)).toEqual({
      node: { id: 'orders-1', wantsNoSpiffeValidator: false },
      typeUrl: 'a/b',
      subscribe: ['default'],
      unsubscribe: ['ROOTCA'],
      initialVersions: new Map([
        ['default', 'v1'],
        ['ALL', 'v2'],
      ]),
      nonce: '7',
      rejection: { why: error_detail.message },
    });
  });

  it('that says nothing asks for everything', () => {
    expect(readDiscoveryRequest(Buffer.alloc(0), 1)).toEqual({
      version: '',
      names: [],
      typeUrl: '',
      nonce: '',
    });
  });

  const many = ['a', 'b', 'c'];
  const map = { a: '1', b: '1', c: '1' };
  it.each([
    ['DiscoveryRequest', { resource_names: many }, 'more than 2 resources'],
    ['DiscoveryRequest', { resource_names: ['x'.repeat(2_049)] }, '2049 bytes'],
    ['DiscoveryRequest', { version_info: 'x'.repeat(257) }, 'version_info has 257 bytes'],
    ['DiscoveryRequest', { response_nonce: 'x'.repeat(65) }, 'response_nonce has 65 bytes'],
    ['DiscoveryRequest', { type_url: 'x'.repeat(257) }, 'type_url has 257 bytes'],
    ['DeltaDiscoveryRequest', { resource_names_subscribe: many }, 'more than 2 resources'],
    ['DeltaDiscoveryRequest', { resource_names_unsubscribe: many }, 'more than 2 resources'],
    ['DeltaDiscoveryRequest', { initial_resource_versions: map }, 'more than 2 resources'],
    ['DeltaDiscoveryRequest', { resource_names_subscribe: ['é'.repeat(1_025)] }, '2050 bytes'],
  ])('%s with too much is refused: %j', (type, request, why) => {
    const parse = type === 'DiscoveryRequest' ? readDiscoveryRequest : readDeltaRequest;
    expect(() => parse(write(type, request), 2)).toThrow(
      expect.objectContaining({
        code: 'identity/secret-request-invalid',
        message: expect.stringContaining(why),
      }),
    );
  });

  it('with a name that is no text is refused', () => {
    expect(() => readDiscoveryRequest(Buffer.from('1a02c328', 'hex'), 2)).toThrow(
      expect.objectContaining({ code: 'identity/secret-request-invalid' }),
    );
  });

  it('with a long error is cut', () => {
    const request = write('DiscoveryRequest', { error_detail: { message: 'x'.repeat(9_000) } });
    expect(readDiscoveryRequest(request, 2).rejection?.why).toHaveLength(500);
  });

  it('of any bytes is a request or a Fault', () => {
    const bytes = fc.uint8Array({ maxLength: 60 }).map((all) => Buffer.from(all));
    const fields = fc
      .array(fc.tuple(fc.integer({ min: 1, max: 8 }), fc.constantFrom(0, 1, 2, 5), bytes))
      .map((all) =>
        Buffer.concat(
          all.flatMap(([field, type, content]) => [
            Buffer.from([field * 8 + type, content.length]),
            content,
          ]),
        ),
      );
    fc.assert(
      fc.property(fc.oneof(bytes, fields), (message) => {
        for (const parse of [readDiscoveryRequest, readDeltaRequest]) {
          try {
            parse(message, 4);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(Fault);
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('an Envoy', () => {
  const nodeOf = (node: object): EnvoyNode =>
    readDiscoveryRequest(write('DiscoveryRequest', { node }), 1).node ?? UNKNOWN_NODE;
  const ofVersion = (major_number: number, minor_number: number) => ({
    user_agent_name: 'envoy',
    user_agent_build_version: { version: { major_number, minor_number, patch: 3 } },
  });
  const withMetadata = (value: object) => ({
    ...ofVersion(1, 40),
    metadata: { fields: { other: { boolValue: true }, disable_spiffe_cert_validation: value } },
  });

  it.each([
    ['that says nothing of itself', {}, true],
    ['of version 1.40', ofVersion(1, 40), true],
    ['of version 1.18', ofVersion(1, 18), true],
    ['of version 1.17', ofVersion(1, 17), false],
    ['of version 0.99', ofVersion(0, 99), false],
    ['of version 2.0', ofVersion(2, 0), true],
    ['that wants none', withMetadata({ boolValue: true }), false],
    ['that wants none, in letters', withMetadata({ stringValue: 'true' }), false],
    ['that does want it', withMetadata({ boolValue: false }), true],
    ['that says something else', withMetadata({ numberValue: 1 }), true],
  ])('%s: %j has a validator of SPIFFE: %s', (_, node, hasIt) => {
    expect(takesSpiffeValidator(nodeOf(node))).toBe(hasIt);
  });

  it('is known by its own words, which are cut', () => {
    expect(nodeOf({ id: 'x'.repeat(9_000) }).id).toHaveLength(200);
  });
});
