import { toPlace } from '../../base/diagnostic.ts';
import type { Endpoint, StoredDecision } from '../../estate/index.ts';
import { type Field, toFields } from '../fields.ts';
import { counted, plain } from '../terminal.ts';
import { age, percent, REVIEWS, rate, statusOf, toCounts, whyStatus } from './words.ts';

const LABEL = 14;
/** Of places, callers and the like. */
const MAX_LISTED = 8;

/** All about one endpoint, in 80 columns; lines about nothing are left out.
 *  @param decisions those in force, with all that they say */
export function toPage(
  endpoint: Endpoint,
  decisions: readonly StoredDecision[],
  now: number,
): string {
  const { method, template, service, review } = endpoint;
  const fields: Field[] = [
    ['status', [`${statusOf(endpoint)}: ${whyStatus(endpoint)}`]],
    ['waits', review === null ? [] : [`${review}: ${REVIEWS[review]}`]],
    ['blocked', endpoint.blocked ? ['calls of it are reported, and not refused yet'] : []],
    ['owner', [endpoint.owner ?? 'nobody']],
    ['criticality', criticality(endpoint)],
    ['data', endpoint.sensitivity.map(({ tag, because }) => `${tag} (${because})`)],
    ...trafficLines(endpoint, now),
    ['changes', endpoint.changes],
    ['elsewhere', endpoint.elsewhere.map((one) => elsewhere(one))],
    ['declared in', places(endpoint.declaredIn)],
    ['configured in', places(endpoint.configuredIn)],
    ['implemented in', places(endpoint.implementedIn)],
    ['decisions', decisions.map((decision) => toSentence(decision))],
    ['id', [endpoint.id]],
  ];
  const heading = [`${method} ${template}`, `of ${service}`, ''].map(plain);
  return [...heading, toFields(fields.map(shortened), LABEL)].join('\n');
}

function shortened([label, texts]: Field): Field {
  const shown = texts.slice(0, MAX_LISTED);
  if (texts.length > shown.length) shown.push(`and ${texts.length - shown.length} more`);
  return [label, shown];
}

function criticality({ criticality: level, criticalityBecause: why }: Endpoint): string[] {
  if (level === null) return [];
  return [why === null ? level : `${level} (${why})`];
}

function trafficLines({ traffic }: Endpoint, now: number): Field[] {
  if (traffic === null) return [];
  const { requests, perMinute, errorShare, refusedShare } = traffic;
  const callers = traffic.callers.map(
    ({ service, requests: count, isProved }) =>
      `${service}: ${counted(count, 'request')}${isProved ? ', proved who it is' : ''}`,
  );
  return [
    ['seen', [`${ago(traffic.lastSeen, now)}, for the first time ${ago(traffic.firstSeen, now)}`]],
    ['requests', [`${counted(requests, 'request')}, ${rate(perMinute)} a minute in the last hour`]],
    ['answers', [`${percent(errorShare)} errors, ${percent(refusedShare)} refused`]],
    ['statuses', some(toCounts(traffic.statuses))],
    ['credentials', some(toCounts(traffic.credentials), ' (seen, not verified)')],
    ['callers', callers],
    ['parameters', some(traffic.parameters.join(', '))],
    ['template', [TEMPLATE_FROM[traffic.templateFrom]]],
  ];
}

const TEMPLATE_FROM: Readonly<Record<NonNullable<Endpoint['traffic']>['templateFrom'], string>> = {
  person: 'corrected or adopted by a person',
  route: 'named by the service itself',
  specification: 'named by a specification',
  code: 'named by the code',
  learned: 'learnt from paths',
};

function ago(time: string, now: number): string {
  const text = age(time, now);
  return text === 'now' ? 'just now' : `${text} ago`;
}

function some(text: string, more = ''): string[] {
  return text === '' ? [] : [`${text}${more}`];
}

function places(locations: Endpoint['declaredIn']): string[] {
  return locations.map((location) => toPlace(location) ?? location.file);
}

function elsewhere({ environment, status, observed }: Endpoint['elsewhere'][number]): string {
  return `${environment}: ${status}${observed ? ', seen in traffic' : ''}`;
}

/** What was decided, by whom, when and why. */
export function toSentence(decision: StoredDecision): string {
  const { by, at, reason } = decision;
  const said = `${whatIsDecided(decision)} by ${by} on ${at.slice(0, 10)}`;
  return reason === '' ? said : `${said}: ${reason}`;
}

function whatIsDecided(decision: StoredDecision): string {
  switch (decision.action) {
    case 'adopt':
      return 'adopted';
    case 'assign':
      return `assigned to ${decision.owner}`;
    case 'deprecate':
      return `deprecated, gone after ${decision.until}`;
    case 'block':
      return 'blocked';
    case 'accept':
      return `accepted until ${decision.until}`;
    case 'tag':
      return `tagged ${[...tagsOf(decision)].join(', ')}`;
  }
}

function* tagsOf({ sensitivity, criticality: level }: StoredDecision & { action: 'tag' }) {
  if (sensitivity) yield sensitivity.length === 0 ? 'no sensitive data' : sensitivity.join(', ');
  if (level) yield `${level} criticality`;
}
