import type { Tally } from '../../traffic/tally.ts';
import type { PathNode } from '../counts/index.ts';

/** Which statuses say that something is behind a path. Nothing is behind 404; a refusal (401, 403, 405)
 *  says little, since many services refuse before they look whether anything is there. */
export type Answered = 'not-404' | 'not-refused';

const REFUSALS: ReadonlySet<number> = new Set([401, 403, 404, 405]);
/** Where more of the paths than this are refused, refusals are how the service answers. */
const MAX_REFUSED = 0.3;

export function answeredBy({ requests, statuses }: Tally, answered: Answered): boolean {
  if (requests === 0) return true;
  for (const status of statuses.keys()) {
    if (answered === 'not-404' ? status !== 404 : !REFUSALS.has(status)) return true;
  }
  return false;
}

/** Methods of paths that were answered otherwise than with a refusal, and that were refused. */
export interface Answers {
  answered: number;
  refused: number;
}

export function answersOf(root: PathNode): Answers {
  const sum = { answered: 0, refused: 0 };
  countPaths(root, sum);
  return sum;
}

/** What counts as answered at a service. */
export function answeredAt({ answered, refused }: Answers): Answered {
  return refused > MAX_REFUSED * (answered + refused) ? 'not-404' : 'not-refused';
}

function countPaths(node: PathNode, sum: Answers): void {
  for (let at = node.counted; at !== undefined; at = at.next) {
    if (answeredBy(at.tally, 'not-refused')) sum.answered++;
    else if (answeredBy(at.tally, 'not-404')) sum.refused++;
  }
  for (const child of node.children()) countPaths(child, sum);
}
