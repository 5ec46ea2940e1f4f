import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CREDENTIALS_SEEN,
  type PayloadSamples,
  type Sighting,
  toParty,
} from '../../estate/index.ts';
import { Tally } from './tally.ts';
import { PartyTable, tallyFromJson, tallyToJson } from './tally-json.ts';

const HOUR_MS = 3_600_000;

const aCount = fc.record({
  judged: fc.integer({ min: 1, max: 9 }),
  found: fc.dictionary(fc.constantFrom('card', 'email'), fc.integer({ min: 1, max: 9 })),
});
const someSamples: fc.Arbitrary<PayloadSamples> = fc.record(
  { requests: aCount, responses: aCount },
  { requiredKeys: [] },
);

const aSighting: fc.Arbitrary<Sighting> = fc
  .record({
    status: fc.constantFrom(0, 200, 404, 500),
    count: fc.integer({ min: 1, max: 1_000 }),
    firstAt: fc.integer({ min: 0, max: 40 * HOUR_MS }),
    lasts: fc.integer({ min: 0, max: HOUR_MS }),
    caller: fc.option(fc.constantFrom('web', 'mail', 'jobs'), { nil: undefined }),
    isCallerProved: fc.boolean(),
    credential: fc.option(fc.constantFrom(...CREDENTIALS_SEEN), { nil: undefined }),
    parameters: fc.option(fc.uniqueArray(fc.constantFrom('page', 'limit', 'q')), {
      nil: undefined,
    }),
    isOperational: fc.boolean(),
    samples: fc.option(someSamples, { nil: undefined }),
  })
  .map(({ lasts, caller, credential, parameters, samples, ...rest }) => ({
    service: toParty({ by: 'name', name: 'orders' }),
    protocol: 'http',
    method: 'GET',
    path: '/orders',
    ...rest,
    lastAt: rest.firstAt + lasts,
    ...(caller !== undefined && { caller: toParty({ by: 'name', name: caller }) }),
    ...(credential && { credential }),
    ...(parameters && { parameters }),
    ...(samples && { samples }),
  }));

function sum(sightings: readonly Sighting[]): Tally {
  const tally = new Tally();
  for (const sighting of sightings) tally.add(sighting);
  return tally;
}

/** Everything that a tally says, in one order. */
function parts(tally: Tally): unknown {
  const sorted = <Value>(map: ReadonlyMap<unknown, Value>) =>
    [...map].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  const { requests, firstAt, lastAt, operational } = tally;
  return {
    ...{ requests, firstAt, lastAt, operational },
    statuses: sorted(tally.statuses),
    hours: sorted(tally.hours),
    callers: sorted(tally.callers),
    credentials: sorted(tally.credentials),
    parameters: sorted(tally.parameters),
    samples: tally.samples,
  };
}

describe('a tally', () => {
  it('says the same of the same sightings in any order', () => {
    fc.assert(
      fc.property(fc.array(aSighting, { maxLength: 20 }), fc.nat(), (sightings, seed) => {
        const shuffled = fc.sample(
          fc.shuffledSubarray(sightings, { minLength: sightings.length }),
          { seed, numRuns: 1 },
        )[0];
        expect(parts(sum(shuffled ?? []))).toEqual(parts(sum(sightings)));
      }),
    );
  });

  it('is the sum of the tallies of its parts', () => {
    fc.assert(
      fc.property(fc.array(aSighting, { maxLength: 20 }), fc.nat(20), (sightings, at) => {
        const merged = sum(sightings.slice(0, at));
        merged.merge(sum(sightings.slice(at)));
        expect(parts(merged)).toEqual(parts(sum(sightings)));
      }),
    );
  });

  it('comes back from its JSON as it was', () => {
    fc.assert(
      fc.property(fc.array(aSighting, { minLength: 1, maxLength: 20 }), (sightings) => {
        const parties = new PartyTable();
        const json = JSON.parse(JSON.stringify(tallyToJson(sum(sightings), parties)));
        const back = tallyFromJson(json, new PartyTable(parties.parties));
        expect(parts(back)).toEqual(parts(sum(sightings)));
        back.add(sightings[0] as Sighting);
        expect(parts(back)).toEqual(parts(sum([...sightings, sightings[0] as Sighting])));
      }),
    );
  });

  it('holds at most 64 distinct callers and parameters, and goes on counting requests', () => {
    const tally = new Tally();
    for (let number = 0; number < 1_000; number++) {
      tally.add({
        ...fc.sample(aSighting, { seed: 1, numRuns: 1 })[0],
        count: 1,
        caller: toParty({ by: 'name', name: `caller-${number}` }),
        parameters: [`parameter-${number}`],
      } as Sighting);
    }
    expect(tally.requests).toBe(1_000);
    expect(tally.callers.size).toBe(64);
    expect(tally.parameters.size).toBe(64);
  });

  it('knows the requests of the last day by hour, and lets go of older ones', () => {
    const hours = Array.from({ length: 30 }, (_, hour) => hour);
    const tally = new Tally();
    for (const hour of hours.reverse()) {
      tally.add({
        ...(fc.sample(aSighting, { seed: 2, numRuns: 1 })[0] as Sighting),
        count: hour + 1,
        firstAt: hour * HOUR_MS,
        lastAt: hour * HOUR_MS,
      });
    }
    expect([...tally.hours.keys()].sort((a, b) => a - b)).toEqual(hours.reverse().slice(6));
    expect(tally.hours.get(29)).toBe(30);
  });
});
