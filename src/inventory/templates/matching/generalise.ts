import { cleanSegment, isClean, maskOf, segmentsOf } from '../paths/index.ts';
import { idOfCollection, nameOfMask, unique } from '../result/words.ts';

const MAX_DEPTH = 24;

/** A path that nobody has a template for: what is certainly a value becomes a parameter, under the name that learning
 *  would give it (`/orders/17`: `/orders/{orderId}`). Segments after the twenty-fourth are one parameter. */
export function generalise(path: string): string {
  const segments = segmentsOf(path);
  const taken = new Set<string>();
  let before = '';
  const parts = segments.slice(0, MAX_DEPTH).map((segment) => {
    const clean = isClean(segment) ? segment : cleanSegment(segment);
    const mask = maskOf(clean);
    const part = mask === undefined ? clean : parameters(mask, before, taken);
    before = mask === undefined ? clean : '';
    return part;
  });
  if (segments.length > MAX_DEPTH) parts.push('{rest...}');
  return `/${parts.join('/')}`;
}

function parameters(mask: string, before: string, taken: Set<string>): string {
  return mask.replace(/\{\w+\}/g, (kind) => {
    const name = unique(nameOfMask(kind) ?? (before === '' ? 'id' : idOfCollection(before)), taken);
    taken.add(name);
    return `{${name}}`;
  });
}
