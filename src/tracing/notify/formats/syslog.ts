import type { Severity } from '../../../estate/index.ts';

/** RFC 5424, table 2. */
const SYSLOG_SEVERITIES: Readonly<Record<Severity, number>> = {
  critical: 2,
  high: 3,
  medium: 4,
  low: 5,
  info: 6,
};
/** Of a header's name. */
const MAX_HOST = 255;

export interface SyslogParts {
  readonly facility: number;
  readonly severity: Severity;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly host: string;
  /** One line. */
  readonly text: string;
  /** Longest message. */
  readonly maxBytes: number;
}

/** A message of syslog around a text, without structured data and without a byte order mark: readers of CEF look for the
 *  text right behind the header.
 *  @see RFC 5424 §6 */
export function toSyslogMessage(parts: SyslogParts): Buffer {
  const { facility, severity, now, host, text, maxBytes } = parts;
  const priority = facility * 8 + SYSLOG_SEVERITIES[severity];
  const name = host.replaceAll(/[^!-~]/g, '').slice(0, MAX_HOST) || '-';
  const header = `<${priority}>1 ${new Date(now).toISOString()} ${name} reeve - incident - `;
  return cut(Buffer.from(header + text), maxBytes);
}

/** Not in the middle of a character (RFC 3629: continuation bytes begin with 10). */
function cut(bytes: Buffer, most: number): Buffer {
  if (bytes.length <= most) return bytes;
  let end = most;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}

/** A message as it goes over a stream.
 *  @see RFC 6587 §3.4.1 and §3.4.2; RFC 5425 §4.3 */
export function framed(message: Buffer, framing: 'octet-counting' | 'newline'): Buffer {
  return framing === 'octet-counting'
    ? Buffer.concat([Buffer.from(`${message.length} `), message])
    : Buffer.concat([message, Buffer.from('\n')]);
}
