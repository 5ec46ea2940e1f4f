/** What log collectors and container runtimes write around the lines of a program. */
interface Envelope {
  readonly name: string;
  /** The line within; undefined where this is not around it. */
  open(line: string): string | undefined;
}

/** `2026-11-22T03:25:12.123456789Z stdout F …`
 *  @see Kubernetes, CRI logging format */
const CRI = /^\d{4}-\d\d-\d\dT[\d:.]{8,18}(?:Z|[+-]\d\d:\d\d) std(?:out|err) [FP] /;
/** `<190>Nov 22 03:25:12 host nginx: …`, `<190>1 2026-11-22T03:25:12Z host nginx 17 - - …`.
 *  @see RFC 3164 §4.1, RFC 5424 §6 (without structured data) */
const SYSLOG =
  /^<\d{1,3}>(?:1 \S{1,40} \S{1,255} \S{1,48} \S{1,128} \S{1,32} - |[A-Z][a-z]{2} [ \d]\d [\d:]{8} (?:[^\s:]{1,255} )?[^\s:[]{1,48}(?:\[\d{1,10}\])?: )/;

export const ENVELOPES: readonly Envelope[] = [
  { name: 'kubernetes', open: (line) => behind(line, CRI) },
  { name: 'docker', open: openDocker },
  { name: 'syslog', open: (line) => behind(line, SYSLOG) },
];

function behind(line: string, pattern: RegExp): string | undefined {
  const match = pattern.exec(line);
  return match === null ? undefined : line.slice(match[0].length);
}

/** `{"log":"…\n","stream":"stdout","time":"…"}`
 *  @see Docker, JSON File logging driver */
function openDocker(line: string): string | undefined {
  if (!line.startsWith('{"log":"')) return undefined;
  try {
    const { log } = JSON.parse(line) as { log?: unknown };
    return typeof log === 'string' ? log.trimEnd() : undefined;
  } catch {
    return undefined;
  }
}
