import { knownOf, type PriorNode, steps, templateAt } from '../knowledge/index.ts';
import { cleanSegment, isClean, segmentsOf } from '../paths/index.ts';
import type { Prior } from '../port.ts';

/** Longer paths are of no template. */
const MAX_DEPTH = 24;
/** Places that a path is followed to at once: templates that overlap in every segment are cut off here. */
const MAX_PLACES = 64;

/** The templates that are known of one service. */
export class TemplateMatcher {
  readonly #root: PriorNode;

  constructor(priors: readonly Prior[]) {
    this.#root = knownOf({ priors, corrections: [] }).root;
  }

  /** The template that a request falls under: the most literal, then by who says so; undefined where there is none. */
  match(method: string, path: string): string | undefined {
    const segments = segmentsOf(path);
    if (segments.length > MAX_DEPTH) return undefined;
    let places: readonly PriorNode[] = [this.#root];
    for (const segment of segments) {
      const { literal, parameter } = steps(
        places,
        isClean(segment) ? segment : cleanSegment(segment),
      );
      places = [...literal, ...parameter].slice(0, MAX_PLACES);
      if (places.length === 0) return undefined;
    }
    return templateAt(places, method)?.template;
  }
}
