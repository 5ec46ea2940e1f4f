import { grouped } from '../../base/text.ts';
import { daysLived, daysSeen } from './life.ts';
import type { Moment } from './moment.ts';
import { NEWS, SERVICE } from './services.ts';
import type { Tables } from './tables.ts';
import { COUNTED } from './tally.ts';

/** Rate of new callees at which nothing is known, because all is new. */
const RESTLESS = 0.3;

/** How well a service's behaviour is known, 0 to 1: the least of how many days it was seen, how many occasions there
 *  were to see its calls, and how seldom it does something new. */
export function maturityOf(tables: Tables, service: number, when: Moment): number {
  return Math.min(
    lengthOf(tables, service, when),
    occasionsOf(tables, service),
    calmOf(tables, service),
  );
}

function lengthOf({ services, settings }: Tables, service: number, when: Moment): number {
  return Math.min(1, daysSeen(services.rows, service, when) / settings.matureDays);
}

/** Whoever only answers is known by those who call it. */
function occasionsOf({ services, settings }: Tables, service: number): number {
  const out = services.novelty.occasions(service, NEWS.callees);
  const into = services.novelty.occasions(service, NEWS.callers);
  return Math.min(1, (out > 0 ? out : into) / settings.matureOccasions);
}

function calmOf({ services }: Tables, service: number): number {
  if (services.novelty.occasions(service, NEWS.callees) === 0) return 1;
  return 1 - Math.min(1, services.novelty.rate(service, NEWS.callees) / RESTLESS);
}

/** The same in words: `seen on 3 days, about 1,204 requests, no new callee for 2 days`. */
export function maturityBecause(tables: Tables, service: number, when: Moment): string {
  const { rows, asCaller, asCallee, novelty } = tables.services;
  const { matureDays } = tables.settings;
  const days = daysLived(rows, service, when);
  if (days === 0) return 'not seen in the last 32 days';
  const isGiven = days < matureDays && daysSeen(rows, service, when) > days;
  const out = asCaller.sum(service, COUNTED.requests);
  const requests = Math.round(out + asCallee.sum(service, COUNTED.requests));
  const words = [
    `seen on ${count(days, 'day')}${isGiven ? ', said to be as it should be' : ''}`,
    `about ${count(requests, 'request')}`,
  ];
  if (novelty.occasions(service, NEWS.callees) === 0) words.push('calls nobody');
  else words.push(newsOf(rows.word(service, SERVICE.lastNewCallee), when));
  return words.join(', ');
}

function newsOf(second: number, when: Moment): string {
  if (second === 0) return 'no unexplained new callee';
  const hours = Math.floor((when.second - second) / 3_600);
  if (hours < 1) return 'a new callee within the hour';
  return hours < 48
    ? `no new callee for ${count(hours, 'hour')}`
    : `no new callee for ${count(Math.floor(hours / 24), 'day')}`;
}

const count = (number: number, word: string): string =>
  `${grouped(number)} ${word}${number === 1 ? '' : 's'}`;
