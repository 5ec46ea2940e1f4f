import type { TemplateCorrection } from '../../../estate/index.ts';
import { cleanSegment, maskOf, segmentsOf } from '../paths/index.ts';
import type { Knowledge } from '../port.ts';
import { addTemplate, type PriorNode, priorNode } from './prior-tree.ts';
import { patternOf } from './segment-pattern.ts';

/** Knowledge made ready for learning. */
export interface Known {
  readonly root: PriorNode;
  /** Values of kinds that are usually parameters, which some template has as literals. */
  readonly literalValues: ReadonlySet<string>;
  /** Better names of templates, by shape. */
  readonly renamed: ReadonlyMap<string, string>;
}

export function knownOf({ priors, corrections }: Knowledge): Known {
  const root = priorNode();
  for (const correction of corrections) {
    for (const template of templatesOf(correction)) {
      addTemplate(root, { from: 'person', template }, true);
    }
  }
  for (const prior of inOrder(priors)) addTemplate(root, prior);
  const literalValues = new Set<string>();
  collectValues(root, literalValues);
  return { root, literalValues, renamed: renamedBy(corrections) };
}

/** In an order that does not depend on that of the list: the first name of a parameter wins. */
function inOrder(priors: Knowledge['priors']): Knowledge['priors'] {
  const rank = { person: 0, route: 1, specification: 2, code: 3 };
  return [...priors].sort(
    (a, b) => rank[a.from] - rank[b.from] || (a.template < b.template ? -1 : 1),
  );
}

function templatesOf(correction: TemplateCorrection): string[] {
  if (correction.correction === 'merge') return [correction.template];
  if (correction.correction === 'rename') return [];
  const { template, values } = correction;
  const name = parameterOf(template, correction.parameter);
  if (name === undefined) return [];
  return values.map((value) => template.replace(`{${name}}`, () => literalOf(value)));
}

/** A parameter may since have got another name: where there is only one, it is meant. */
function parameterOf(template: string, wanted: string): string | undefined {
  const names = [...template.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? '');
  if (names.includes(wanted)) return wanted;
  return names.length === 1 ? names[0] : undefined;
}

/** A value as it stands in a path: what would end the segment, or look like a parameter, is encoded. */
function literalOf(value: string): string {
  return cleanSegment(value.replace(/[/?#{}\s]/g, encodeURIComponent));
}

function renamedBy(corrections: Knowledge['corrections']): Map<string, string> {
  const renamed = new Map<string, string>();
  for (const correction of corrections) {
    if (correction.correction !== 'rename') continue;
    const shape = shapeOf(correction.template);
    if (shapeOf(correction.to) === shape) renamed.set(shape, correction.to);
  }
  return renamed;
}

/** Templates that differ only in the names of their parameters have one shape. */
export function shapeOf(template: string): string {
  return `/${segmentsOf(template)
    .map((segment) => patternOf(segment).frame)
    .join('/')}`;
}

function collectValues(node: PriorNode, values: Set<string>): void {
  for (const [name, below] of node.literals) {
    if (maskOf(name) !== undefined) values.add(name);
    collectValues(below, values);
  }
  for (const { node: below } of node.parameters) collectValues(below, values);
}
