import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pairing, type PairingHandler } from './pairing.ts';

class Heard implements PairingHandler {
  readonly pairs: string[] = [];
  readonly unanswered: string[] = [];
  readonly pushedOut: string[] = [];
  tooManyTries = 0;
  onPair(caller: number, called: number, operation: number): void {
    this.pairs.push(`${caller} -> ${called} ${operation}`);
  }
  onUnanswered(caller: number, host: number, seenAt: number): void {
    this.unanswered.push(`${caller} -> ${host} at ${seenAt}`);
  }
  onPushedOut(side: string): void {
    this.pushedOut.push(side);
  }
  onTooManyTries(): void {
    this.tooManyTries++;
  }
}

function pairing(limits = {}): { pairs: Pairing; heard: Heard } {
  const heard = new Heard();
  return { heard, pairs: new Pairing({ windowSeconds: 30, maxHalves: 100, ...limits }, heard, 7) };
}

function caller(pairs: Pairing, call: number, service: number, at = 0, host = 9): void {
  pairs.id.set([1, 2, 3, 4, 5, call]);
  pairs.addCaller(service, host, at);
}

function called(pairs: Pairing, call: number, service: number, at = 0, operation = 5): void {
  pairs.id.set([1, 2, 3, 4, 5, call]);
  pairs.addCalled(service, operation, at);
}

describe('the two sides of a call', () => {
  it('are paired, whichever comes first', () => {
    const first = pairing();
    caller(first.pairs, 1, 1);
    called(first.pairs, 1, 2, 10);
    expect(first.heard.pairs).toEqual(['1 -> 2 5']);
    const second = pairing();
    called(second.pairs, 1, 2);
    caller(second.pairs, 1, 1, 10);
    expect(second.heard.pairs).toEqual(['1 -> 2 5']);
  });

  it.each([0, 1, 2, 3, 4, 5])('are not paired where word %i of their ids differs', (word) => {
    const { pairs, heard } = pairing();
    caller(pairs, 1, 1);
    pairs.id.set([1, 2, 3, 4, 5, 1]);
    pairs.id[word] = 77;
    pairs.addCalled(2, 5, 0);
    expect(heard.pairs).toEqual([]);
  });

  it('are paired at every try, before and after the caller came', () => {
    const { pairs, heard } = pairing();
    called(pairs, 1, 2);
    called(pairs, 1, 3);
    caller(pairs, 1, 1);
    called(pairs, 1, 4);
    expect(heard.pairs.sort()).toEqual(['1 -> 2 5', '1 -> 3 5', '1 -> 4 5']);
  });

  it('wait once, though an export is sent again', () => {
    const { pairs, heard } = pairing();
    caller(pairs, 1, 1);
    caller(pairs, 1, 1);
    called(pairs, 2, 2);
    called(pairs, 2, 2);
    expect(pairs.size).toBe(2);
    called(pairs, 1, 2);
    expect(heard.pairs).toEqual(['1 -> 2 5']);
  });

  it('wait for their window and no longer', () => {
    const { pairs, heard } = pairing();
    caller(pairs, 1, 1, 100);
    called(pairs, 2, 2, 100);
    pairs.expire(129);
    expect(pairs.size).toBe(2);
    pairs.expire(130);
    expect(pairs.size).toBe(0);
    expect(heard.unanswered).toEqual(['1 -> 9 at 100']);
    called(pairs, 1, 2, 130);
    caller(pairs, 2, 1, 130);
    expect(heard.pairs).toEqual([]);
  });

  it('say nothing of a caller that was answered when its window ends', () => {
    const { pairs, heard } = pairing();
    caller(pairs, 1, 1);
    called(pairs, 1, 2);
    pairs.expire(1_000);
    expect(heard.unanswered).toEqual([]);
  });

  it('make room from the oldest on, and every loss is told', () => {
    const { pairs, heard } = pairing({ maxHalves: 3 });
    caller(pairs, 1, 1);
    called(pairs, 2, 2);
    caller(pairs, 3, 1);
    called(pairs, 3, 2);
    for (let call = 4; call < 7; call++) caller(pairs, call, 1);
    expect(pairs.size).toBe(3);
    expect(heard.pushedOut).toEqual(['caller', 'called']);
    expect(heard.unanswered).toEqual(['1 -> 9 at 0']);
  });

  it('are at most 16 under one parent that has not come', () => {
    const { pairs, heard } = pairing();
    for (let service = 1; service <= 20; service++) called(pairs, 1, service);
    expect([pairs.size, heard.tooManyTries]).toEqual([16, 4]);
  });

  it('are found while the ring grows, and after it has gone round', () => {
    const { pairs, heard } = pairing({ maxHalves: 10_000 });
    for (let call = 0; call < 30_000; call++) caller(pairs, call, call);
    for (let call = 20_000; call < 30_000; call++) called(pairs, call, 0);
    expect(heard.pairs).toHaveLength(10_000);
    called(pairs, 19_999, 0);
    expect(heard.pairs).toHaveLength(10_000);
  });

  it('are those that a list would find', () => {
    const step = fc.record({
      isCaller: fc.boolean(),
      call: fc.nat(6),
      service: fc.nat(3),
      after: fc.nat(12),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { pairs, heard } = pairing();
        const wanted: string[] = [];
        let waiting: { isCaller: boolean; call: number; service: number; at: number }[] = [];
        let now = 0;
        for (const { isCaller, call, service, after } of steps) {
          now += after;
          pairs.expire(now);
          waiting = waiting.filter(({ at }) => at > now - 30);
          const same = waiting.filter((half) => half.call === call);
          const others = same.filter((half) => half.isCaller !== isCaller);
          if (isCaller) caller(pairs, call, service, now);
          else called(pairs, call, service, now);
          const isKnown = isCaller
            ? same.some((half) => half.isCaller)
            : others.length > 0 || same.some((half) => half.service === service);
          if (isCaller && isKnown) continue;
          for (const other of isCaller ? others : others.slice(0, 1)) {
            wanted.push(
              isCaller ? `${service} -> ${other.service} 5` : `${other.service} -> ${service} 5`,
            );
          }
          if (!isKnown) waiting.push({ isCaller, call, service, at: now });
        }
        expect(heard.pairs.toSorted()).toEqual(wanted.toSorted());
        expect(pairs.size).toBe(waiting.length);
      }),
    );
  });
});
