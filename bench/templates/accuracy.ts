import type { Api } from './api.ts';
import { baselines } from './baselines/index.ts';
import type { Corpus } from './corpus.ts';
import { NOT_TRAINED_WITH, TRAINED_WITH } from './generators.ts';
import type { Contestant } from './learners.ts';
import { percent, SUMMARY_HEAD, share, shareOf, summaryRow, table, times } from './print.ts';
import { seeded } from './random.ts';
import { type Kind, SEEN, score } from './score.ts';
import { type Summary, summarise } from './summary.ts';
import { STYLES, type Style, type TrafficGenerator } from './traffic.ts';
import { judge, trafficOf } from './tuning.ts';

const SEED = 20_261;
const STEPS = [30, 100, 300, 1_000, 3_000, 10_000, 30_000];
/** Of how many APIs one is taken where every step learns anew. */
const EVERY = 4;

/** Prints how exact templates are, on APIs and traffic that nothing was tuned on, and beside them on
 *  those that it was. */
export function printAccuracy(corpus: Corpus, contestant: Contestant): void {
  const unseen = trafficOf(corpus.test, [NOT_TRAINED_WITH], SEED);
  const { summary } = judge(contestant, unseen);
  printContest(corpus, contestant, summary);
  printHalves(corpus, contestant, summary);
  printSeen(summary);
  printStyles(corpus.test, contestant, summary);
  printConvergence(corpus.test, contestant);
}

function printContest(corpus: Corpus, contestant: Contestant, summary: Summary): void {
  const traffic = trafficOf(corpus.test, [NOT_TRAINED_WITH], SEED);
  const others = baselines(corpus.tune).map(
    (other) => [other.name, judge(other, traffic).summary] as const,
  );
  const best = Math.max(...others.map(([, other]) => other.averaged));
  console.log(`
Exact templates: ${summary.operations} operations seen, of ${summary.apis} APIs of the half that nothing
was tuned on, asked by the generator that nothing was trained with
${table(SUMMARY_HEAD, [
  summaryRow(contestant.name, summary),
  ...others.map(([name, other]) => summaryRow(name, other)),
])}
  F1 avg: mean over APIs; all: over all operations; <5, 20+: recall of
  operations seen so often; merged: operations that share a template with
  another; group: requests in a group that is whole and of one operation
  against the best of the others: F1 avg ${times(summary.averaged / best)}
  without closed lists of values, where literals are as right: all ${share(summary.overallOpen)}
  with what was only refused (401, 403) as learnt: ${share(summary.averagedWithRefused)} avg, ${share(summary.overallWithRefused)} all,
  with ${summary.probes.toFixed(1)} probes an API among it
  operations that are in another's template: ${percent(summary.swallowedOperations)}`);
}

function printHalves(corpus: Corpus, contestant: Contestant, summary: Summary): void {
  const row = (name: string, apis: readonly Api[], generators: readonly TrafficGenerator[]) =>
    summaryRow(name, judge(contestant, trafficOf(apis, generators, SEED)).summary);
  console.log(`
By half of the providers and by generator
${table(SUMMARY_HEAD, [
  summaryRow('test, not trained with', summary),
  row('tune, not trained with', corpus.tune, [NOT_TRAINED_WITH]),
  ...TRAINED_WITH.map((generator) => row(`test, ${generator.name}`, corpus.test, [generator])),
  ...TRAINED_WITH.map((generator) => row(`tune, ${generator.name}`, corpus.tune, [generator])),
])}`);
}

function printSeen(summary: Summary): void {
  console.log(`
Recall by how often an operation was seen
${table(['times seen', ...SEEN], [['recall', ...SEEN.map((seen) => share(summary.recallSeen[seen]))]])}`);
}

function printStyles(apis: readonly Api[], contestant: Contestant, summary: Summary): void {
  const alone = (style: Style): Summary =>
    judge(contestant, trafficOf(some(apis), [NOT_TRAINED_WITH], SEED, { style })).summary;
  const mixed = (kind: Kind): string => shareOf(summary.byKind.get(kind));
  console.log(`
By style of identifiers: recall of operations with such a parameter in mixed
traffic, and F1 where all parameters have that style
${table(
  ['', 'operations', 'mixed', 'alone avg', 'all'],
  [
    ...STYLES.map((style) => {
      const of = alone(style);
      const operations = String(summary.byKind.get(style)?.whole ?? 0);
      return [style, operations, mixed(style), share(of.averaged), share(of.overall)];
    }),
    ...(['static', 'closed'] as const).map((kind) => [
      kind,
      String(summary.byKind.get(kind)?.whole ?? 0),
      mixed(kind),
    ]),
  ],
)}`);
}

function printConvergence(apis: readonly Api[], contestant: Contestant): void {
  const streams = some(apis).map((api) =>
    NOT_TRAINED_WITH.generate(
      api,
      { requests: STEPS.at(-1) ?? 0 },
      seeded(SEED).fork(`convergence ${api.provider}`),
    ),
  );
  const rows = STEPS.map((step) => {
    const scores = streams.map((stream) => {
      const requests = stream.requests.slice(0, step);
      return score({ ...stream, requests }, contestant.learn(requests));
    });
    const of = summarise(scores);
    return [
      String(step),
      (of.operations / of.apis).toFixed(1),
      share(of.averaged),
      share(of.overall),
      percent(of.mergedOperations),
    ];
  });
  console.log(`
Convergence, by requests of each API
${table(['requests', 'operations', 'F1 avg', 'all', 'merged'], rows)}`);
}

function some(apis: readonly Api[]): Api[] {
  return apis.filter((_, index) => index % EVERY === 0);
}
