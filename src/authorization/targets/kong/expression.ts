import { formsOf } from '../spellings.ts';
import type { Comparison, Region, RegionSegment } from './region.ts';

/** A region as a regular expression that Kong's routers take, with a slash at the end of paths or not; without look-around, which one
 *  of them does not know. It is anchored at its end; Kong anchors its beginning.
 *  @param endings whether `;…` behind segments that are compared without regard to case is let through, as servers
 *  that know parameters of paths do */
export function toExpression(region: Region, endings: boolean): string {
  const base = region.segments.map((one) => `/${segmentSource(one, endings)}`).join('');
  return `${base}${END[region.rest](base)}$`;
}

const END: Readonly<Record<Region['rest'], (base: string) => string>> = {
  none: (base) => (base === '' ? '/' : '/?'),
  parameter: () => '/[^/].*',
  wildcard: (base) => (base === '' ? '/.*' : '(?:/.*)?'),
};

function segmentSource({ segment, by }: RegionSegment, endings: boolean): string {
  const end = endings && by === 'folded' ? '(?:;[^/]*)?' : '';
  if (segment.kind === 'literal') return textSource(segment[by], by) + end;
  if (segment.kind === 'mixed') {
    return segment[by].map((text) => textSource(text, by)).join('(?:%..|[^/%])+') + end;
  }
  return '[^/]+';
}

function textSource(text: string, by: Comparison): string {
  if (by === 'exact') return escaped(text);
  return [...text].map(characterSource).join('');
}

function characterSource(character: string): string {
  const forms = formsOf(character).map(escaped);
  const [only = ''] = forms;
  return forms.length === 1 ? only : `(?:${forms.join('|')})`;
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
