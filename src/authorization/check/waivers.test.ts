import { describe, expect, it } from 'vitest';
import type { Waiver } from '../../estate/index.ts';
import { check } from './check.ts';
import { DEFAULT_CHECK_OPTIONS } from './model.ts';
import { stateOf } from './testing/states.ts';
import { findingId } from './waivers.ts';

const SAID = {
  services: { reviews: {}, payments: {} },
  endpoints: ['payments POST /charges', 'payments GET /charges/{id}'],
};
const base = stateOf(SAID);
const head = stateOf({ ...SAID, grants: ['reviews payments ANY /**'] });

function found(waivers: readonly Waiver[], today?: string) {
  const options = { ...DEFAULT_CHECK_OPTIONS, ...(today !== undefined && { today }) };
  const { violations } = check(base, { ...head, waivers }, options);
  return violations.filter(({ severity }) => severity !== 'info');
}
const [wildcard] = found([]);
if (!wildcard) throw new Error('a wildcard is not found');

const waiver = (more: Partial<Waiver> = {}): Waiver => ({
  finding: findingId(wildcard),
  reason: 'the client is rewritten in spring',
  owner: 'team-reviews',
  until: '2027-01-31',
  location: { file: 'reeve-waivers.yaml', line: 5 },
  ...more,
});
const acceptedBy = (waivers: readonly Waiver[], today?: string) =>
  found(waivers, today).find(({ rule }) => rule === wildcard.rule)?.waiver;

describe('a waiver', () => {
  it('accepts the finding of its id', () => {
    expect(acceptedBy([waiver()], '2027-01-01')).toEqual(waiver());
  });

  it.each([
    ['accepts on its last day', '2027-01-31', true],
    ['accepts nothing on the day after', '2027-02-01', false],
    ['accepts nothing where nobody knows the day', undefined, false],
  ])('%s', (_, today, accepts) => {
    expect(acceptedBy([waiver()], today) !== undefined).toBe(accepts);
  });

  it('accepts no other finding', () => {
    expect(acceptedBy([waiver({ finding: 'check-0000000000000000' })], '2027-01-01')).toBe(
      undefined,
    );
  });

  it('that has expired is a finding of its own, on its line', () => {
    expect(found([waiver()], '2027-02-01').map(({ rule }) => rule)).toContain(
      'check/waiver-expired',
    );
    const expired = found([waiver()], '2027-02-01').find(({ rule }) => rule.includes('waiver'));
    expect(expired).toMatchObject({
      severity: 'low',
      message: expect.stringContaining('by team-reviews expired on 2027-01-31: the client is'),
      place: { state: 'head', file: 'reeve-waivers.yaml', line: 5 },
    });
  });

  it('of several that accept the same holds longest', () => {
    const later = waiver({ until: '2027-03-31' });
    expect(acceptedBy([later, waiver()], '2027-01-01')).toEqual(later);
  });
});
