import { type Severity, writeOperation } from '../../estate/index.ts';
import { type HopCopy, OUTCOME } from '../hop.ts';
import type { Alert, AlertHop } from '../model.ts';
import type { TracingNames } from '../names.ts';
import type { EstateView, KnownService } from '../ports.ts';
import { type Found, PATTERNS, type Pattern } from './patterns.ts';
import type { StorySettings } from './settings.ts';
import { inOrder, type Story, type Told, weightOf } from './story.ts';

const MAX_TRACES = 20;
const RANK_WORDS = ['none', 'asserted', 'authenticated'] as const;
const OUTCOME_WORDS = ['ok', 'failed', 'denied'] as const;
const CRITICALITY = ['low', 'medium', 'high', 'critical'];
/** More than so many thresholds make it so severe. */
const SEVERITIES: readonly {
  readonly above: number;
  readonly plain: Severity;
  readonly sensitive: Severity;
}[] = [
  { above: 2, plain: 'high', sensitive: 'critical' },
  { above: 1.4, plain: 'high', sensitive: 'high' },
  { above: 0, plain: 'medium', sensitive: 'high' },
];

export interface AlertParts {
  readonly names: TracingNames;
  readonly estate: EstateView;
  readonly settings: StorySettings;
}

interface Telling {
  readonly pattern: Pattern;
  readonly found: Found;
}

/** What a story says at a time, in nats: the sign that says most, what others say beyond what chance would have brought to
 *  it meanwhile, and what they show together. */
export function scoreOf(story: Pick<Story, 'told'>, now: number, settings: StorySettings): number {
  let most = 0;
  let others = 0;
  for (const told of story.told.values()) {
    const weight = weightOf(told, now, settings);
    others += Math.max(0, Math.min(most, weight) - settings.coincidenceNats);
    most = Math.max(most, weight);
  }
  let score = most + others;
  if (story.told.size < 2) return score;
  for (const pattern of PATTERNS) score += pattern.find(story, settings)?.score ?? 0;
  return score;
}

/** The story as people are told it. */
export function toAlert(story: Story, parts: AlertParts): Alert {
  const { names, settings } = parts;
  const signs = inOrder(story);
  const score = scoreOf(story, story.lastAt, settings);
  const hops = hopsOf(signs);
  const path = pathOf(hops, signs, parts);
  const from = signs[0]?.sign.from ?? '*';
  const to = mostSensitive(signs, parts);
  const telling = tellingPattern(story, score, settings);
  const most = byWeight(signs, settings)[0];
  return {
    id: story.id,
    kind: telling?.pattern.kind ?? most?.sign.kind ?? '',
    from,
    to,
    path,
    time: iso(story.firstAt),
    lastTime: iso(story.lastAt),
    traceIds: tracesOf(signs),
    severity: severityOf(score / settings.thresholdNats, parts.estate.service(to)),
    score: rounded(score),
    raised: story.raised,
    reason: sentence(telling?.found.reason ?? most?.sign.reason ?? '', signs, story),
    techniques: techniquesOf(signs, telling),
    hops: hops.map((hop) => alertHop(hop, signs, names, parts.estate)),
    signs: signs.map(({ sign }) => sign),
  };
}

/** The pattern that names a story: the sign that says most is part of it, or does not say most of all. */
function tellingPattern(story: Story, score: number, settings: StorySettings): Telling | undefined {
  const most = byWeight([...story.told.values()], settings)[0];
  if (!most) return undefined;
  const saysAll = weightOf(most, story.lastAt, settings) > score / 2;
  let best: Telling | undefined;
  for (const pattern of PATTERNS) {
    const found = pattern.find(story, settings);
    if (saysAll && !found?.signs.includes(most)) continue;
    if (found && found.signs.length > (best?.found.signs.length ?? 0)) best = { pattern, found };
  }
  return best;
}

/** Hops of signs and what led to them, each once, as they happened. */
function hopsOf(signs: readonly Told[]): HopCopy[] {
  const hops = new Map<number, HopCopy>();
  for (const { trail, hop } of signs) for (const one of [...trail, hop]) hops.set(one.id, one);
  return [...hops.values()].sort((a, b) => a.at - b.at || a.depth - b.depth || a.id - b.id);
}

/** Services in the order in which they were reached. Where there are too many, those that say most are named. Whose name
 *  was only claimed was not reached. */
