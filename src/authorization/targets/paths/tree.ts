import {
  fold,
  matchesSegmentLoosely,
  type PathPattern,
  type SegmentPattern,
} from '../../operations/index.ts';

/** A pattern, and what it says of a rule: `path` must match exactly, `also` loosely, and `except` must not match
 *  loosely. */
export interface Demand {
  readonly pattern: PathPattern;
  readonly role: 'path' | 'also' | 'except';
}

/** Paths taken apart segment by segment: the steps of a node, and what it says itself, are for no path in common. */
export interface PathNode {
  /** The label of the path that ends here; empty where nobody wants it. */
  readonly end: string;
  /** The label of all longer paths that no step is for. */
  readonly more: string;
  readonly steps: readonly Step[];
}

export interface Step {
  readonly segment: SegmentSet;
  readonly next: PathNode;
}

/** Texts of a segment. */
export type SegmentSet =
  /** This one, as canonical paths have it. */
  | { readonly kind: 'exactly'; readonly text: string }
  /** Those that are this one without regard to case, but for `but`. */
  | { readonly kind: 'loosely'; readonly folded: string; readonly but: readonly string[] }
  /** Those with these texts around gaps. */
  | { readonly kind: 'gaps'; readonly texts: readonly string[] }
  /** All that is none of these without regard to case. */
  | { readonly kind: 'but'; readonly folded: readonly string[] };

/** What a tree is made of: the demands, and a label for paths by the numbers of the demands that match. */
export interface Question {
  readonly demands: readonly Demand[];
  readonly labelOf: (matching: readonly number[]) => string;
}

export interface PathTree {
  readonly root: PathNode;
  /** All labels that some path has. */
  readonly labels: ReadonlySet<string>;
  /** Demands that could not be told from others: an `except` is then taken to match more, others to match less. */
  readonly blurred: ReadonlySet<number>;
}

/** Texts of a segment, and the demands that match them. */
interface SetMatches {
  readonly set: SegmentSet;
  readonly matching: readonly number[];
}

const NOTHING: PathNode = { end: '', more: '', steps: [] };

const fitsGaps = (texts: readonly string[], text: string): boolean =>
  matchesSegmentLoosely({ kind: 'mixed', exact: texts, folded: texts }, text);

/** Takes all canonical paths apart by which demands they match. */
export function toPathTree(question: Question): PathTree {
  const walk = new Walk(question);
  const all = question.demands.map((_, index) => index);
  return { root: walk.nodeOf(all, 0), labels: walk.labels, blurred: walk.blurred };
}

class Walk {
  readonly labels = new Set<string>();
  readonly blurred = new Set<number>();
  readonly #question: Question;

  constructor(question: Question) {
    this.#question = question;
  }

  /** The node behind `depth` segments that all of these demands match. */
  nodeOf(alive: readonly number[], depth: number): PathNode {
    if (!alive.some((one) => this.#isPath(one))) return NOTHING;
    const end = this.#labelOf(alive.filter((one) => this.#endsAt(one, depth)));
    const stepping = alive.filter((one) => this.#segment(one, depth) !== undefined);
    const resting = alive.filter(
      (one) => this.#segment(one, depth) === undefined && this.#pattern(one).rest !== 'none',
    );
    if (stepping.length === 0) return { end, more: this.#labelOf(resting), steps: [] };
    const steps = this.#setsOf(stepping, resting, depth).flatMap(({ set, matching }) => {
      const next = this.nodeOf([...matching, ...resting], depth + 1);
      return isNothing(next) ? [] : [{ segment: set, next }];
    });
    return { end, more: '', steps };
  }

  #labelOf(matching: readonly number[]): string {
    const label = this.#question.labelOf(matching);
    if (label !== '') this.labels.add(label);
    return label;
  }

  #endsAt(one: number, depth: number): boolean {
    const { segments, rest } = this.#pattern(one);
    if (rest === 'wildcard') return depth >= segments.length;
    return rest === 'none' ? depth === segments.length : depth > segments.length;
  }

