import type { Tally } from '../../traffic/tally.ts';
import type { PathNode } from '../counts/index.ts';
import { type PriorNode, steps } from '../knowledge/index.ts';
import { frameOf, Place, parameterOf } from '../learning/index.ts';

/** One tally, and the place whose template it is counted under. */
export interface Attributed {
  readonly place: Place;
  readonly method: string;
  readonly tally: Tally;
  /** The path as far as it was kept: masks stand for what was not. */
  readonly path: string;
}

/** Every tally of raw counts with its place. What was never answered, which nothing was learnt from,
 *  falls under what was learnt where it fits, and is a place of its own elsewhere. */
export function* attribute(root: PathNode, place: Place): Generator<Attributed> {
  yield* attributeNode(root, place, '');
}

function* attributeNode(node: PathNode, place: Place, path: string): Generator<Attributed> {
  for (let at = node.counted; at !== undefined; at = at.next) {
    yield { place, method: at.method, tally: at.tally, path: path === '' ? '/' : path };
  }
  const below = (child: PathNode, token: string, shown = token): Generator<Attributed> =>
    attributeNode(child, placeBelow(place, token), `${path}/${shown}`);
  for (const [name, child] of node.named ?? []) yield* below(child, name);
  for (const [mask, { all, sample }] of node.typed ?? []) {
    yield* below(all, mask);
    for (const [value, child] of sample) {
      yield* below(
        child,
        place.byToken.has(value) ? value : valueOrMask(place, value, mask),
        value,
      );
    }
  }
  if (node.unanswered) yield* below(node.unanswered, '{any}');
}

/** A value that some template known beforehand has as a literal stands for itself. */
function valueOrMask({ priors }: Place, value: string, mask: string): string {
  return priors.some(({ literals }) => literals.has(value)) ? value : mask;
}

/** Where a token leads: by what was learnt, else by what is known beforehand, else to the parameter. */
export function placeBelow(place: Place, token: string): Place {
  const known = place.byToken.get(token);
  if (known) return known;
  const { literal, parameter } = steps(place.priors, token);
  const frame = frameOf(token);
  const found = literal.length > 0 ? undefined : parameterOf(place, frame);
  const below = found ?? newPlace(place, token, literal, parameter);
  place.byToken.set(token, below);
  return below;
}

/** Not among the places below: nothing that was answered leads there. */
function newPlace(
  parent: Place,
  token: string,
  literal: readonly PriorNode[],
  parameter: readonly PriorNode[],
): Place {
  const isValue = literal.length === 0 && (parameter.length > 0 || token.includes('{'));
  const priors = [...literal, ...parameter];
  return new Place(isValue ? frameOf(token) : token, isValue, parent, [], priors);
}