function pathOf(hops: readonly HopCopy[], signs: readonly Told[], parts: AlertParts): string[] {
  const reached = new Set<string>();
  for (const { sign } of byWeight(signs, parts.settings)) reached.add(sign.from).add(sign.to);
  const named = new Set([...reached].filter(isService).slice(0, parts.settings.maxServices));
  const path = new Set<string>();
  for (const hop of hops) {
    for (const number of [hop.caller, hop.callee]) {
      const service = parts.names.services.text(number);
      if (named.has(service)) path.add(service);
      else if (isService(service) && path.size + named.size < parts.settings.maxServices)
        path.add(service);
    }
  }
  for (const service of named) path.add(service);
  return [...path].slice(0, parts.settings.maxServices);
}

function isService(id: string): boolean {
  return id !== '' && id !== '*';
}

/** Of the services that answered; where it came in is not where it went, if it went on. */
function mostSensitive(signs: readonly Told[], { estate }: AlertParts): string {
  const reached = signs.filter(
    ({ hop, sign }) => hop.outcome !== OUTCOME.denied && sign.from !== '*',
  );
  let best = signs[signs.length - 1]?.sign.to ?? '*';
  let highest = -1;
  for (const { sign } of reached.length > 0 ? reached : signs) {
    const known = estate.service(sign.to);
    const value = worthOf(known);
    if (value > highest) [best, highest] = [sign.to, value];
  }
  return best;
}

/** Order in which services are what somebody would come for. */
function worthOf(known: KnownService | undefined): number {
  if (!known) return 0;
  const criticality = CRITICALITY.indexOf(known.criticality ?? '') + 1;
  return known.sensitivity.length * 10 + criticality * 2 + (known.kind === 'datastore' ? 1 : 0);
}

function severityOf(share: number, target: KnownService | undefined): Severity {
  const row = SEVERITIES.find(({ above }) => share > above);
  const isSensitive = (target?.sensitivity.length ?? 0) > 0;
  return (isSensitive ? row?.sensitive : row?.plain) ?? 'medium';
}

function tracesOf(signs: readonly Told[]): string[] {
  const ids = signs.flatMap(({ hop }) => (hop.traceId === null ? [] : [hop.traceId]));
  return [...new Set(ids)].slice(0, MAX_TRACES);
}

function techniquesOf(signs: readonly Told[], telling: Telling | undefined): string[] {
  const all = signs.map(({ sign }) => sign.technique);
  return [...new Set(telling ? [telling.pattern.technique, ...all] : all)];
}

function sentence(reason: string, signs: readonly Told[], story: Story): string {
  const others = signs.length - 1 + story.forgotten;
  const more = others > 0 ? ` (and ${others} more ${others === 1 ? 'sign' : 'signs'})` : '';
  return `${reason.replace(/\.$/, '')}${more}.`;
}

function alertHop(
  hop: HopCopy,
  signs: readonly Told[],
  names: TracingNames,
  estate: EstateView,
): AlertHop {
  const endpoint = names.endpointOf(hop.endpoint);
  const from = names.services.text(hop.caller);
  const to = names.services.text(hop.callee);
  return {
    from: from === '' ? '*' : from,
    to: to === '' ? '*' : to,
    operation: endpoint ? writeOperation(endpoint) : '*',
    time: iso(hop.at),
    traceId: hop.traceId,
    evidence: RANK_WORDS[hop.rank] ?? 'none',
    policy: hop.caller === 0 ? 'unknown' : estate.policy(from, to, endpoint),
    outcome: OUTCOME_WORDS[hop.outcome] ?? 'ok',
    signs: signs.filter((told) => told.hop.id === hop.id).map(({ sign }) => sign.kind),
  };
}

function byWeight(signs: readonly Told[], settings: StorySettings): Told[] {
  const now = Math.max(...signs.map(({ lastAt }) => lastAt));
  const weighed = signs.map((told) => ({ told, weight: weightOf(told, now, settings) }));
  return weighed.sort((a, b) => b.weight - a.weight).map(({ told }) => told);
}

function rounded(score: number): number {
  return Math.round(score * 100) / 100;
}

/** RFC 3339; what no calendar has is the beginning of its time. */
export function iso(at: number): string {
  return Number.isFinite(at) && Math.abs(at) <= 8.64e15
    ? new Date(at).toISOString()
    : new Date(0).toISOString();
}
