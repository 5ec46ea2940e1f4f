import { toPlace } from '../../base/diagnostic.ts';
import { counted, grouped, type Painter, plain, spread, wrap } from '../terminal.ts';
import type { Comparison, DiscoveredEndpoint, Discovery, UnseenOperation } from './discovery.ts';
import type { LeftOut } from './left-out.ts';

const WIDTH = 80;
const METHOD = 8;
const COUNT = 11;
const SHARE = 6;
const BAR = 10;
/** `declared`, where there is something to compare with. */
const STATUS = 9;
/** `credentials` */
const TAG = 13;
const MAX_UNSEEN = 20;

/** What was discovered, for people: a table for each service, and what was left out. */
export function* toText(discovery: Discovery, paint: Painter): Generator<string> {
  const { endpoints, comparison } = discovery;
  if (endpoints.length === 0) yield 'No endpoint found.\n';
  for (const [service, own] of Map.groupBy(endpoints, (endpoint) => endpoint.service)) {
    yield* toServiceTable(service, own, comparison !== undefined, paint);
  }
  if (comparison !== undefined) yield* toComparison(comparison, paint);
  yield* toSensitive(discovery, paint);
  yield* toLeftOut(discovery, paint);
}

function* toServiceTable(
  service: string,
  endpoints: readonly DiscoveredEndpoint[],
  isCompared: boolean,
  paint: Painter,
): Generator<string> {
  const requests = endpoints.reduce((sum, endpoint) => sum + endpoint.requests, 0);
  const most = endpoints[0]?.requests ?? 1;
  const figures = `${counted(endpoints.length, 'endpoint')}, ${counted(requests, 'request')}`;
  yield `${paint('bold', spread(cut(plain(service), WIDTH - figures.length - 2), figures, WIDTH))}\n`;
  const room = WIDTH - 2 - METHOD - COUNT - SHARE - 2 - (isCompared ? STATUS : BAR);
  for (const endpoint of endpoints) {
    const { method, template } = endpoint;
    const name = cut(plain(template), room - 1).padEnd(room);
    const count = grouped(endpoint.requests).padStart(COUNT - 1);
    const share = toShare(endpoint.requests / requests).padStart(SHARE);
    const bar = isCompared ? toStatus(endpoint, paint) : toBar(endpoint.requests / most);
    yield `${`  ${cut(plain(method), METHOD - 1).padEnd(METHOD)}${name}${count} ${share}  ${bar}`.trimEnd()}\n`;
  }
  yield '\n';
}

function toShare(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return '<0.1 %';
  return `${percent >= 10 ? percent.toFixed(0) : percent.toFixed(1)} %`;
}

function toBar(share: number): string {
  return '█'.repeat(Math.max(share > 0 ? 1 : 0, Math.round(share * BAR)));
}

function toStatus({ status }: DiscoveredEndpoint, paint: Painter): string {
  return status === 'shadow' ? paint('red', 'shadow') : (status ?? '');
}

function* toComparison(comparison: Comparison, paint: Painter): Generator<string> {
  const { declared, discovered, matched, shadow, beyondDeclared, unseen } = comparison;
  yield `${paint('bold', 'Discovered against declared')}\n`;
  yield `  ${grouped(discovered)} discovered, ${grouped(declared)} declared, ${grouped(matched)} in both\n`;
  const beyond = declared === 0 ? '' : `: ${toShare(beyondDeclared)} on top of what is declared`;
  yield `  ${paint(shadow > 0 ? 'red' : 'green', `${grouped(shadow)} shadow`)}${beyond}\n`;
  if (unseen.length > 0) yield `  ${grouped(unseen.length)} declared, but not seen:\n`;
  for (const operation of unseen.slice(0, MAX_UNSEEN)) yield toUnseen(operation);
  if (unseen.length > MAX_UNSEEN) {
    yield `    … and ${grouped(unseen.length - MAX_UNSEEN)} more: --format json has all\n`;
  }
  yield '\n';
}

function toUnseen({ service, method, template, file, line }: UnseenOperation): string {
  const where = service ?? toPlace({ file, line });
  const room = WIDTH - 4 - METHOD - 24;
  return `    ${cut(plain(method), METHOD - 1).padEnd(METHOD)}${cut(plain(template), room - 1).padEnd(room)}${cut(plain(where), 24)}\n`;
}

/** Endpoints with the data that they handle, and why that is said. */
function* toSensitive({ endpoints, payloads }: Discovery, paint: Painter): Generator<string> {
  if (payloads === undefined) return;
  yield `${paint('bold', 'Sensitive data')}\n`;
  for (const { service, method, template, sensitivity = [] } of endpoints) {
    if (sensitivity.length === 0) continue;
    yield `  ${cut(plain(`${service} ${method} ${template}`), WIDTH - 2)}\n`;
    for (const { tag, because } of sensitivity) {
      const lines = wrap(plain(because), WIDTH - 4 - TAG);
      for (const [index, line] of lines.entries()) {
        yield `    ${(index === 0 ? tag : '').padEnd(TAG)}${line}\n`;
      }
    }
  }
  yield `  ${counted(payloads.judged, 'payload')} judged\n`;
  for (const { reason, count } of payloads.leftOut) yield `  ${grouped(count)} not: ${reason}\n`;
  yield '\n';
}

function* toLeftOut({ probes, rare, leftOut }: Discovery, paint: Painter): Generator<string> {
  const lines = [...hiddenLines(probes, rare), ...leftOut.map(toReason)];
  if (lines.length === 0) return;
  yield `${paint('bold', 'Left out')}\n`;
  for (const line of lines) yield `  ${cut(line, WIDTH - 2)}\n`;
}

function hiddenLines(probes: Discovery['probes'], rare: Discovery['rare']): string[] {
  const lines: string[] = [];
  if (probes.endpoints > 0) {
    lines.push(
      `${counted(probes.requests, 'request')} for ${counted(probes.endpoints, 'path')} that only ever answered 404 (probes)`,
    );
  }
  if (rare.endpoints > 0) {
    lines.push(
      `${counted(rare.endpoints, 'endpoint')} asked for less often than --min-requests (${counted(rare.requests, 'request')})`,
    );
  }
  return lines;
}

function toReason({ reason, count, first }: LeftOut): string {
  const places = first.map(toPlace).join(', ');
  const more = count > first.length && first.length > 0 ? ' …' : '';
  return `${grouped(count)}: ${reason}${places === '' ? '' : ` (${plain(places)}${more})`}`;
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
