import { Fault } from '../../../base/fault.ts';
import type { Tally } from '../../traffic/tally.ts';
import type { TemplateLimits } from '../limits.ts';
import { type Counted, PathNode, type TypedValues, typedValues } from './node.ts';
import { PathCounts } from './path-counts.ts';

/** Raw counts as plain JSON. Empty parts at the end of a node are left out. */
interface CountsJson {
  readonly format: typeof FORMAT;
  readonly level: number;
  readonly pinned: readonly string[];
  readonly root: NodeJson;
}
type NodeJson = readonly [
  counted?: readonly (readonly [method: string, tally: unknown])[],
  named?: NamedJson,
  typed?: readonly (readonly [mask: string, ceiling: number, all: NodeJson, sample: NamedJson])[],
  unanswered?: NodeJson | 0,
  thinning?: readonly [at: number, isWide: 0 | 1, once: 0 | 1] | 0,
];
type NamedJson = readonly (readonly [name: string, node: NodeJson])[];

const FORMAT = 'reeve.templates/v1';
const ONCE_SLOTS = 512;

export function countsToJson(
  { root, level, pinned }: PathCounts,
  writeTally: (tally: Tally) => unknown,
): CountsJson {
  return { format: FORMAT, level, pinned: [...pinned], root: nodeToJson(root, writeTally) };
}

/** @throws {Fault} `templates/snapshot-malformed` */
export function countsFromJson(
  json: unknown,
  readTally: (json: unknown) => Tally,
  limits: TemplateLimits,
): PathCounts {
  const { format, level, pinned, root } = (json ?? {}) as Partial<CountsJson>;
  if (format !== FORMAT || root === undefined) {
    throw new Fault('templates/snapshot-malformed', `counts of paths are not in ${FORMAT}`, {
      hint: 'they are of another version of Reeve; delete them and let the templates be learnt again',
    });
  }
  const sum = { nodes: 0 };
  const node = nodeFromJson(root, readTally, sum);
  return new PathCounts(limits, node, {
    size: sum.nodes,
    level: level ?? 0,
    pinned: pinned ?? [],
  });
}

function nodeToJson(node: PathNode, write: (tally: Tally) => unknown): NodeJson {
  const counted: [string, unknown][] = [];
  for (let at = node.counted; at !== undefined; at = at.next) {
    counted.push([at.method, write(at.tally)]);
  }
  const named = (names: ReadonlyMap<string, PathNode> | undefined): NamedJson =>
    [...(names ?? [])].map(([name, child]) => [name, nodeToJson(child, write)]);
  const parts = [
    counted,
    named(node.named),
    [...(node.typed ?? [])].map(([mask, { ceiling, all, sample }]) => [
      mask,
      ceiling,
      nodeToJson(all, write),
      named(sample),
    ]),
    node.unanswered ? nodeToJson(node.unanswered, write) : 0,
    node.thinning
      ? [node.thinning.at, node.thinning.isWide ? 1 : 0, node.thinning.once ? 1 : 0]
      : 0,
  ];
  while (parts.length > 0 && isEmpty(parts.at(-1))) parts.pop();
  return parts as unknown as NodeJson;
}

function isEmpty(part: unknown): boolean {
  return part === 0 || (Array.isArray(part) && part.length === 0);
}

function nodeFromJson(
  [counted = [], named = [], typed = [], unanswered = 0, thinning = 0]: NodeJson,
  read: (json: unknown) => Tally,
  sum: { nodes: number },
): PathNode {
  sum.nodes++;
  const node = new PathNode();
  node.counted = counted.reduceRight<Counted | undefined>(
    (next, [method, tally]) => ({ method, tally: read(tally), next }),
    undefined,
  );
  const childOf = (json: NodeJson): PathNode => nodeFromJson(json, read, sum);
  const namedOf = (names: NamedJson): Map<string, PathNode> =>
    new Map(names.map(([name, child]) => [name, childOf(child)]));
  if (named.length > 0) node.named = namedOf(named);
  if (typed.length > 0) {
    node.typed = new Map(
      typed.map(([mask, ceiling, all, sample]): [string, TypedValues] => [
        mask,
        { ...typedValues(mask), ceiling, all: childOf(all), sample: namedOf(sample) },
      ]),
    );
  }
  if (unanswered !== 0) node.unanswered = childOf(unanswered);
  if (thinning !== 0) {
    const [at, isWide, once] = thinning;
    const slots = once === 1 ? new Int32Array(ONCE_SLOTS) : undefined;
    node.thinning = { at, isWide: isWide === 1, once: slots };
  }
  return node;
}
