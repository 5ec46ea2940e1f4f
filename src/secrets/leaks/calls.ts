import type { Match } from './match.ts';
import { isLiteralArgument } from './placeholders.ts';

/** Calls that take a user and a password, by place and not by name. */
const LOGIN =
  /\b(?:login|authenticate|Set-?BasicAuth|HTTPBasicAuth|BasicAuth|httpBasic|PlainCredentials|PlainAuth|(?:Network|UsernamePassword\w{0,12}|Plain|PSC?)Credentials?|UsernamePasswordToken|getConnection|createConnection|withBasicAuth|basicAuthentication|inMemoryAuthentication|setBasicAuthentication)\((?<before>[^()\n]{0,200}?["'][\w.@+-]{1,80}["'],[ \t]{0,8})["'](?<value>[^"'\n]{3,120})["'](?=[ \t]{0,4}[,)])/gi;

/** Passwords handed over beside their user: `HTTPBasicAuth('admin', '…')`. */
export function scanCalls(text: string): readonly Match[] {
  const found: Match[] = [];
  for (const match of text.matchAll(LOGIN)) {
    const value = match.groups?.value ?? '';
    if (
      !isLiteralArgument(value) ||
      /\s|^(?:post|get|put|password|passw?d?|username)$|[/?=]/i.test(value)
    )
      continue;
    const start = match.index + match[0].length - value.length - 1;
    found.push({
      kind: 'password',
      start,
      end: start + value.length,
      name: /^[\w-]+/.exec(match[0])?.[0] ?? 'login',
      rule: 'generic/login-call',
      confidence: 'medium',
      encoding: 'plain',
    });
  }
  return found;
}
