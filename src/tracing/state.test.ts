import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../base/fault.ts';
import { type EngineState, readEngineState, writeEngineState } from './state.ts';
import { finish } from './steps.ts';

const NAMES = { services: ['web'], principals: [], addresses: [], versions: [], endpoints: [] };
const STATE: EngineState = {
  hops: 7,
  names: NAMES,
  detector: { version: 1, verdicts: [] },
  stories: { version: 1, stories: [] },
  baseline: Buffer.from('usual'),
  graph: Buffer.from('edges'),
};

const write = ({ baseline, graph, ...rest }: EngineState): Buffer =>
  Buffer.concat(finish(writeEngineState({ ...rest, baseline: [baseline], graph: [graph] })));

describe('what an engine has learnt', () => {
  it('is read as it was written', () => {
    expect(readEngineState(write(STATE))).toEqual(STATE);
  });

  it('is read whole or refused, whatever became of its bytes', () => {
    const bytes = write(STATE);
    const cut = fc.nat(bytes.length - 1).map((length) => bytes.subarray(0, length));
    const any = fc.uint8Array().map((some) => Buffer.from(some));
    fc.assert(
      fc.property(fc.oneof(cut, any), (broken) => {
        expect(() => readEngineState(broken)).toThrow(Fault);
      }),
    );
  });
});
