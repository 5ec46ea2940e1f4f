import { formsOf } from '../spellings.ts';
import type { Region, RegionSegment } from './region.ts';

/** What stands for a parameter, in the hope that nobody's literal is in it. */
const VALUES = ['zq0-Zq.9', '~0', '%7C9q', 'q'];

/** Which of its spellings each character has, by its place: what is compared without regard to case can be spelt in
 *  many ways, and some of them may be known for themselves. */
const SPELLINGS: readonly ((at: number) => number)[] = [
  () => 1,
  () => 0,
  (at) => at % 2,
  (at) => (at + 1) % 2,
  (at) => Number(at === 0),
  (at) => Number(at !== 0),
];

/** Some paths that a region takes, as different as they get.
 *  @param longest how many segments the longest of all regions has: one that takes the rest of a path is tried with
 *  every number of them up to that, and one more */
export function* witnessesOf({ segments, rest }: Region, longest: number): Generator<string> {
  const ends = rest === 'none' ? [''] : endsUpTo(Math.max(2, longest + 1 - segments.length), rest);
  for (const value of VALUES) {
    for (const spelling of SPELLINGS) {
      const base = segments.map((one) => `/${textOf(one, value, spelling)}`).join('');
      for (const end of ends) yield base + end || '/';
    }
  }
}

function endsUpTo(length: number, rest: Region['rest']): string[] {
  const least = rest === 'wildcard' ? 0 : 1;
  return Array.from({ length: length + 1 - least }, (_, at) =>
    Array.from({ length: least + at }, (_one, index) => `/zq${index}`).join(''),
  ).reverse();
}

type Spelling = (typeof SPELLINGS)[number];

function textOf({ segment, by }: RegionSegment, value: string, spelling: Spelling): string {
  if (segment.kind === 'literal') return spelt(segment[by], by, spelling);
  if (segment.kind !== 'mixed') return value;
  return segment[by].map((text) => spelt(text, by, spelling)).join(value);
}

function spelt(text: string, by: RegionSegment['by'], spelling: Spelling): string {
  if (by === 'exact') return text;
  return [...text]
    .map((character, at) => {
      const forms = formsOf(character);
      return forms[spelling(at)] ?? forms[0] ?? '';
    })
    .join('');
}
