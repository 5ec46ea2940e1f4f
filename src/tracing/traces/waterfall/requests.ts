import { isCalling, type KeptSpan } from '../kept-trace.ts';
import type { SpanNode } from './tree.ts';

/** All spans that tell of one request. */
export interface Request {
  readonly parent: Request | undefined;
  readonly depth: number;
  /** The first that tells it as its sender, and as the one that was called. */
  caller: KeptSpan | undefined;
  called: KeptSpan | undefined;
  readonly spans: KeptSpan[];
  isGuessed: boolean;
  isCycle: boolean;
  isOrphan: boolean;
  /** Whose work it is, where nobody has told of it. */
  readonly owner: string | null;
}

interface Step {
  readonly node: SpanNode;
  readonly within: Request | undefined;
}

/** The requests of trees of spans, each behind what it is part of, in the order in which they began. */
export function requestsOf(roots: readonly SpanNode[]): Request[] {
  const requests: Request[] = [];
  const steps: Step[] = toSteps(roots, undefined);
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    const request = requestOf(step);
    if (request !== step.within) requests.push(request);
    steps.push(...toSteps(step.node.children, request));
  }
  return inOrder(requests);
}

/** The earliest last, which is taken first. */
function toSteps(nodes: readonly SpanNode[], within: Request | undefined): Step[] {
  return nodes.map((node) => ({ node, within })).sort((a, b) => startOf(b.node) - startOf(a.node));
}

function startOf({ span, children }: SpanNode): number {
  if (span !== null) return span.start;
  return children.reduce((first, child) => Math.min(first, child.span?.start ?? first), Infinity);
}

function requestOf({ node, within }: Step): Request {
  const { span } = node;
  const parent = node.parent?.span;
  if (span !== null && within !== undefined && parent && joins(span, parent, within)) {
    add(within, span);
    return within;
  }
  // one request went to several: they stand side by side
  const isAnother = span !== null && !isCalling(span.side) && parent && isCalling(parent.side);
  const around = isAnother ? within?.parent : within;
  const request: Request = {
    parent: around,
    depth: around === undefined ? 0 : around.depth + 1,
    caller: isAnother ? within?.caller : undefined,
    called: undefined,
    spans: [],
    isGuessed: node.isGuessed,
    isCycle: node.isCycle,
    isOrphan: node.isOrphan,
    owner: span === null ? ownerOf(node.children) : null,
  };
  if (span !== null) add(request, span);
  return request;
}

/** The process that sent what is part of one span: whoever of them knows it. */
function ownerOf(children: readonly SpanNode[]): string | null {
  for (const { span } of children) {
    if (span === null) continue;
    const owner = isCalling(span.side) ? span.service : (span.proved[0] ?? span.peer);
    if (owner !== null) return owner;
  }
  return null;
}

/** Whether a span tells of the same request as its parent does: as the other side of it, or beside a proxy. */
function joins(span: KeptSpan, parent: KeptSpan, within: Request): boolean {
  if (isCalling(span.side)) {
    return isCalling(parent.side) && span.service === parent.service && within.called === undefined;
  }
  if (isCalling(parent.side)) {
    return within.called === undefined || isSameCalled(span, within.called);
  }
  return isSameCalled(span, parent);
}

function isSameCalled(span: KeptSpan, other: KeptSpan): boolean {
  if (span.service !== other.service) return false;
  if (span.side === 'both' || other.side === 'both') return true;
  return (
    span.operation !== null &&
    span.operation.method === other.operation?.method &&
    span.operation.template === other.operation.template
  );
}

function add(request: Request, span: KeptSpan): void {
  request.spans.push(span);
  if (isCalling(span.side)) request.caller ??= span;
  else request.called ??= span;
}

/** What went to several was found inside the first of them: requests again behind their parents. */
function inOrder(requests: readonly Request[]): Request[] {
  const children = Map.groupBy(requests, ({ parent }) => parent);
  const ordered: Request[] = [];
  const waiting = (children.get(undefined) ?? []).toReversed();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    ordered.push(next);
    waiting.push(...(children.get(next) ?? []).toReversed());
  }
  return ordered;
}
