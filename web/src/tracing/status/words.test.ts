import { describe, expect, it } from 'vitest';
import { PAIRING_REASONS } from '../../../../src/tracing/pairing/reasons.ts';
import { byStage, isHarmless, type Loss, lossWords } from './words.ts';

const loss = (stage: Loss['stage'], reason: string, count = 1): Loss => ({ stage, reason, count });

describe('what was left out of traces', () => {
  it('is told stage by stage: what is missing first, then what happened most', () => {
    const told = byStage([
      loss('names', 'too many services', 5),
      loss('pairing', 'duplicate', 900),
      loss('pairing', 'late', 2),
      loss('pairing', 'own-parent', 7),
      loss('graph', 'no room', 0),
    ]);
    expect(told.map(([stage, own]) => [stage, own.map(({ reason }) => reason)])).toEqual([
      ['pairing', ['own-parent', 'late', 'duplicate']],
      ['names', ['too many services']],
    ]);
  });

  it.each(Object.keys(PAIRING_REASONS))('has words for %s', (reason) => {
    expect(lossWords(loss('pairing', reason))).not.toBe(reason);
  });

  it('says the reason itself where it has no other words, whatever it is called', () => {
    expect(lossWords(loss('traces', 'not kept: too many for denial'))).toBe(
      'not kept: too many for denial',
    );
    expect(lossWords(loss('graph', 'toString'))).toBe('toString');
  });

  it('is harmless where spans are no requests', () => {
    expect(isHarmless(loss('pairing', 'nested'))).toBe(true);
    expect(isHarmless(loss('graph', 'nested'))).toBe(false);
  });
});
