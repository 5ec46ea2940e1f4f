import { cleanSegment, segmentsOf } from '../paths/index.ts';
import type { LearnedEndpoint, Prior } from '../port.ts';
import { fits, patternOf, type SegmentPattern } from './segment-pattern.ts';

/** Where a template that is known beforehand ends. */
export interface KnownTemplate {
  readonly method: string | undefined;
  readonly template: string;
  readonly from: Exclude<LearnedEndpoint['from'], 'learned'>;
  /** Somebody corrected what is learnt: that stands before all others. */
  readonly isCorrection: boolean;
  /** A character a segment, the lower the more literal. */
  readonly literalness: string;
}

/** A place in the tree of templates that are known beforehand. */
export interface PriorNode {
  readonly literals: Map<string, PriorNode>;
  readonly parameters: { readonly pattern: SegmentPattern; readonly node: PriorNode }[];
  readonly ends: KnownTemplate[];
  /** Leads to itself with any segment. */
  readonly takesAll: boolean;
  /** Names of the parameters of the segment that leads here. */
  readonly names: readonly string[];
}

const RANKS: readonly KnownTemplate['from'][] = ['person', 'route', 'specification', 'code'];

export function priorNode(names: readonly string[] = [], takesAll = false): PriorNode {
  return { literals: new Map(), parameters: [], ends: [], takesAll, names };
}

/** Puts a template into the tree. */
export function addTemplate(
  root: PriorNode,
  { from, method, template }: Prior,
  isCorrection = false,
): void {
  let node = root;
  let literalness = '';
  for (const segment of segmentsOf(template)) {
    const pattern = patternOf(segment);
    if (pattern.names.length === 0) {
      literalness += '0';
      const name = cleanSegment(segment);
      const next = node.literals.get(name) ?? priorNode();
      node.literals.set(name, next);
      node = next;
      continue;
    }
    literalness += pattern.takesAll ? '3' : pattern.frame === '{}' ? '2' : '1';
    const { frame, takesAll, names } = pattern;
    const known = node.parameters.find(
      (other) => other.pattern.frame === frame && other.pattern.takesAll === takesAll,
    );
    const next = known?.node ?? priorNode(names, takesAll);
    if (known === undefined) node.parameters.push({ pattern, node: next });
    node = next;
  }
  node.ends.push({ method, template, from, isCorrection, literalness });
}

/** Where a segment, or a mask, leads from several places at once: as a literal, and as a value. */
export function steps(
  nodes: readonly PriorNode[],
  segment: string,
): { literal: PriorNode[]; parameter: PriorNode[] } {
  const literal: PriorNode[] = [];
  const parameter: PriorNode[] = [];
  for (const node of nodes) {
    const next = node.literals.get(segment);
    if (next) literal.push(next);
    if (node.takesAll) parameter.push(node);
    for (const { pattern, node: below } of node.parameters) {
      if (fits(segment, pattern)) parameter.push(below);
    }
  }
  return { literal, parameter };
}

/** The template that a method falls under where a path ends: a correction's before all others, then
 *  the most literal, then by who says so. */
export function templateAt(nodes: readonly PriorNode[], method: string): KnownTemplate | undefined {
  let best: KnownTemplate | undefined;
  for (const { ends } of nodes) {
    for (const end of ends) {
      if (end.method !== undefined && end.method !== method) continue;
      if (best === undefined || isBefore(end, best)) best = end;
    }
  }
  return best;
}

function isBefore(a: KnownTemplate, b: KnownTemplate): boolean {
  if (a.isCorrection !== b.isCorrection) return a.isCorrection;
  if (a.literalness !== b.literalness) return a.literalness < b.literalness;
  const byRank = RANKS.indexOf(a.from) - RANKS.indexOf(b.from);
  return byRank === 0 ? a.template < b.template : byRank < 0;
}
