import { describe, expect, it } from 'vitest';
import { EndpointDecision } from '../../../../src/estate/decision.ts';
import { anEndpoint, aService } from '../../../../src/estate/store/testing/estate.ts';
import { ACTIONS, dayFrom, firstDraft, toTags } from './actions.ts';

const NOW = Date.parse('2026-03-01T23:30:00Z');
const FILLED = {
  ...firstDraft(NOW),
  owner: ' team-orders ',
  sensitivity: 'pii, pci',
  criticality: 'high',
};

describe('what a person can decide', () => {
  it.each(ACTIONS.map((action) => [action.name, action] as const))(
    'says %s as the server takes it',
    (name, action) => {
      const said = { action: name, ...action.toBody(FILLED) };
      expect(EndpointDecision.parse(said)).toEqual(said);
    },
  );

  it('leaves out tags that were not filled in, and says none of those that are none', () => {
    const tag = ACTIONS.find(({ name }) => name === 'tag');
    expect(tag?.toBody(firstDraft(NOW))).toEqual({});
    expect(tag?.toBody({ ...firstDraft(NOW), sensitivity: 'none' })).toEqual({ sensitivity: [] });
  });

  it('takes tags apart at commas and blanks, each once', () => {
    expect(toTags(' pii,pci  pii;secret ')).toEqual(['pii', 'pci', 'secret']);
  });

  it('begins with a date a quarter away', () => {
    expect(firstDraft(NOW).until).toBe('2026-05-30');
    expect(dayFrom(NOW, 1)).toBe('2026-03-02');
  });

  it('offers to adopt only what is declared nowhere and not adopted yet', () => {
    const isOffered = (overrides: Parameters<typeof anEndpoint>[2]) =>
      ACTIONS.find(({ name }) => name === 'adopt')?.isOffered(
        anEndpoint(aService('orders').id, '/orders', overrides),
      );
    const adopted = {
      action: 'adopt',
      by: 'admin',
      at: '2026-01-01T00:00:00Z',
      reason: '',
    } as const;
    expect(isOffered({})).toBe(false);
    expect(isOffered({ declaredIn: [] })).toBe(true);
    expect(isOffered({ declaredIn: [], decisions: [adopted] })).toBe(false);
    expect(isOffered({ declaredIn: [], visibility: 'probe' })).toBe(false);
  });
});
