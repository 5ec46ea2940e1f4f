import { beforeEach, expect, it } from 'vitest';
import type { Policy, Question } from '../../model/index.ts';
import { sampleGrant, sampleIdentity, sampleService } from '../../testing/samples.ts';
import { sliceOf, writeSlice } from '../feed/index.ts';
import { EnforcementPoint } from './index.ts';

const [WEB, ORDERS, MAIL] = [
  'production/shop/web',
  'production/shop/orders',
  'production/shop/mail',
];

/** Web may read orders; mail only logs. */
const SHOP: Policy = {
  services: [sampleService(WEB), sampleService(ORDERS), sampleService(MAIL, { mode: 'shadow' })],
  endpoints: [],
  grants: [sampleGrant(WEB, ORDERS, 'GET /orders/{id}', 7)],
  guardrails: [],
};

const asked = (service: string, path = '/orders/1'): Question => ({
  ...{ caller: sampleIdentity(WEB), proof: 'mtls', service },
  ...{ protocol: 'http', method: 'GET', path },
});
const configsOf = (service: string) => point.rbac.resourcesFor([sampleIdentity(service)]);

let point: EnforcementPoint;
beforeEach(() => {
  point = new EnforcementPoint();
});

it('decides nothing before there is a policy, and after it was forgotten', () => {
  const unavailable = expect.objectContaining({ code: 'authorization/policy-unavailable' });
  expect(() => point.decide(asked(ORDERS))).toThrow(unavailable);
  point.take(writeSlice(sliceOf(SHOP, [ORDERS])).bytes);
  expect(point.decide(asked(ORDERS)).allowed).toBe(true);
  point.drop();
  expect(() => point.admits(asked(ORDERS))).toThrow(unavailable);
});

it('admits what is allowed, by the mode of who is called', () => {
  point.take(writeSlice(sliceOf(SHOP, [ORDERS])).bytes);
  expect(point.admits(asked(ORDERS))).toBe('enforce');
  expect(point.admits(asked(ORDERS, '/other'))).toBeUndefined();
});

it('keeps what it has where what was sent cannot be read', () => {
  point.take(writeSlice(sliceOf(SHOP, [ORDERS])).bytes);
  expect(() => point.take(Buffer.from('nothing'))).toThrow();
  expect(point.admits(asked(ORDERS))).toBe('enforce');
});

it('says nothing of a service whose policy was not sent: it may be one that only logs', () => {
  point.take(writeSlice(sliceOf(SHOP, [ORDERS])).bytes);
  expect(() => point.decide(asked(MAIL))).toThrow(
    expect.objectContaining({ code: 'authorization/policy-unavailable' }),
  );
  expect(configsOf(MAIL).find('reeve.rbac')).toBeUndefined();
  expect(configsOf(MAIL).withdrawn('reeve.rbac')).toBeUndefined();
  expect(configsOf(ORDERS).find('reeve.rbac')).toBeDefined();
});

it('says that nobody may call what is no service', () => {
  point.take(writeSlice(sliceOf(SHOP, [ORDERS])).bytes);
  expect(point.decide(asked('production/shop/none')).reason).toBe('service-unknown');
  expect(configsOf('production/shop/none').find('reeve.rbac')).toBeDefined();
});
