import { contextTag, type DerReader } from '../der/index.ts';
import { readGeneralName } from './names.ts';

/** One subtree of names: its kind (a number of `NAME_KIND`) and, for kinds that are text, its root. */
export interface NameSubtree {
  readonly kind: number;
  readonly text: string;
}

/** The names that an authority may certify.
 *  @see RFC 5280 §4.2.1.10 */
export interface NameConstraints {
  readonly permitted: readonly NameSubtree[];
  readonly excluded: readonly NameSubtree[];
}

const MAX_SUBTREES = 100;

/** @throws {Fault} `identity/der-malformed` */
export function readNameConstraints(value: DerReader): NameConstraints {
  const parts = value.sequence('the name constraints');
  const read = (number: number) =>
    parts.tag === contextTag(number, true)
      ? readSubtrees(parts.inside(contextTag(number, true), 'the subtrees of the name constraints'))
      : [];
  const constraints = { permitted: read(0), excluded: read(1) };
  parts.end();
  return constraints;
}

function readSubtrees(list: DerReader): NameSubtree[] {
  const subtrees: NameSubtree[] = [];
  while (!list.isAtEnd) {
    const subtree = list.sequence('a subtree of names');
    subtrees.push(readGeneralName(subtree));
    // A minimum or maximum must not be there, and would change the meaning.
    subtree.end();
    if (subtrees.length > MAX_SUBTREES) list.fail(`it has more than ${MAX_SUBTREES} subtrees`);
  }
  return subtrees;
}
