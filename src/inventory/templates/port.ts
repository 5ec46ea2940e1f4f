import type { EndpointTraffic, TemplateCorrection } from '../../estate/index.ts';
import type { Tally } from '../traffic/tally.ts';

/** A template that is known before traffic is looked at, from the strongest: an endpoint that a person
 *  adopted, instrumentation's `http.route`, a specification, code. People's corrections outrank all. */
export interface Prior {
  readonly from: Exclude<EndpointTraffic['templateFrom'], 'learned'>;
  /** As in `Endpoint`; absent: of any method. */
  readonly method?: string;
  readonly template: string;
}

/** What templates are learnt under. */
export interface Knowledge {
  readonly priors: readonly Prior[];
  readonly corrections: readonly TemplateCorrection[];
}

/** One endpoint as learnt: everything that was counted of the paths that it stands for. */
export interface LearnedEndpoint {
  readonly method: string;
  readonly template: string;
  readonly from: EndpointTraffic['templateFrom'];
  readonly tally: Tally;
  /** Paths that were sent, at most 3; values that look like secrets are masked. */
  readonly examples: readonly string[];
}

/** Learns the templates of one service's HTTP paths from raw counts. The result does not depend on the
 *  order of what was added, and two learners of one service can be merged. */
export interface TemplateLearner {
  /** The tally that counts this method of this path; to be added to by the caller. It stays valid until
   *  the next call of any method of the learner. */
  tallyOf(method: string, path: string): Tally;
  merge(other: TemplateLearner): void;
  /** Everything counted, under templates. Cheap where nothing new came since the last time. */
  endpoints(knowledge: Knowledge): readonly LearnedEndpoint[];
  /** The template that a request falls under, by what was learnt last. */
  match(method: string, path: string): string | undefined;
  /** Nodes held, for limits and metrics. */
  readonly size: number;
  /** Raw counts as plain JSON; tallies as `writeTally` writes them. The way back is a function
   *  `fromSnapshot(snapshot, readTally: (json: unknown) => Tally, limits?)`. */
  toSnapshot(writeTally: (tally: Tally) => unknown): unknown;
}
