import type { Match } from './match.ts';
import { isLiteralArgument } from './placeholders.ts';

/** Statements that set a database user's password; each is bounded and stays on its line. */
const SQL: readonly RegExp[] = [
  // Not what prose says of things that "are identified by" something.
  /(?<!\b(?:is|are|be|been|being|was|were)[ \t]{1,4})\bIDENTIFIED[ \t]{1,4}(?:WITH[ \t]{1,4}[\w'"]{1,40}[ \t]{1,4})?(?:BY|AS)[ \t]{1,4}(?:PASSWORD[ \t]{1,4})?(?<quote>['"])(?<value>[^'"\n]{1,200})\k<quote>/gi,
  /\b(?:CREATE|ALTER)[ \t]{1,4}(?:USER|ROLE|LOGIN)\b[^;'\n]{0,120}\b(?:ENCRYPTED[ \t]{1,4})?PASSWORD[ \t]{0,4}=?[ \t]{0,4}N?'(?<value>[^'\n]{1,200})'/gi,
  /\bSET[ \t]{1,4}PASSWORD[ \t]{0,4}(?:FOR[^=\n]{1,80})?=[ \t]{0,4}(?:PASSWORD[ \t]{0,4}\()?N?'(?<value>[^'\n]{1,200})'/gi,
];

/** `CREATE USER … IDENTIFIED BY '…'`, `ALTER ROLE … PASSWORD '…'`, wherever SQL stands. */
export function scanSql(text: string): readonly Match[] {
  const found: Match[] = [];
  if (!/identified|password/i.test(text)) return found;
  for (const pattern of SQL) {
    for (const match of text.matchAll(pattern)) {
      const value = match.groups?.value ?? '';
      if (!isLiteralArgument(value)) continue;
      const start = match.index + match[0].lastIndexOf(value);
      found.push({
        kind: /identified/i.test(match[0]) ? 'mysql' : 'password',
        start,
        end: start + value.length,
        name: nameOfUser(text.slice(Math.max(0, match.index - 120), start)) ?? 'database user',
        rule: 'generic/sql',
        confidence: 'medium',
        encoding: 'plain',
      });
    }
  }
  return found;
}

/** The user that the statement, or what stands before it on its line, is about. */
function nameOfUser(before: string): string | undefined {
  return /\b(?:USER|ROLE|LOGIN)\s{1,4}(?:IF NOT EXISTS\s{1,4})?["'`]?([\w-]{1,60})/i.exec(
    before.slice(before.lastIndexOf('\n') + 1),
  )?.[1];
}
