import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../base/fault.ts';
import type { Guardrail, Policy } from '../../model/index.ts';
import { readSlice } from './read-slice.ts';
import { sliceOf } from './slice.ts';
import { ORDERS, SHOP, serviceWith } from './testing/policies.ts';
import { writeSlice } from './write-slice.ts';

const GUARDRAIL: Guardrail = {
  ...{ id: 'no-guests', reason: 'guests stay outside', file: 'guests.cedar', line: 3 },
  ...{ text: 'forbid(principal, action, resource);', json: { effect: 'forbid' } },
};
const BROKEN: Guardrail = {
  ...{ id: 'broken', reason: undefined, file: 'broken.cedar', line: 1, text: 'forbid(' },
  ...{ json: undefined, problem: 'it ends too early' },
};
const ENDPOINT: Policy['endpoints'][number] = {
  ...{ service: ORDERS, protocol: 'http', method: 'GET', template: '/orders/{id}' },
  ...{ owner: undefined, criticality: 'high', sensitivity: ['pii'] },
  ...{ deprecated: true, blocked: false },
};

const FULL: Policy = {
  ...SHOP,
  services: [...SHOP.services, serviceWith('production/shop/nameless', { identities: [] })],
  endpoints: [ENDPOINT],
  guardrails: [GUARDRAIL, BROKEN],
};

describe('what is read of a slice', () => {
  it('is what was written, without the text of guardrails', () => {
    const slice = sliceOf(FULL, [ORDERS]);
    const { names, ...read } = readSlice(writeSlice(slice).bytes);
    expect(read).toEqual({
      callees: [ORDERS],
      services: slice.services,
      endpoints: [ENDPOINT],
      grants: SHOP.grants,
      guardrails: [
        { ...BROKEN, text: '' },
        { ...GUARDRAIL, text: '' },
      ],
    });
    expect(names).toEqual(slice.names);
    expect(writeSlice(slice).bytes.toString('latin1')).not.toContain('forbid(principal');
  });

  it('is a value or a fault, whatever the bytes', () => {
    const refused = (bytes: Uint8Array): void => {
      try {
        readSlice(bytes);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Fault);
        expect((thrown as Fault).code).toBe('authorization/slice-malformed');
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), refused));
    fc.assert(fc.property(fc.json(), (json) => refused(gzipSync(json))));
    const whole = writeSlice(sliceOf(FULL, [ORDERS])).bytes;
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
        refused(whole.with(at, byte));
        refused(whole.subarray(0, at));
      }),
    );
  });

  const base = {
    ...{ schema: 'reeve.policy/v1', names: [['a', 'spiffe://a/b']], callees: ['a'] },
    ...{ services: [], endpoints: [], grants: [], guardrails: [] },
  };
  const read = (change: object) => readSlice(gzipSync(JSON.stringify({ ...base, ...change })));

  it.each<[string, object, RegExp]>([
    ['another schema', { schema: 'reeve.policy/v2' }, /it\.schema is none of reeve\.policy\/v1/],
    ['no list', { callees: 'a' }, /it\.callees is no list/],
    ['a name that is none', { names: [['a', 7]] }, /it\.names\[0\]\[1\] is no text/],
    ['half of a service', { services: [{ id: 'a' }] }, /it\.services\[0\]\.environment is no text/],
    [
      'half of a grant',
      { grants: [{ from: 'a', to: 'b', operation: '*' }] },
      /\.source is no object/,
    ],
    ['an odd line', { guardrails: [{ ...GUARDRAIL, line: 0.5 }] }, /\.line is no whole number/],
    ['no endpoint', { endpoints: [{ ...ENDPOINT, blocked: 'no' }] }, /neither true nor false/],
  ])('with %s is refused, and says where', (_, change, message) => {
    expect(read({}).callees).toEqual(['a']);
    expect(() => read(change)).toThrow(message);
  });

  it('is refused where it unpacks to more than it may have', () => {
    const bomb = gzipSync(Buffer.alloc(65 * 1_024 * 1_024, ' '));
    expect(() => readSlice(bomb)).toThrow(
      expect.objectContaining({ code: 'authorization/slice-too-large' }),
    );
  });

  it('takes nothing from members that objects inherit', () => {
    const odd = gzipSync(`{"__proto__":${JSON.stringify(base)}}`);
    expect(() => readSlice(odd)).toThrow(/schema is none of/);
  });
});
