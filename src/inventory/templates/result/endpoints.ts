import { Tally } from '../../traffic/tally.ts';
import type { PathNode } from '../counts/index.ts';
import { type Known, shapeOf, templateAt } from '../knowledge/index.ts';
import type { Place } from '../learning/index.ts';
import type { LearnedEndpoint } from '../port.ts';
import { attribute } from './attribute.ts';
import { templateOf } from './naming.ts';

const MAX_EXAMPLES = 3;

/** Under which template each method of each place is counted. */
export type Templates = Map<Place, Map<string, string>>;

interface Named {
  readonly template: string;
  readonly from: LearnedEndpoint['from'];
}

interface Endpoint extends Named {
  readonly method: string;
  readonly tally: Tally;
  readonly examples: string[];
}

/** Everything counted, under templates, in order of template and method. */
export function endpointsOf(
  root: PathNode,
  place: Place,
  known: Known,
): { endpoints: LearnedEndpoint[]; templates: Templates } {
  const found = new Map<string, Endpoint>();
  const templates: Templates = new Map();
  const learnt = new Map<Place, string>();
  for (const { place: at, method, tally, path } of attribute(root, place)) {
    const { template, from } = nameOf(at, method, known, learnt);
    const ofPlace = templates.get(at) ?? new Map<string, string>();
    templates.set(at, ofPlace.set(method, template));
    const key = `${method} ${template}`;
    const endpoint = found.get(key) ?? { method, template, from, tally: new Tally(), examples: [] };
    found.set(key, endpoint);
    endpoint.tally.merge(tally);
    addExample(endpoint.examples, path);
  }
  const endpoints = [...found.values()].sort(
    (a, b) => compare(a.template, b.template) || compare(a.method, b.method),
  );
  return { endpoints, templates };
}

function nameOf(place: Place, method: string, known: Known, learnt: Map<Place, string>): Named {
  const prior = templateAt(place.priors, method);
  const template = prior?.template ?? learnt.get(place) ?? templateOf(place);
  if (prior === undefined) learnt.set(place, template);
  if (known.renamed.size > 0) {
    const renamed = known.renamed.get(shapeOf(template));
    if (renamed !== undefined) return { template: renamed, from: 'person' };
  }
  return { template, from: prior?.from ?? 'learned' };
}

/** Keeps the first by order, whole paths before those with masks, so that the order of counting does not
 *  matter. */
function addExample(examples: string[], path: string): void {
  const before = (other: string): boolean =>
    path.includes('{') === other.includes('{') ? path < other : other.includes('{');
  const index = examples.findIndex(before);
  if (index < 0 && examples.length >= MAX_EXAMPLES) return;
  examples.splice(index < 0 ? examples.length : index, 0, path);
  if (examples.length > MAX_EXAMPLES) examples.pop();
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
