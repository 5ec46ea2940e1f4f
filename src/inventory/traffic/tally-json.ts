import type { CredentialSeen, Party, PayloadSamples } from '../../estate/index.ts';
import { CREDENTIALS_SEEN } from '../../estate/sighting/index.ts';
import { type Span, Tally, type TallyParts } from './tally.ts';

/** A tally as compact JSON; callers are numbers in a list of parties that many tallies share. */
export type TallyJson = readonly [
  requests: number,
  firstAt: number,
  lastAt: number,
  operational: number,
  statuses: SpanJson<number>[],
  hours: [hour: number, count: number][],
  callers: [...SpanJson<number>, isProved: 0 | 1][],
  credentials: SpanJson<CredentialSeen>[],
  parameters: SpanJson<string>[],
  /** An empty list where none was judged. */
  samples: PayloadSamples | [],
];
type SpanJson<Key> = [key: Key, count: number, firstAt: number, lastAt: number];

/** Numbers parties in the order in which they are first met. */
export class PartyTable {
  readonly parties: Party[];
  readonly #numbers = new Map<string, number>();

  constructor(parties: readonly Party[] = []) {
    this.parties = [...parties];
    parties.forEach(({ key }, number) => void this.#numbers.set(key, number));
  }

  numberOf(party: Party): number {
    const known = this.#numbers.get(party.key);
    if (known !== undefined) return known;
    this.#numbers.set(party.key, this.parties.length);
    return this.parties.push(party) - 1;
  }
}

export function tallyToJson(tally: Tally, parties: PartyTable): TallyJson {
  return [
    tally.requests,
    tally.firstAt,
    tally.lastAt,
    tally.operational,
    spans(tally.statuses),
    [...tally.hours],
    [...tally.callers.values()].map((caller) => [
      parties.numberOf(caller.party),
      caller.count,
      caller.firstAt,
      caller.lastAt,
      caller.isProved ? 1 : 0,
    ]),
    spans(tally.credentials),
    spans(tally.parameters),
    tally.samples ?? [],
  ];
}

/** The tally that `tallyToJson` wrote. */
export function tallyFromJson(json: TallyJson, { parties }: PartyTable): Tally {
  const [requests, firstAt, lastAt, operational, statuses, hours, callers] = json;
  const parts: TallyParts = {
    requests,
    firstAt,
    lastAt,
    operational,
    statuses: toSpans(statuses),
    hours: new Map(hours),
    callers: new Map(
      callers.flatMap(([number, count, first, last, isProved]) => {
        const party = parties[number];
        return party === undefined
          ? []
          : [
              [
                party.key,
                { party, count, firstAt: first, lastAt: last, isProved: isProved === 1 },
              ] as const,
            ];
      }),
    ),
    credentials: toSpans(json[7].filter(([seen]) => CREDENTIALS_SEEN.includes(seen))),
    parameters: toSpans(json[8]),
    samples: Array.isArray(json[9]) ? undefined : (json[9] as PayloadSamples),
  };
  return Tally.of(parts);
}

function spans<Key>(map: ReadonlyMap<Key, Span>): SpanJson<Key>[] {
  return [...map].map(([key, { count, firstAt, lastAt }]) => [key, count, firstAt, lastAt]);
}

function toSpans<Key>(list: readonly SpanJson<Key>[]): Map<Key, Span> {
  return new Map(list.map(([key, count, firstAt, lastAt]) => [key, { count, firstAt, lastAt }]));
}
