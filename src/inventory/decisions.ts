import { compareText } from '../base/diagnostic.ts';
import {
  type Criticality,
  canonicalJson,
  type Endpoint,
  type EndpointDecision,
  type Tag,
} from '../estate/index.ts';

type Action = EndpointDecision['action'];
type DecisionOf<Of extends Action> = Extract<EndpointDecision, { action: Of }>;

/** What people have decided about one endpoint: of each action the latest. */
export interface Standing {
  readonly adopt?: DecisionOf<'adopt'>;
  readonly assign?: DecisionOf<'assign'>;
  readonly deprecate?: DecisionOf<'deprecate'>;
  readonly block?: DecisionOf<'block'>;
  readonly accept?: DecisionOf<'accept'>;
  readonly tag?: DecisionOf<'tag'>;
  /** All of them, as `Endpoint` lists them. */
  readonly inForce: Endpoint['decisions'];
  /** The person's list of tags is the whole list: what it leaves out is taken away. */
  readonly sensitivity?: readonly Tag[];
  readonly criticality?: { readonly criticality: Criticality; readonly because: string };
}

const NOTHING_DECIDED: Standing = { inForce: [] };

/** What holds of everything that was ever decided about an endpoint, in any order. A tag that names
 *  only sensitivity leaves the criticality of an earlier one, and the other way round. */
export function toStanding(decisions: readonly EndpointDecision[]): Standing {
  if (decisions.length === 0) return NOTHING_DECIDED;
  const latest = new Map<Action, EndpointDecision>();
  let sensitivity: DecisionOf<'tag'> | undefined;
  let criticality: DecisionOf<'tag'> | undefined;
  for (const decision of oldestFirst(decisions)) {
    latest.set(decision.action, decision);
    if (decision.action !== 'tag') continue;
    if (decision.sensitivity !== undefined) sensitivity = decision;
    if (decision.criticality !== undefined) criticality = decision;
  }
  return {
    ...Object.fromEntries(latest),
    inForce: oldestFirst([...latest.values()]).map(toInForce),
    ...(sensitivity?.sensitivity && { sensitivity: tagsBy(sensitivity, sensitivity.sensitivity) }),
    ...(criticality?.criticality && {
      criticality: {
        criticality: criticality.criticality,
        because: `tagged by ${criticality.by}`,
      },
    }),
  };
}

function oldestFirst(decisions: readonly EndpointDecision[]): EndpointDecision[] {
  return [...decisions].sort(
    (a, b) => compareText(a.at, b.at) || compareText(canonicalJson(a), canonicalJson(b)),
  );
}

function toInForce(decision: EndpointDecision): Endpoint['decisions'][number] {
  const { action, by, at, reason } = decision;
  return { action, by, at, reason, ...('until' in decision && { until: decision.until }) };
}

function tagsBy({ by }: EndpointDecision, tags: readonly string[]): Tag[] {
  return [...new Set(tags)].sort().map((tag) => ({ tag, because: `tagged by ${by}` }));
}

/** Whether a date (`2026-05-03`, the whole day in UTC) is over at `now` (RFC 3339, UTC). */
export function isOver(date: string, now: string): boolean {
  return now.slice(0, 10) > date;
}
