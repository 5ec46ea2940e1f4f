import { matchesLoosely, type PathPattern, type SegmentPattern } from '../../operations/index.ts';
import { beginningsOf, spellingsOf } from '../spellings.ts';

/** Values of `paths` and `notPaths`.
 *  @see https://istio.io/latest/docs/reference/config/security/authorization-policy/#Operation */
export interface IstioPaths {
  readonly values: readonly string[];
  /** What comes of it that they do not say quite the same. */
  readonly problem: string | undefined;
}

const ONE = '{*}';
const REST = '{**}';
/** Spellings of an exception that are listed; beyond them its beginning has to do, where one can be said. */
const MAX_LISTED = 16;
/** Spellings of an exception of which no beginning can be said. */
const MAX_SPELLINGS = 512;
/** What Envoy takes in a template, `*` left out, and what `{*}` matches.
 *  @see Envoy, `UriTemplateMatchConfig` */
const TEMPLATE_TEXT = /^[A-Za-z0-9\-._~%!$&'()+,;:@=/]*$/;

/** The paths that a pattern lets in, a slash at the end or not. */
export function allowedPaths({ segments, rest }: PathPattern): IstioPaths {
  const texts = segments.map(textOf);
  if (texts.includes(undefined)) {
    return unsaid('Istio has no pattern for a segment of which a part is a parameter');
  }
  const base = texts.map((text) => `/${text}`).join('');
  return checked(bothHexCases(base).flatMap((one) => withEnds(one, rest)));
}

/** Envoy leaves the case of hexadecimal digits as it was sent, and clients write them all in the same. */
function bothHexCases(base: string): readonly string[] {
  const lower = base.replace(/%[0-9A-F]{2}/g, (encoded) => encoded.toLowerCase());
  return lower === base ? [base] : [base, lower];
}

function textOf(segment: SegmentPattern): string | undefined {
  if (segment.kind === 'mixed') return undefined;
  return segment.kind === 'literal' ? segment.exact : ONE;
}

/** All paths that begin with these segments and end as a pattern ends. */
function withEnds(base: string, rest: PathPattern['rest']): readonly string[] {
  if (rest === 'parameter') return [`${base}/${ONE}`, `${base}/${ONE}/${REST}`];
  if (rest === 'wildcard') return [...(base === '' ? [] : [base]), `${base}/${REST}`];
  return base === '' ? ['/'] : [base, `${base}/`];
}

function checked(values: readonly string[]): IstioPaths {
  const isSayable = values.every((value) =>
    isTemplate(value)
      ? TEMPLATE_TEXT.test(value.replaceAll(REST, '').replaceAll(ONE, ''))
      : !value.endsWith('*'),
  );
  if (isSayable) return { values, problem: undefined };
  return unsaid('Istio takes a character of it for one of its own patterns');
}

const isTemplate = (value: string): boolean => value.includes('{');

const unsaid = (problem: string): IstioPaths => ({ values: [], problem });

/** The paths among those of `within` that match `except` without regard to case: all of them, and perhaps some more,
 *  which is then a problem; no values with a problem: they cannot be said. Literals of `within` stand as they are, so only what
 *  its parameters take has several spellings. */
export function excludedPaths(except: PathPattern, within: PathPattern): IstioPaths {
  const choices = except.segments.map((segment, at) => choicesOf(segment, within.segments[at]));
  if (choices.some((choice) => choice.kind === 'nothing')) return NOTHING;
  const bases = basesOf(choices);
  if (bases === undefined || bases.length > MAX_LISTED) {
    const beginnings = beginningsInstead(except, choices);
    if (bases === undefined || beginnings.values.length > 0) return beginnings;
  }
  const values = bases.flatMap((base) => excludedEnds(base, except.rest));
  const { problem } = checked(values.filter((value) => !value.endsWith(';*')));
  if (problem !== undefined) return unsaid(problem);
  return { values, problem: choices.some(({ kind }) => kind === 'wider') ? WIDER : undefined };
}

const NOTHING: IstioPaths = { values: [], problem: undefined };
const WIDER =
  'Istio has no pattern for a segment of which a part is a parameter: every such segment is refused';

interface Choice {
  /** `nothing`: no path matches both. `wider`: more than the pattern matches. `many`: too many to be listed. */
  readonly kind: 'exact' | 'wider' | 'many' | 'nothing';
  readonly texts: readonly string[];
}

function choicesOf(segment: SegmentPattern, within: SegmentPattern | undefined): Choice {
  if (within?.kind === 'literal') {
    return matchesOne(segment, within.exact)
      ? { kind: 'exact', texts: [within.exact] }
      : { kind: 'nothing', texts: [] };
  }
  if (segment.kind === 'mixed') return { kind: 'wider', texts: [ONE] };
  if (segment.kind !== 'literal') return { kind: 'exact', texts: [ONE] };
  const texts = spellingsOf(segment.folded, MAX_SPELLINGS);
  return texts ? { kind: 'exact', texts } : { kind: 'many', texts: [] };
}

/** Whether a segment matches a text in a canonical path, without regard to case. */
const matchesOne = (segment: SegmentPattern, text: string): boolean =>
  matchesLoosely(
    { text: '', shape: '', segments: [segment], rest: 'none', hasWildcards: false },
    `/${text}`,
  );

/** Every combination; undefined where they are too many. */
function basesOf(choices: readonly Choice[]): readonly string[] | undefined {
  let bases = [''];
  for (const { kind, texts } of choices) {
    if (kind === 'many' || bases.length * texts.length > MAX_SPELLINGS) return undefined;
    bases = bases.flatMap((base) => texts.map((text) => `${base}/${text}`));
  }
  return bases;
}

/** What servers take for the same path with parameters (`/export;v=1`) is left out with it. */
function excludedEnds(base: string, rest: PathPattern['rest']): readonly string[] {
  const ends = withEnds(base, rest);
  return rest === 'none' && !isTemplate(base) ? [...ends, ...ends.map((end) => `${end};*`)] : ends;
}

/** Excludes whatever begins like the exception, up to where its spellings are too many. */
function beginningsInstead(except: PathPattern, choices: readonly Choice[]): IstioPaths {
  const at = choices.findIndex(({ kind, texts }) => kind === 'many' || texts.length !== 1);
  const segment = except.segments[at];
  const base = choices
    .slice(0, Math.max(at, 0))
    .map(({ texts }) => `/${texts[0] ?? ''}`)
    .join('');
  if (segment?.kind !== 'literal' || isTemplate(base)) {
    return unsaid(`Istio compares with regard to case, and ${except.text} has too many spellings`);
  }
  const values = beginningsOf(segment.folded, MAX_LISTED).map((text) => `${base}/${text}*`);
  const first = values[0] ?? '';
  return {
    values,
    problem: `Istio compares with regard to case, and ${except.text} has too many spellings: all that begins like ${first} is refused`,
  };
}
