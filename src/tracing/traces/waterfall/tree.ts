import { isCalling, type KeptSpan, keyOfSpan } from '../kept-trace.ts';

/** A span with what it is part of. */
export interface SpanNode {
  /** Null: nobody has told of it; its children have it as their parent. */
  readonly span: KeptSpan | null;
  parent: SpanNode | undefined;
  isGuessed: boolean;
  isCycle: boolean;
  /** What it is part of was not seen. */
  isOrphan: boolean;
  readonly children: SpanNode[];
}

/** Spans that are reported twice, once; of two that differ the one that says who called. */
export function unique(spans: readonly KeptSpan[]): KeptSpan[] {
  const found = new Map<string, KeptSpan>();
  for (const span of spans) {
    const key = keyOfSpan(span);
    const known = found.get(key);
    if (known === undefined || (known.principal === null && span.principal !== null)) {
      found.set(key, span);
    }
  }
  return [...found.values()];
}

/** Trees of spans; the roots are without a parent. Every span is in one of them once, whatever their parents are said to
 *  be.
 *  @param spans without duplicates, sorted by their beginnings */
export function treesOf(spans: readonly KeptSpan[]): SpanNode[] {
  const nodes = spans.map((span) => newNode(span));
  const byId = Map.groupBy(nodes, ({ span }) => span?.id ?? '');
  for (const node of nodes) node.parent = told(node, byId) ?? guessed(node, nodes);
  breakCycles(nodes);
  const all = [...nodes, ...standIns(nodes)];
  for (const node of all) node.parent?.children.push(node);
  return all.filter(({ parent }) => parent === undefined);
}

function newNode(span: KeptSpan | null): SpanNode {
  return {
    span,
    parent: undefined,
    isGuessed: false,
    isCycle: false,
    isOrphan: false,
    children: [],
  };
}

/** The parent that the span names. Where both sides of a request have one id, as Zipkin gives them, the called side is
 *  part of the caller's, and what else has it as its parent is part of the called side. */
function told(
  node: SpanNode,
  byId: ReadonlyMap<string, readonly SpanNode[]>,
): SpanNode | undefined {
  const { span } = node;
  if (span === null) return undefined;
  const isCaller = isCalling(span.side);
  const twins = span.id === null ? [] : (byId.get(span.id) ?? []);
  const twin = twins.find((one) => one !== node && one.span && isCalling(one.span.side));
  if (!isCaller && twin !== undefined) return twin;
  if (span.parentId === null) return undefined;
  const named = (byId.get(span.parentId) ?? []).filter((one) => one !== node);
  return named.find((one) => one.span && isCalling(one.span.side) !== isCaller) ?? named[0];
}

/** Spans inside a process are not kept, so what a service sends is often part of a span that is not there: it is taken for
 *  part of the latest request to the service that was under way. What only a proxy or a flow log saw is taken for part of
 *  the request between the same two. */
function guessed(node: SpanNode, nodes: readonly SpanNode[]): SpanNode | undefined {
  const { span } = node;
  if (span === null || (span.parentId === null && span.side !== 'both')) return undefined;
  if (!isCalling(span.side) && span.side !== 'both') return undefined;
  let found: SpanNode | undefined;
  for (const other of nodes) {
    if (other === node || other.span === null || !isDuring(span, other.span)) continue;
    if (span.side === 'both' ? isSameCall(span, other.span) : isWorkOf(span, other.span)) {
      found = other;
    }
  }
  if (found !== undefined) node.isGuessed = true;
  return found;
}

function isDuring(span: KeptSpan, other: KeptSpan): boolean {
  return span.start >= other.start && span.start <= other.start + other.durationMs;
}

function isWorkOf(span: KeptSpan, other: KeptSpan): boolean {
  return !isCalling(other.side) && other.service === span.service;
}

function isSameCall(span: KeptSpan, other: KeptSpan): boolean {
  if (other.side === 'both') return false;
  return isCalling(other.side) ? other.peer === span.service : other.service === span.service;
}

/** One for all that are part of the same that was not seen; what is alone in that is a root. */
function standIns(nodes: readonly SpanNode[]): SpanNode[] {
  const orphans = nodes.filter(
    ({ span, parent, isCycle }) => parent === undefined && !isCycle && span?.parentId,
  );
  for (const node of orphans) node.isOrphan = true;
  return [...Map.groupBy(orphans, ({ span }) => span?.parentId).values()].flatMap((children) => {
    if (children.length < 2) return [];
    const made = newNode(null);
    for (const child of children) child.parent = made;
    return [made];
  });
}

/** Of spans that are part of one another, the one that began first becomes a root. */
function breakCycles(nodes: readonly SpanNode[]): void {
  const done = new Set<SpanNode>();
  for (const node of nodes) {
    const path = new Set<SpanNode>();
    let at: SpanNode | undefined = node;
    while (at !== undefined && !done.has(at) && !path.has(at)) {
      path.add(at);
      at = at.parent;
    }
    if (at !== undefined && path.has(at)) open(at);
    for (const one of path) done.add(one);
  }
}

function open(member: SpanNode): void {
  let first = member;
  for (let at = member.parent; at !== undefined && at !== member; at = at.parent) {
    if ((at.span?.start ?? 0) < (first.span?.start ?? 0)) first = at;
  }
  first.parent = undefined;
  first.isGuessed = false;
  first.isCycle = true;
}
