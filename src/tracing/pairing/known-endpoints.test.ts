import { describe, expect, it } from 'vitest';
import { KnownEndpoints } from './known-endpoints.ts';

const OPERATIONS = 5;

/** Adds what is not found, as whoever asks does.
 *  @returns how many were not, and how many were another */
function ask(known: KnownEndpoints, services: number) {
  const counts = { asked: 0, wrong: 0 };
  for (let service = 1; service <= services; service++) {
    for (let operation = 1; operation <= OPERATIONS; operation++) {
      const endpoint = service * OPERATIONS + operation;
      const found = known.find(service, operation);
      if (found >= 0 && found !== endpoint) counts.wrong++;
      if (found >= 0) continue;
      counts.asked++;
      known.add(service, operation, endpoint);
    }
  }
  return counts;
}

describe('known endpoints', () => {
  it('knows nearly all operations of 10,000 services again', () => {
    const known = new KnownEndpoints();
    expect(ask(known, 10_000)).toEqual({ asked: 10_000 * OPERATIONS, wrong: 0 });
    const again = ask(known, 10_000);
    expect(again.wrong).toBe(0);
    expect(again.asked).toBeLessThan(1_000);
  });

  it('keeps what came last where there is more than room for', () => {
    const known = new KnownEndpoints();
    ask(known, 100_000);
    expect(known.find(100_000, OPERATIONS)).toBe(100_000 * OPERATIONS + OPERATIONS);
  });

  it('knows that there is no endpoint, and nothing once it has forgotten', () => {
    const known = new KnownEndpoints();
    expect(known.find(7, 7)).toBe(-1);
    known.add(7, 7, 0);
    expect(known.find(7, 7)).toBe(0);
    known.forget();
    expect(known.find(7, 7)).toBe(-1);
  });
});
