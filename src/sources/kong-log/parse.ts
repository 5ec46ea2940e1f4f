import { Fault } from '../../base/fault.ts';
import { isFields } from '../../base/pick.ts';
import type { Sighting } from '../../estate/index.ts';
import { addSamples, type JudgePayload } from '../../estate/sighting/index.ts';
import { toSighting } from './log-entry.ts';
import { KongParties } from './parties.ts';
import type { KongReason } from './reasons.ts';

/** Where Kong's http-log plugin posts to, on the listener of OTLP over HTTP. */
export const KONG_LOG_PATH = '/v1/logs/kong';

/** What one request of the plugin says; equal entries are one sighting. */
export interface ParsedKongLog {
  readonly sightings: readonly Sighting[];
  /** Entries that were taken. */
  readonly taken: number;
  readonly dropped: ReadonlyMap<KongReason, number>;
}

/** Nothing that Kong writes is nested deeper. */
const MAX_DEPTH = 32;

/** Reads what Kong's http-log plugin posts: one entry, or a list of them where its queue gathers several.
 *  @param now milliseconds since 1970
 *  @param parties kept by the caller from one request to the next
 *  @param judge of the values of queries; without it, none is looked at
 *  @throws {Fault} `kong/json-malformed`
 *  @see Kong, http-log plugin */
export function parseKongLog(
  body: Buffer,
  now: number,
  parties: KongParties = new KongParties(),
  judge?: JudgePayload,
): ParsedKongLog {
  const value = parseJson(body);
  const entries = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  const sums = new Map<string, { -readonly [Key in keyof Sighting]: Sighting[Key] }>();
  const dropped = new Map<KongReason, number>();
  let taken = 0;
  for (const entry of entries) {
    const sighting = isFields(entry) ? toSighting(entry, parties, now, judge) : 'not a request';
    if (typeof sighting === 'string') {
      dropped.set(sighting, (dropped.get(sighting) ?? 0) + 1);
      continue;
    }
    taken++;
    const key = keyOf(sighting);
    const known = sums.get(key);
    if (known === undefined) sums.set(key, sighting);
    else {
      known.count++;
      known.firstAt = Math.min(known.firstAt, sighting.firstAt);
      known.lastAt = Math.max(known.lastAt, sighting.lastAt);
      const samples = addSamples(known.samples, sighting.samples);
      if (samples !== undefined) known.samples = samples;
    }
  }
  return { sightings: [...sums.values()], taken, dropped };
}

function keyOf({
  service,
  caller,
  parameters,
  firstAt,
  lastAt,
  samples,
  ...same
}: Sighting): string {
  return JSON.stringify([service.key, caller?.key, parameters, same]);
}

function parseJson(body: Buffer): unknown {
  if (isShallow(body)) {
    try {
      const value: unknown = JSON.parse(body.toString('utf8'));
      if (typeof value === 'object' && value !== null) return value;
    } catch {
      // The parser's message quotes the input, which may hold anything; ours does not.
    }
  }
  throw new Fault('kong/json-malformed', 'The request is neither an entry of a log nor a list', {
    hint: "send what Kong's http-log plugin sends",
  });
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set(Buffer.from('[{'));
const CLOSING = new Set(Buffer.from(']}'));

/** Whether nothing is nested deeper than it may be. */
function isShallow(body: Buffer): boolean {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at] ?? 0;
    if (byte === BACKSLASH) at++;
    else if (byte === QUOTE) isText = !isText;
    else if (!isText && OPENING.has(byte) && ++depth > MAX_DEPTH) return false;
    else if (!isText && CLOSING.has(byte)) depth--;
  }
  return true;
}
