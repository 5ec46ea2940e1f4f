import type { Api } from './api.ts';
import { loadCorpus } from './corpus.ts';
import { TRAINED_WITH } from './generators.ts';
import type { Contestant } from './learners.ts';
import { seeded } from './random.ts';
import { type Score, score } from './score.ts';
import { type Summary, summarise } from './summary.ts';
import type { Traffic, TrafficGenerator, TrafficWanted } from './traffic.ts';

/** Requests for each operation of an API, on average. */
export const REQUESTS_PER_OPERATION = 30;

/** The traffic of every API under every generator, equal for equal seeds. */
export function trafficOf(
  apis: readonly Api[],
  generators: readonly TrafficGenerator[],
  seed: number,
  wanted: Partial<TrafficWanted> = {},
): Traffic[] {
  return generators.flatMap((generator) =>
    apis.map((api) => {
      const random = seeded(seed).fork(`${generator.name} ${api.provider}`);
      const requests = api.operations.length * REQUESTS_PER_OPERATION;
      return generator.generate(api, { requests, ...wanted }, random);
    }),
  );
}

/** What template learning may be tuned on: the APIs of one half, under the generators for training. */
export async function tuningTraffic(
  seed = 1,
  wanted: Partial<TrafficWanted> = {},
): Promise<Traffic[]> {
  return trafficOf((await loadCorpus()).tune, TRAINED_WITH, seed, wanted);
}

export function judge(
  contestant: Contestant,
  traffic: readonly Traffic[],
): { scores: Score[]; summary: Summary } {
  const scores = traffic.map((one) => score(one, contestant.learn(one.requests)));
  return { scores, summary: summarise(scores) };
}
