import type { PathCounts } from '../counts/index.ts';
import type { Known } from '../knowledge/index.ts';
import { type Answers, answeredAt } from './answered.ts';
import { type Evidence, FEATURE_COUNT, featuresOf } from './features.ts';
import type { Judge } from './judging.ts';
import { type Forest, type Model, probabilitiesOf } from './model.ts';
import type { Place } from './place.ts';
import { Recurrence } from './recurrence.ts';
import { Shapes } from './shapes.ts';
import { COMMON_NAMES, NAMES, SuffixIndex } from './suffixes.ts';
import { viewOf } from './view.ts';
import { walk } from './walk.ts';

/** Beliefs settle in so many passes, mostly in fewer; another changes next to nothing. */
const PASSES = 3;

/** Learns the tree of templates from raw counts, in passes: what one believes to be values masks the
 *  structure that the next goes by. Undefined where nothing was answered. */
export function learn(
  { root, width }: Pick<PathCounts, 'root' | 'width'>,
  answers: Answers,
  known: Known,
  model: Model,
): Place | undefined {
  const { literalValues } = known;
  const view = viewOf(root, { answered: answeredAt(answers), literalValues, width });
  if (view === undefined) return undefined;
  const shapes = new Shapes(model.words);
  let { place } = walk(view, known, nothingIsAValue);
  for (let pass = 0; pass < PASSES; pass++) {
    const forest = pass === 0 ? model.first : model.later;
    const walked = walk(view, known, judgeBy(forest, evidenceOf(place, shapes)));
    place = walked.place;
    if (pass > 0 && !walked.hasChanged) break;
  }
  return place;
}

/** Before the first pass only what certainly is a value is one. */
export const nothingIsAValue: Judge = (_, names) => names.map(() => 0);

export function evidenceOf(place: Place, shapes: Shapes): Evidence {
  return {
    suffixes: new SuffixIndex(place, NAMES),
    commonSuffixes: new SuffixIndex(place, COMMON_NAMES),
    recurrence: new Recurrence(place),
    shapes,
    perOperation: perOperation(place),
  };
}

/** Requests of an operation on average, as far as templates are known. */
function perOperation(root: Place): number {
  const sum = { requests: 0, operations: 0 };
  const count = ({ views, below }: Place): void => {
    const methods = new Set<string>();
    for (const { ends } of views) {
      for (const [method, requests] of ends) {
        methods.add(method);
        sum.requests += requests;
      }
    }
    sum.operations += methods.size;
    below.forEach(count);
  };
  count(root);
  return sum.operations > 0 ? sum.requests / sum.operations : 1;
}

export function judgeBy(forest: Forest, evidence: Evidence): Judge {
  return (place, names, certain) =>
    probabilitiesOf(forest, featuresOf(place, names, certain, evidence), FEATURE_COUNT);
}
