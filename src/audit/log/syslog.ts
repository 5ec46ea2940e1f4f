import type { AuditEntry } from '../../estate/index.ts';

/** Facility 13 (log audit), severity 5 (notice). */
const PRIORITY = 13 * 8 + 5;
/** Of a header's name. */
const MAX_HOST = 255;

/** An entry as a message of syslog: its members as structured data, and what it says as JSON.
 *  @see RFC 5424 §6 */
export function toSyslog(entry: AuditEntry, host: string): string {
  const name = host.replaceAll(/[^!-~]/g, '').slice(0, MAX_HOST) || '-';
  const { sequence, actor, action, subject } = entry;
  const data = Object.entries({ sequence, actor, action, subject })
    .map(([member, value]) => `${member}="${escaped(String(value))}"`)
    .join(' ');
  // 32473 is the enterprise number for documentation (RFC 5612); there is none of Reeve's own
  const header = `<${PRIORITY}>1 ${entry.at} ${name} reeve - audit [audit@32473 ${data}]`;
  return `${header} \ufeff${JSON.stringify({ reason: entry.reason, detail: entry.detail })}`;
}

const escaped = (text: string): string =>
  text.replaceAll(/["\\\]]/g, '\\$&').replaceAll(/\p{Cc}/gu, ' ');
