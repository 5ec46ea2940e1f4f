import { counted } from '../../names.ts';
import type { Baseline } from '../model.ts';

/** What is usual for a service, in sentences. */

const percent = (share: number): string => {
  const value = share * 100;
  if (value === 0 || value >= 10) return `${Math.round(value)} %`;
  return value < 0.1 ? 'under 0.1 %' : `${value.toFixed(1)} %`;
};

export function lifeWords({ days, isDormant, firstSeen }: Baseline): string {
  if (firstSeen === null) return 'It was not seen to do anything yet.';
  const seen = `It was seen on ${counted(days, 'day')} of the last 32.`;
  return isDormant ? `${seen} It has been quiet for long: it sleeps.` : seen;
}

/** The most that it does in nearly all periods of ten minutes. */
export function fanOutWords({ fanOut: { services, operations } }: Baseline): string {
  if (services === 0 && operations === 0) return 'It calls nobody.';
  return `In 10 minutes it calls up to ${counted(Math.round(services), 'service')}, with ${counted(Math.round(operations), 'operation')}.`;
}

export function entriesWords({ entries, callers }: Baseline): string {
  if (callers.length === 0) return 'Nobody calls it.';
  if (entries === 0) return 'Nothing reaches it from outside.';
  return `${percent(entries)} of what it is asked comes from outside.`;
}

/** How requests end that it sends, or that it gets. */
export function sharesWords(
  who: 'asks' | 'is asked',
  { failed, denied, withContext }: Baseline['asCaller'],
): string {
  return `Of what it ${who}, ${percent(failed)} fails and ${percent(denied)} is denied; ${percent(withContext)} comes with a trace context.`;
}

export function changesWords({
  changes: { explained, unexplainedDays },
  deployedAt,
}: Baseline): string {
  const because = counted(
    explained,
    'new relationship or operation',
    'new relationships and operations',
  );
  const first =
    explained === 0
      ? 'No change of it had to be explained.'
      : `${because} of it ${explained === 1 ? 'was' : 'were'} explained by a declaration or a deployment.`;
  const second =
    unexplainedDays === 0
      ? 'Nothing else was new lately.'
      : `On ${counted(unexplainedDays, 'recent day')} there was something new that nothing explains.`;
  return deployedAt === null
    ? `${first} ${second}`
    : `${first} ${second} What it runs now was first seen ${deployedAt.slice(0, 10)}.`;
}

/** `between 08 and 18 o'clock`: hours in which it works, without gaps; it may go over midnight. */
export function hoursWords(hours: readonly number[]): string {
  const most = Math.max(0, ...hours);
  const busy = hours.map((days) => most > 0 && days >= most / 4);
  const count = busy.filter(Boolean).length;
  if (count === 0) return 'It was not seen to call anybody.';
  if (count === 24) return 'It calls others at every hour.';
  const spans: string[] = [];
  for (let hour = 0; hour < 24; hour++) {
    if (!busy[hour] || busy[(hour + 23) % 24]) continue;
    let length = 1;
    while (busy[(hour + length) % 24]) length++;
    spans.push(`${clock(hour)} to ${clock((hour + length) % 24)}`);
  }
  return `It calls others from ${spans.join(', and from ')} (UTC).`;
}

const clock = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;

export const STATES: Readonly<Record<Baseline['callers'][number]['state'], string>> = {
  usual: 'usual',
  known: 'not usual yet',
  accepted: 'accepted by a person',
  quarantined: 'an alert points at it',
  malicious: 'malicious, said a person',
};
