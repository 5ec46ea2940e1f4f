import type { DataDocument, DataPath } from '../base/data.ts';
import { pick } from '../base/pick.ts';
import type { Position } from '../base/text.ts';

/** A value inside a document, with the way that leads to it. The way is spelled out only when
 *  someone asks for the place, so walking a large document costs one small object a step. */
export interface DataNode {
  readonly value: unknown;
  readonly file: string;
  readonly document: DataDocument;
  readonly parent: DataNode | undefined;
  readonly step: string | number;
}

/** The root of `document`, which stands in `file`. */
export function rootNode(file: string, document: DataDocument): DataNode {
  return { value: document.value, file, document, parent: undefined, step: '' };
}

/** The node at `path` below `node`; its value is undefined where the path leads nowhere. */
export function childNode(node: DataNode, ...path: DataPath): DataNode {
  let current = node;
  for (const step of path) {
    const { file, document } = current;
    current = { value: pick(current.value, step), file, document, parent: current, step };
  }
  return current;
}

/** The members of a mapping, or the items of a sequence; nothing for a scalar. */
export function childNodes(node: DataNode): readonly DataNode[] {
  const { value, file, document } = node;
  if (typeof value !== 'object' || value === null) return [];
  return Array.isArray(value)
    ? value.map((item: unknown, step) => ({ value: item, file, document, parent: node, step }))
    : Object.entries(value).map(([step, item]: [string, unknown]) => {
        return { value: item, file, document, parent: node, step };
      });
}

/** Line and column of the node's key (or item). */
export function placeOf(node: DataNode): Position {
  const path: (string | number)[] = [];
  for (let at = node; at.parent !== undefined; at = at.parent) path.push(at.step);
  return node.document.at(path.reverse());
}