  /** What a segment may be, as far as these demands tell texts apart, and which of them match it. */
  #setsOf(stepping: readonly number[], resting: readonly number[], depth: number): SetMatches[] {
    const literals = this.#literalsOf(stepping, depth);
    const sets = [...literals].flatMap(([folded, exact]) => {
      const exactly = exact.map((text) => ({
        set: { kind: 'exactly', text } as const,
        matching: stepping.filter((one) => this.#matches(one, depth, { text, folded })),
      }));
      const loosely = stepping.filter((one) =>
        this.#matches(one, depth, { text: undefined, folded }),
      );
      return [
        ...exactly,
        { set: { kind: 'loosely', folded, but: exact } as const, matching: loosely },
      ];
    });
    return [...sets, ...this.#othersOf(stepping, resting, depth, [...literals.keys()])];
  }

  /** By folded text, the spellings that some `path` asks for. */
  #literalsOf(stepping: readonly number[], depth: number): Map<string, string[]> {
    const literals = new Map<string, string[]>();
    for (const one of stepping) {
      const segment = this.#segment(one, depth);
      if (segment?.kind !== 'literal') continue;
      const exact = literals.get(segment.folded) ?? [];
      const isNew = this.#isPath(one) && !exact.includes(segment.exact);
      literals.set(segment.folded, isNew ? [...exact, segment.exact] : exact);
    }
    return literals;
  }

  /** Whether a demand matches a literal, of which `text` is undefined where it is in nobody's spelling. */
  #matches(
    one: number,
    depth: number,
    { text, folded }: { text: string | undefined; folded: string },
  ): boolean {
    const segment = this.#segment(one, depth);
    if (segment?.kind === 'parameter' || segment?.kind === 'wildcard') return true;
    const isExact = this.#isPath(one);
    if (segment?.kind === 'literal') {
      return isExact ? segment.exact === text : segment.folded === folded;
    }
    if (segment?.kind !== 'mixed') return false;
    const fits = fitsGaps(segment.folded, folded);
    if (!isExact || !fits) return fits;
    if (text !== undefined) return fitsGaps(segment.exact, text);
    // Of several spellings some match: none is taken to.
    this.blurred.add(one);
    return false;
  }

  /** What is none of these literals: all that parameters match, or what one segment with gaps does. */
  #othersOf(
    stepping: readonly number[],
    resting: readonly number[],
    depth: number,
    literals: readonly string[],
  ): SetMatches[] {
    const kinds = Map.groupBy(stepping, (one) => this.#segment(one, depth)?.kind);
    const open = [...(kinds.get('parameter') ?? []), ...(kinds.get('wildcard') ?? [])];
    const mixed = kinds.get('mixed') ?? [];
    const isOpen = open.length + resting.length > 0;
    const gaps = isOpen ? undefined : this.#gapsOf(mixed, depth, literals);
    if (gaps) return [{ set: { kind: 'gaps', texts: gaps }, matching: mixed }];
    const isWanted = [...open, ...resting].some((one) => this.#isPath(one));
    for (const one of mixed) if (isWanted || this.#isPath(one)) this.blurred.add(one);
    const excepted = mixed.filter((one) => this.#role(one) === 'except');
    return isOpen
      ? [{ set: { kind: 'but', folded: literals }, matching: [...open, ...excepted] }]
      : [];
  }

  /** The texts around gaps, where all have the same ones that match none of the literals. */
  #gapsOf(
    mixed: readonly number[],
    depth: number,
    literals: readonly string[],
  ): readonly string[] | undefined {
    const [texts, ...others] = mixed.map((one) => {
      const segment = this.#segment(one, depth);
      return segment?.kind === 'mixed' ? segment.exact : [];
    });
    if (!texts || others.some((other) => other.join('\0') !== texts.join('\0'))) return undefined;
    const folded = texts.map((text) => fold(text));
    return literals.some((literal) => fitsGaps(folded, literal)) ? undefined : texts;
  }

  #pattern(one: number): PathPattern {
    const demand = this.#question.demands[one];
    if (!demand) throw new RangeError('no such demand');
    return demand.pattern;
  }

  #role(one: number): Demand['role'] | undefined {
    return this.#question.demands[one]?.role;
  }

  #isPath(one: number): boolean {
    return this.#role(one) === 'path';
  }

  #segment(one: number, depth: number): SegmentPattern | undefined {
    return this.#question.demands[one]?.pattern.segments[depth];
  }
}

const isNothing = ({ end, more, steps }: PathNode): boolean =>
  end === '' && more === '' && steps.length === 0;
