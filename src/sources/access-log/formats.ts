import { parseCommonLog } from './common-log.ts';
import { ENVELOPES } from './envelopes.ts';
import { parseEnvoyText } from './envoy-text.ts';
import { parseJsonLog } from './json-log.ts';
import { isLoadBalancerLog, parseLoadBalancerLog } from './load-balancer-log.ts';
import type { DropReason, LoggedRequest } from './logged-request.ts';

interface Format {
  /** Whether a line may be of this format; cheap, by its beginning. */
  detect(line: string): boolean;
  parse(line: string): LoggedRequest | DropReason;
}

/** Every format of lines. A line is read by the first that detects it. */
export const FORMATS = {
  json: { detect: (line) => line.startsWith('{'), parse: parseJsonLog },
  envoy: { detect: (line) => /^\[[0-9]{4}-/.test(line), parse: parseEnvoyText },
  alb: { detect: isLoadBalancerLog, parse: parseLoadBalancerLog },
  combined: { detect: (line) => line.includes('"') && line.includes('['), parse: parseCommonLog },
} as const satisfies Record<string, Format>;

type FormatName = keyof typeof FORMATS;

/** What people call formats, and which of ours reads them. Envoy writes text or JSON. */
export const FORMAT_NAMES = {
  auto: undefined,
  ndjson: ['json'],
  json: ['json'],
  combined: ['combined'],
  common: ['combined'],
  apache: ['combined'],
  nginx: ['combined', 'json'],
  envoy: ['envoy', 'json'],
  istio: ['envoy', 'json'],
  kong: ['combined', 'json'],
  traefik: ['combined', 'json'],
  caddy: ['json'],
  alb: ['alb'],
} as const satisfies Record<string, readonly FormatName[] | undefined>;
export type AccessLogFormat = keyof typeof FORMAT_NAMES;

const ALL = Object.values(FORMATS);

/** Reads one line of any of the formats that a name allows, also out of what a container runtime or
 *  syslog wrote around it. */
export function parseLine(
  line: string,
  name: AccessLogFormat = 'auto',
): LoggedRequest | DropReason {
  const formats: readonly Format[] = FORMAT_NAMES[name]?.map((one) => FORMATS[one]) ?? ALL;
  const inner = unwrapped(line);
  const format = formats.find(({ detect }) => detect(inner));
  return format === undefined ? 'not a known format' : format.parse(inner);
}

function unwrapped(line: string): string {
  for (const { open } of ENVELOPES) {
    const inner = open(line);
    if (inner !== undefined) return inner;
  }
  return line;
}
