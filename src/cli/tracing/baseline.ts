import { writeOperation } from '../../estate/index.ts';
import type { ServiceBaseline } from '../../tracing/baseline/index.ts';
import { type AnswerFlags, minute, print } from '../answers.ts';
import { ask } from '../client.ts';
import { toFields } from '../fields.ts';
import { nameOf } from '../graph/pieces.ts';
import { counted } from '../terminal.ts';

const MAX_LISTED = 12;
const LABEL = 16;

export async function showBaseline(service: string, flags: AnswerFlags): Promise<void> {
  const path = `/api/v1/services/${encodeURIComponent(service)}/baseline`;
  print(flags, await ask<ServiceBaseline>(flags, path), baselineText);
}

/** What is usual for a service, in 80 columns. */
function baselineText(baseline: ServiceBaseline): string {
  const { maturity, maturityBecause, callers, callees, operations, hours, fanOut } = baseline;
  const { accounts, addresses, versions, deployedAt, changes, entries } = baseline;
  return toFields(
    [
      ['service', [baseline.service]],
      ['maturity', [`${percent(maturity)}: ${maturityBecause}`]],
      ['seen', [seenWords(baseline)]],
      ['calls', firstOf(callees.map(neighbourWords))],
      ['is called by', firstOf(callers.map(neighbourWords))],
      ['from outside', [`${percent(entries)} of its requests`]],
      [
        'is asked for',
        firstOf(
          operations.map(
            (one) =>
              `${writeOperation(one)}, by ${counted(one.callers, 'caller')}, on ${counted(one.days, 'day')}`,
          ),
        ),
      ],
      ['hours (UTC)', [hourWords(hours)]],
      [
        'in 10 minutes',
        [
          `up to ${fanOut.services.toFixed(0)} services and ${fanOut.operations.toFixed(0)} operations`,
        ],
      ],
      ['as a caller', [shareWords(baseline.asCaller)]],
      ['when called', [shareWords(baseline.asCallee)]],
      ['accounts', firstOf(accounts.map(({ name, state }) => `${name} (${state})`))],
      ['addresses', firstOf(addresses.map(({ name, state }) => `${name} (${state})`))],
      ['versions', firstOf(versions.map(({ name }) => name))],
      ['deployed', [deployedAt === null ? null : `${minute(deployedAt)} UTC`]],
      [
        'what is new',
        [
          `${changes.explained} explained by a declaration or a deployment; other news on ${counted(changes.unexplainedDays, 'day')}`,
        ],
      ],
    ],
    LABEL,
  );
}

function seenWords({ firstSeen, lastSeen, days, isDormant }: ServiceBaseline): string {
  if (firstSeen === null || lastSeen === null) return 'never';
  const dormant = isDormant ? '; dormant' : '';
  return `on ${counted(days, 'day')} of the last 32, ${minute(firstSeen)} to ${minute(lastSeen)} UTC${dormant}`;
}

function neighbourWords(one: ServiceBaseline['callers'][number]): string {
  const proved = one.isAuthenticated ? ', authenticated' : '';
  return `${nameOf(one.service)} (${one.state}, ${counted(one.days, 'day')}${proved})`;
}

function shareWords({ failed, denied, withContext }: ServiceBaseline['asCaller']): string {
  return `${percent(failed)} failed, ${percent(denied)} denied, ${percent(withContext)} with trace context`;
}

/** `8 to 17, 22`: hours of the day with at least a tenth of the days of the busiest. */
function hourWords(hours: readonly number[]): string {
  const most = Math.max(...hours);
  const active = hours.flatMap((days, hour) => (days > 0 && days >= most / 10 ? [hour] : []));
  const ranges: [number, number][] = [];
  for (const hour of active) {
    const last = ranges.at(-1);
    if (last && last[1] === hour - 1) last[1] = hour;
    else ranges.push([hour, hour]);
  }
  if (ranges.length === 0) return 'it calls nobody';
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from} to ${to}`)).join(', ');
}

function firstOf(texts: readonly string[]): string[] {
  const more = texts.length - MAX_LISTED;
  const shown = texts.slice(0, MAX_LISTED);
  return more > 0 ? [...shown, `and ${more} more`] : shown;
}

const percent = (share: number): string =>
  `${(share * 100).toFixed(share > 0 && share < 0.01 ? 2 : 0)} %`;
