import { shapeOf } from './api.ts';
import { loadCorpus } from './corpus.ts';
import { TRAINED_WITH } from './generators.ts';
import type { Contestant } from './learners.ts';
import { REEVE } from './reeve.ts';
import type { Learned } from './score.ts';
import { PROBE, type Traffic } from './traffic.ts';
import { trafficOf } from './tuning.ts';

/** `errors.ts [SEED [EVERY [FROM]]]`: what kinds of errors are made on the half for tuning, with examples.
 *  EVERY 4 takes every fourth API, FROM 1 begins with the second. */
interface Mistake {
  /** What was read as what, where, in which style, how often seen. */
  readonly kind: string;
  readonly example: string;
}

const MAX_EXAMPLES = 12;

/** The first segment at which a template departs from the truth, for each request of an operation. */
export function mistakesOf({ api, operations, requests }: Traffic, learned: Learned): Mistake[] {
  const byOperation = Map.groupBy(
    requests.filter(({ truth }) => truth !== PROBE),
    ({ truth }) => truth,
  );
  return [...byOperation].flatMap(([truth, own]) => {
    const operation = operations[truth];
    if (!operation) return [];
    const shape = shapeOf(operation.template);
    const read = Map.groupBy(own, ({ method, path }) =>
      shapeOf(learned.match(method, path) ?? `?${path}`),
    );
    const wrong = [...read].filter(([template]) => template !== shape);
    const first = wrong.sort(([, a], [, b]) => b.length - a.length)[0];
    if (!first) return [];
    const [template] = first;
    const count = own.length < 5 ? '<5' : own.length < 20 ? '5-19' : '20+';
    const distinct = new Set(own.map(({ path }) => path)).size;
    const some = own
      .slice(0, 3)
      .map(({ path }) => path)
      .join(' ');
    return [
      {
        kind: `${departure(shape, template, operation.styles)}, seen ${count}`,
        example: `${api} ${operation.method} ${shape} (${own.length} requests, ${distinct} paths) read as ${template} and ${read.size - 1} more; ${some}`,
      },
    ];
  });
}

function departure(
  shape: string,
  template: string,
  styles: Traffic['operations'][number]['styles'],
): string {
  const wanted = shape.split('/');
  const found = template.split('/');
  if (wanted.length !== found.length) return 'other number of segments';
  const at = wanted.findIndex((segment, index) => segment !== found[index]);
  const segment = wanted[at] ?? '';
  const where = at === wanted.length - 1 ? 'at the end' : 'inside';
  if (!segment.includes('{}')) return `literal read as value, ${where}`;
  const before = wanted.slice(0, at).join('/').split('{}').length - 1;
  const style = styles[before] ?? 'closed list';
  return segment === '{}'
    ? `value read as literal, ${style}, ${where}`
    : `parameter inside a segment, ${style}, ${where}`;
}

function printMistakes(contestant: Contestant, traffic: readonly Traffic[]): void {
  const mistakes = traffic.flatMap((one) => mistakesOf(one, contestant.learn(one.requests)));
  const kinds = [...Map.groupBy(mistakes, ({ kind }) => kind)].sort(
    ([, a], [, b]) => b.length - a.length,
  );
  console.log(`${mistakes.length} operations with requests under a wrong template`);
  for (const [kind, of] of kinds) {
    console.log(`\n${of.length} x ${kind}`);
    const step = Math.max(1, Math.floor(of.length / MAX_EXAMPLES));
    for (let at = 0; at < of.length; at += step) console.log(`  ${of[at]?.example}`);
  }
}

if (import.meta.main) {
  const [seed = 1, every = 1, from = 0] = process.argv.slice(2).map(Number);
  const apis = (await loadCorpus()).tune.filter((_, index) => index % every === from);
  printMistakes(REEVE, trafficOf(apis, TRAINED_WITH, seed));
}
