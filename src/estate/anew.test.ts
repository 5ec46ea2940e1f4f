import { expect, it } from 'vitest';
import { Fault } from '../base/fault.ts';
import { anew } from './anew.ts';

const conflict = new Fault('estate/document-conflict', 'changed meanwhile');
const away = new Fault('estate/unavailable', 'away');

it.each([
  ['is done once where nobody interferes', [], 'done', 1],
  ['is done anew where somebody has', [conflict, conflict], 'done', 3],
  ['is given up where that does not end', Array(20).fill(conflict), conflict, 8],
  ['is not done anew for any other fault', [conflict, away], away, 2],
] as const)('work on documents %s', async (_, faults: readonly Fault[], outcome, attempts) => {
  let at = 0;
  const work = async () => {
    const fault = faults[at++];
    if (fault) throw fault;
    return 'done';
  };
  expect(await anew(work).catch((thrown: unknown) => thrown)).toBe(outcome);
  expect(at).toBe(attempts);
});
