import type { Tally } from '../traffic/tally.ts';
import { copyOf, countsFromJson, countsToJson, PathCounts } from './counts/index.ts';
import { type Known, knownOf } from './knowledge/index.ts';
import { type Answers, answersOf, learn, type Model, Place, TRAINED } from './learning/index.ts';
import { TEMPLATE_LIMITS, type TemplateLimits } from './limits.ts';
import type { Knowledge, LearnedEndpoint, TemplateLearner } from './port.ts';
import { endpointsOf, match, type Templates } from './result/index.ts';

/** A learner of one service's paths that has counted nothing yet. */
export function createTemplateLearner(
  limits: TemplateLimits = TEMPLATE_LIMITS,
  model: Model = TRAINED,
): TemplateLearner {
  return new CountingLearner(new PathCounts(limits), model);
}

/** The learner whose raw counts `toSnapshot` wrote.
 *  @throws {Fault} `templates/snapshot-malformed` */
export function fromSnapshot(
  snapshot: unknown,
  readTally: (json: unknown) => Tally,
  limits: TemplateLimits = TEMPLATE_LIMITS,
  model: Model = TRAINED,
): TemplateLearner {
  return new CountingLearner(countsFromJson(snapshot, readTally, limits), model);
}

/** What was learnt last, and from what. */
interface Learnt {
  readonly place: Place;
  readonly known: Known;
  /** The state of the counts that it was learnt from. */
  readonly structure: number;
  readonly answers: Answers;
  readonly counted: number;
}

/** Literals and values are judged anew when the requests counted have grown by this share, even where no
 *  path came that was not there before. */
const GROWTH = 1.25;

class CountingLearner implements TemplateLearner {
  readonly counts: PathCounts;
  readonly #model: Model;
  #counted = 0;
  #knowledge: Knowledge | undefined;
  #learnt: Learnt | undefined;
  #endpoints: readonly LearnedEndpoint[] | undefined;
  #templates: Templates = new Map();

  constructor(counts: PathCounts, model: Model) {
    this.counts = counts;
    this.#model = model;
  }

  get size(): number {
    return this.counts.root.counted === undefined && this.counts.size === 1 ? 0 : this.counts.size;
  }

  tallyOf(method: string, path: string): Tally {
    this.#counted++;
    this.#endpoints = undefined;
    return this.counts.tallyOf(method, path);
  }

  merge(other: TemplateLearner): void {
    if (!(other instanceof CountingLearner)) {
      throw new TypeError('only learners of one kind can be merged');
    }
    this.counts.absorb(copyOf(other.counts));
    this.#counted += other.#counted;
    this.#learnt = undefined;
    this.#endpoints = undefined;
  }

  endpoints(knowledge: Knowledge): readonly LearnedEndpoint[] {
    const isSame = this.#knowledge !== undefined && isSameKnowledge(this.#knowledge, knowledge);
    if (isSame && this.#endpoints) return this.#endpoints;
    const { place, known } = this.#learn(knowledge, isSame);
    const { endpoints, templates } = endpointsOf(this.counts.root, place, known);
    this.#templates = templates;
    this.#endpoints = endpoints;
    return endpoints;
  }

  match(method: string, path: string): string | undefined {
    if (this.#learnt === undefined) return undefined;
    const { maxDepth } = this.counts.limits;
    return match(this.#learnt.place, this.#templates, maxDepth, method, path);
  }

  toSnapshot(writeTally: (tally: Tally) => unknown): unknown {
    return countsToJson(this.counts, writeTally);
  }

  #learn(knowledge: Knowledge, isSame: boolean): Learnt {
    const { structure, root } = this.counts;
    const answers = answersOf(root);
    if (
      isSame &&
      this.#learnt?.structure === structure &&
      this.#learnt.answers.answered === answers.answered &&
      this.#learnt.answers.refused === answers.refused &&
      this.#counted < this.#learnt.counted * GROWTH
    ) {
      return this.#learnt;
    }
    const known = isSame && this.#learnt ? this.#learnt.known : knownOf(knowledge);
    for (const value of known.literalValues) this.counts.pin(value);
    const place =
      learn(this.counts, answers, known, this.#model) ??
      new Place('', false, undefined, [], [known.root]);
    this.#knowledge = knowledge;
    this.#learnt = { place, known, structure, answers, counted: this.#counted };
    return this.#learnt;
  }
}

function isSameKnowledge(a: Knowledge, b: Knowledge): boolean {
  if (a === b) return true;
  if (a.priors.length !== b.priors.length || a.corrections.length !== b.corrections.length) {
    return false;
  }
  const samePriors = a.priors.every((prior, index) => {
    const other = b.priors[index];
    return (
      prior === other ||
      (prior.from === other?.from &&
        prior.method === other.method &&
        prior.template === other.template)
    );
  });
  return samePriors && JSON.stringify(a.corrections) === JSON.stringify(b.corrections);
}
