import { describe, expect, it } from 'vitest';
import type { Waiver } from '../../estate/index.ts';
import { readTexts } from '../read-texts.ts';
import { waivers } from './index.ts';

const VALID = {
  finding: 'check-0123456789abcdef',
  reason: 'until the gateway is moved',
  owner: 'team-reviews',
  until: '2027-01-31',
};

function read(entry: Readonly<Record<string, unknown>>, path = 'reeve-waivers.yaml') {
  const document = { apiVersion: 'reeve.dev/v1', kind: 'Waivers', spec: { waivers: [entry] } };
  let found: readonly Waiver[] | undefined;
  const reader = waivers((some) => {
    found = some;
  });
  const { diagnostics } = readTexts(reader, { [path]: JSON.stringify(document, null, 2) });
  return { found, messages: diagnostics.map(({ message }) => message) };
}

describe('waivers', () => {
  it('are read with their places', () => {
    const { found, messages } = read(VALID);
    expect(messages).toEqual([]);
    expect(found).toEqual([
      { ...VALID, location: { file: 'reeve-waivers.yaml', line: 6, column: 7 } },
    ]);
  });

  it.each(['services/a/reeve-waivers.yml', 'reeve-waivers.yaml'])('stand in %s', (path) => {
    expect(read(VALID, path).found).toHaveLength(1);
  });

  it('stand in files of their own name only', () => {
    expect(read(VALID, 'my-reeve-waivers.yaml').found).toEqual([]);
  });

  it.each([
    ['no reason', { reason: undefined }, /`spec\.waivers\.0\.reason` is missing/],
    ['an empty reason', { reason: '' }, /`spec\.waivers\.0\.reason`/],
    ['no owner', { owner: undefined }, /`spec\.waivers\.0\.owner` is missing/],
    ['no day', { until: undefined }, /`spec\.waivers\.0\.until` is missing/],
    ['a day that there is not', { until: '2027-02-30' }, /must be a day, as in `2027-01-31`/],
    ['no id of a finding', { finding: 'all' }, /must be the id of a finding/],
  ])('with %s are none, and are told of', (_, change, message) => {
    const { found, messages } = read({ ...VALID, ...change });
    expect(found).toEqual([]);
    expect(messages).toEqual([expect.stringMatching(message)]);
  });
});
