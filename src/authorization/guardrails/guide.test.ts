import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { GuardContext, PolicyEndpoint, PolicyService } from '../model/index.ts';
import { sampleEndpoint, sampleService } from '../testing/samples.ts';
import { CedarJudge, formatGuardrails, readGuardrails } from './index.ts';

/** The samples of the guide, each of which does what the guide says. */
const GUIDE = readFileSync(new URL('../../../docs/guardrails.md', import.meta.url), 'utf8');
const SAMPLES = [...GUIDE.matchAll(/```cedar\n(.*?)```/gs)].map(([, text = '']) => text);
const { guardrails, diagnostics } = readGuardrails(
  SAMPLES.map((text, index) => ({ path: `${index}.cedar`, text })),
);

const SERVICE = sampleService('production/shop/orders', { owner: 'team-orders' });
const CALLEE = sampleService('production/shop/payments', { owner: 'team-payments' });
const ENDPOINT = sampleEndpoint(CALLEE.id, 'GET /v1/charges');

/** What differs from a call that nothing forbids. */
interface Change {
  readonly caller?: Partial<PolicyService>;
  readonly callee?: Partial<PolicyService>;
  /** `unknown`: none is known. */
  readonly endpoint?: Partial<PolicyEndpoint> | 'unknown';
  readonly context?: Partial<GuardContext>;
}

function verdictOf(id: string, { caller, callee, endpoint, context }: Change): string {
  const judge = new CedarJudge(guardrails.filter((guardrail) => guardrail.id === id));
  const verdict = judge.judge(
    {
      caller: { ...SERVICE, ...caller },
      callee: { ...CALLEE, ...callee },
      endpoint: endpoint === 'unknown' ? undefined : { ...ENDPOINT, ...endpoint },
    },
    { proof: 'mtls', protocol: 'http', method: 'GET', path: '/v1/charges', ...context },
  );
  return verdict.kind;
}

const PCI = { endpoint: { sensitivity: ['pci'] } };
const DELETE = { context: { method: 'DELETE' } };
const STAGING = { environment: 'staging', id: 'staging/shop/orders' };

const ROWS: readonly (readonly [string, string, Change, 'forbids' | 'clear'])[] = [
  ['cards-for-payments', 'other data', {}, 'clear'],
  ['cards-for-payments', 'card data, another team', PCI, 'forbids'],
  ['cards-for-payments', 'its team', { ...PCI, caller: { owner: 'team-payments' } }, 'clear'],
  ['cards-for-payments', 'a group', { ...PCI, caller: { groups: ['card-readers'] } }, 'clear'],
  ['cards-for-payments', 'nobody', { ...PCI, caller: { owner: undefined } }, 'forbids'],
  ['environments-apart', 'one environment', {}, 'clear'],
  ['environments-apart', 'from staging', { caller: STAGING }, 'forbids'],
  ['environments-apart', 'to staging', { callee: STAGING }, 'forbids'],
  [
    'internet-away-from-credentials',
    'from the internet, to other data',
    { caller: { exposure: 'internet' } },
    'clear',
  ],
  [
    'internet-away-from-credentials',
    'from the internet',
    { caller: { exposure: 'internet' }, callee: { sensitivity: ['credentials'] } },
    'forbids',
  ],
  [
    'internet-away-from-credentials',
    'from the internet, by an endpoint',
    { caller: { exposure: 'internet' }, endpoint: { sensitivity: ['credentials'] } },
    'forbids',
  ],
  [
    'internet-away-from-credentials',
    'from inside',
    { callee: { sensitivity: ['credentials'] } },
    'clear',
  ],
  ['deletes-by-owners', 'a GET', {}, 'clear'],
  ['deletes-by-owners', 'a DELETE', DELETE, 'forbids'],
  [
    'deletes-by-owners',
    'a DELETE at an endpoint of every method',
    { ...DELETE, endpoint: { method: 'ANY' } },
    'forbids',
  ],
  ['deletes-by-owners', 'its own', { ...DELETE, caller: { owner: 'team-payments' } }, 'clear'],
  [
    'deletes-by-owners',
    'nobody, of nobody',
    { ...DELETE, caller: { owner: undefined }, callee: { owner: undefined } },
    'forbids',
  ],
  ['no-deprecated-endpoints', 'one that stays', {}, 'clear'],
  ['no-deprecated-endpoints', 'one that goes', { endpoint: { deprecated: true } }, 'forbids'],
  [
    'no-deprecated-endpoints',
    'the exception',
    { endpoint: { deprecated: true }, caller: { id: 'production/shop/reports' } },
    'clear',
  ],
  ['sensitive-means-known', 'known', { callee: { sensitivity: ['pii'] } }, 'clear'],
  ['sensitive-means-known', 'not sensitive', { endpoint: 'unknown' }, 'clear'],
  [
    'sensitive-means-known',
    'neither',
    { endpoint: 'unknown', callee: { sensitivity: ['pii'] } },
    'forbids',
  ],
];

describe('samples of the guide', () => {
  it('are valid, named, reasoned, and tried below', () => {
    expect(diagnostics).toEqual([]);
    expect(guardrails.map(({ id }) => id)).toEqual([...new Set(ROWS.map(([id]) => id))]);
    expect(guardrails.every(({ reason }) => reason !== undefined)).toBe(true);
  });

  it.each(SAMPLES)('are laid out: %#', (text) => {
    expect(formatGuardrails(text)).toBe(text);
  });

  it.each(ROWS)('%s: %s', (id, _what, change, wanted) => {
    expect(verdictOf(id, change)).toBe(wanted);
  });
});
