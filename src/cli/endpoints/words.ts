import type { Endpoint } from '../../estate/index.ts';
import { grouped } from '../terminal.ts';

type Traffic = NonNullable<Endpoint['traffic']>;

const AGES: readonly (readonly [seconds: number, unit: string])[] = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
];

/** How long ago, in its largest unit: `3 d`, `12 min`, `now`. */
export function age(time: string, now: number): string {
  const seconds = (now - Date.parse(time)) / 1_000;
  if (Number.isNaN(seconds)) return '-';
  for (const [length, unit] of AGES) {
    if (seconds >= length) return `${grouped(Math.floor(seconds / length))} ${unit}`;
  }
  return 'now';
}

/** Requests a minute, as short as it can be told. */
export function rate(perMinute: number): string {
  if (perMinute <= 0) return '0';
  if (perMinute < 0.1) return '<0.1';
  return perMinute < 10 ? String(Number(perMinute.toFixed(1))) : grouped(Math.round(perMinute));
}

/** A share of 0 to 1. What is not nothing is never told as nothing. */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return '<1 %';
  if (share < 1 && share > 0.99) return '>99 %';
  return `${Math.round(share * 100)} %`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** How the endpoint is known, beside declarations. */
function evidence({ implementedIn, configuredIn, observed }: Endpoint): string {
  const words = [
    ...(implementedIn.length > 0 ? ['implemented'] : []),
    ...(configuredIn.length > 0 ? ['configured'] : []),
    ...(observed ? ['seen in traffic'] : []),
  ];
  return listed(words);
}

const REASONS: Readonly<Record<Endpoint['status'], (endpoint: Endpoint) => string>> = {
  governed: ({ owner }) => `declared, and ${owner ?? 'its owner'} answers for it`,
  shadow: (endpoint) => `${evidence(endpoint) || 'known'}, but nobody declares it`,
  zombie: () => 'deprecated or retired, and still called',
  dormant: () => 'declared, but neither implemented nor seen in traffic',
  unowned: () => 'declared, but nobody answers for it',
};

/** Why it has its status, or is not judged. */
export function whyStatus(endpoint: Endpoint): string {
  if (endpoint.visibility === 'probe') return 'only ever answered 404: nothing is there';
  if (endpoint.visibility === 'unstable') return 'seen too little to call it an endpoint';
  return REASONS[endpoint.status](endpoint);
}

/** The status, or what the endpoint is instead of being judged. */
export function statusOf({ status, visibility }: Endpoint): string {
  return visibility === 'shown' ? status : visibility;
}

/** Why a person should look at it. */
export const REVIEWS: Readonly<Record<NonNullable<Endpoint['review']>, string>> = {
  shadow: 'adopt it, block it, or accept it for a while',
  zombie: 'see who still calls it, then block it or bring it back',
  changed: 'it is not what it was; adopt it again if that is right',
  unowned: 'assign it to a team',
  'acceptance-ended': 'the accepted risk has come to its end; decide again',
  'sunset-passed': 'its last day is over, and it is still called; block it',
};

/** `200 57, 404 3`, the most first. */
export function toCounts(counts: Traffic['statuses']): string {
  return Object.entries(counts)
    .sort(([x, a], [y, b]) => b - a || (x < y ? -1 : 1))
    .map(([name, count]) => `${name === '0' ? 'not told' : name} ${grouped(count)}`)
    .join(', ');
}
