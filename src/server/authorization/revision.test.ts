import { expect, it } from 'vitest';
import type { Policy } from '../../authorization/model/index.ts';
import { sampleEndpoint, sampleGrant, sampleService } from '../../authorization/testing/samples.ts';
import { revisionOf } from './revision.ts';

const MANY = 11_000;
const policy = (change: Partial<Policy> = {}): Policy => ({
  services: [sampleService('dev/shop/a')],
  endpoints: Array.from({ length: MANY }, (_, at) => sampleEndpoint('dev/shop/a', `GET /r${at}`)),
  grants: [sampleGrant('dev/shop/a', 'dev/shop/a', 'GET /r1', 3)],
  guardrails: [],
  ...change,
});

it('is the same of policies that say the same', async () => {
  expect(await revisionOf(policy())).toBe(await revisionOf(policy()));
});

it.each<[string, Partial<Policy>]>([
  ['a service', { services: [sampleService('dev/shop/a', { mode: 'shadow' })] }],
  ['one endpoint of many', { endpoints: policy().endpoints.toSpliced(MANY - 1, 1) }],
  ['a grant', { grants: [] }],
])('is another one where %s differs', async (_, change) => {
  expect(await revisionOf(policy(change))).not.toBe(await revisionOf(policy()));
});
