import { anySegment, BREADTHS, type Breadth, isPlain } from './characters.ts';
import { anyOf, EMPTY, literal, many, optional, type Regex, repeated, sequence } from './regex.ts';
import { segmentRegexes } from './segments.ts';
import type { PathNode, SegmentSet } from './tree.ts';

/** What a target can take. */
export interface Bounds {
  /** Of the text of one regular expression. */
  readonly length: number;
  /** Of the program that RE2 makes of it. */
  readonly size: number;
  /** What stands behind the path. */
  readonly suffix: Regex;
  /** Whether to make few that are long of many that are short. */
  readonly joins: boolean;
}

/** The paths of one label. */
export interface RenderedPaths {
  /** They match no path in common with those of another label, each its part of the paths. */
  readonly regexes: readonly string[];
  /** What they let into parameters. */
  readonly breadth: Breadth;
}

const MAX_REGEXES = 400;
const SLASH = literal('/');

/** Regular expressions of all paths that a tree gives a label, as broad as the bounds let them be; undefined where none
 *  fit. They match a whole path, of which one slash at the end counts for nothing. */
export function renderPaths(
  root: PathNode,
  label: string,
  bounds: Bounds,
): RenderedPaths | undefined {
  for (const breadth of BREADTHS) {
    const renderer = new Renderer(label, breadth, bounds);
    const regexes = renderer.below(root).map((one) => withEnd(one, bounds));
    if (renderer.isOver || !regexes.every((one) => fits(one, bounds))) continue;
    const texts = bounds.joins ? together(regexes, bounds) : regexes.map(({ text }) => text);
    return { regexes: texts, breadth: renderer.breadth };
  }
  return undefined;
}

const withEnd = (one: Regex, { suffix }: Bounds): Regex =>
  one === EMPTY ? sequence(SLASH, suffix) : sequence(one, optional(SLASH), suffix);

const fits = ({ text, size }: Regex, bounds: Bounds): boolean =>
  text.length <= bounds.length && size <= bounds.size;

/** As few as the bounds allow. */
function together(regexes: readonly Regex[], bounds: Bounds): string[] {
  const texts: string[] = [];
  let open: Regex[] = [];
  for (const one of regexes) {
    if (open.length > 0 && !fits(anyOf([...open, one]), bounds)) {
      texts.push(anyOf(open).text);
      open = [];
    }
    open.push(one);
  }
  return open.length === 0 ? texts : [...texts, anyOf(open).text];
}

class Renderer {
  /** Whether there is no use in going on: they are too many, or too long. */
  isOver = false;
  #count = 0;
  /** Whether any text of somebody else's choice is let in. */
  #isOpen = false;
  #isNarrow = false;
  readonly #label: string;
  readonly #asked: Breadth;
  readonly #bounds: Bounds;

  constructor(label: string, breadth: Breadth, bounds: Bounds) {
    this.#label = label;
    this.#asked = breadth;
    this.#bounds = bounds;
  }

  /** What came of it. */
  get breadth(): Breadth {
    if (this.#isNarrow) return 'plain';
    return this.#isOpen ? this.#asked : 'utf8';
  }

  /** What may follow a node. */
  below({ end, more, steps }: PathNode): Regex[] {
    const isEnd = end === this.#label;
    if (more === this.#label) {
      this.#isOpen = true;
      const segment = sequence(SLASH, anySegment(this.#asked));
      return [isEnd ? repeated(segment) : many(segment)];
    }
    const beyond = steps.flatMap(({ segment, next }) => {
      const rests = this.isOver ? [] : this.below(next);
      return rests.length === 0 ? [] : this.#join(segment, rests);
    });
    return isEnd ? [EMPTY, ...beyond] : beyond;
  }

  #join(set: SegmentSet, rests: readonly Regex[]): Regex[] {
    if (set.kind === 'but' || set.kind === 'gaps') this.#isOpen = true;
    if (set.kind === 'but' && !set.folded.every(isPlain)) this.#isNarrow = true;
    if (set.kind === 'loosely' && !isPlain(set.folded)) this.#isNarrow = true;
    // What is around literals takes many, which are kept short.
    if (set.kind === 'but' && set.folded.length > 0 && this.#asked === 'utf8') this.isOver = true;
    const segments = this.isOver ? [] : segmentRegexes(set, this.#asked);
    this.#count += segments.length * rests.length;
    if (this.#count > MAX_REGEXES) this.isOver = true;
    if (this.isOver) return [];
    const joined = segments.flatMap((one) => rests.map((rest) => sequence(SLASH, one, rest)));
    if (joined.some((one) => !fits(one, this.#bounds))) this.isOver = true;
    return joined;
  }
}
