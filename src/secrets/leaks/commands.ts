import type { Match } from './match.ts';
import { isLiteralArgument } from './placeholders.ts';

/** Programs that take a password by an option which does not say so. Each pattern looks at one line and
 *  is bounded; group `value` is the password. */
const COMMANDS: readonly {
  readonly id: string;
  readonly kind: string;
  readonly word: string;
  readonly pattern: RegExp;
}[] = [
  {
    id: 'mysql',
    kind: 'mysql',
    word: 'mysql',
    pattern:
      /\bmysql(?:admin|dump|check|import|_upgrade|sh)?["']?,?[ \t](?:[^\n|;&]{0,200}?[ \t"'])?-p["']?(?<value>[^\s"'$<{-][^\s"'|;&]{0,100})/g,
  },
  {
    id: 'mongo',
    kind: 'mongodb',
    word: 'mongo',
    pattern:
      /\bmongo(?:sh|dump|restore|import|export)?[ \t](?:[^\n|;&]{0,200}?[ \t])?-p[ \t]{1,4}["']?(?<value>[^\s"'$<{-][^\s"'|;&]{0,100})/g,
  },
  {
    id: 'redis-cli',
    kind: 'redis',
    word: 'redis-cli',
    pattern:
      /\bredis-cli["']?,?[ \t](?:[^\n|;&]{0,200}?[ \t"'])?-a["']?,?[ \t]{1,4}["']?(?<value>[^\s"'$<{-][^\s"'|;&]{0,100})/g,
  },
  {
    id: 'curl',
    kind: 'basic-auth',
    word: 'curl',
    pattern:
      /\bcurl[ \t](?:[^\n|;]{0,300}?[ \t])?(?:-u|--user|--proxy-user)[ \t=]{0,4}["']?[\w.@%-]{1,60}:(?<value>[^\s"'$<{][^\s"'|;&]{0,100})/g,
  },
  {
    id: 'sshpass',
    kind: 'password',
    word: 'sshpass',
    pattern: /\bsshpass[ \t]{1,4}-p[ \t]{0,4}["']?(?<value>[^\s"'$<{][^\s"'|;&]{0,100})/g,
  },
  {
    id: 'docker-login',
    kind: 'password',
    word: 'login',
    pattern:
      /\b(?:docker|podman|helm registry|oras|crane|az|oc|skopeo)[ \t]login[ \t](?:[^\n|;&]{0,200}?[ \t])?-p[ \t]{1,4}["']?(?<value>[^\s"'$<{-][^\s"'|;&]{0,100})/g,
  },
  {
    id: 'keytool',
    kind: 'keystore',
    word: 'pass',
    pattern:
      /(?:[ \t"'])-(?:storepass|keypass|srcstorepass|deststorepass|srckeypass|destkeypass)["']?,?[ \t]{1,4}["']?(?<value>[^\s"'$<{-][^\s"'|;&]{0,100})/g,
  },
  {
    id: 'openssl',
    kind: 'password',
    word: 'pass:',
    pattern:
      /[ \t]-(?:passin|passout|pass|k)[ \t]{1,4}["']?pass:(?<value>[^\s"'$<{][^\s"'|;&]{0,100})/g,
  },
  {
    id: 'chpasswd',
    kind: 'password',
    word: 'chpasswd',
    pattern:
      /\becho[ \t]{1,4}["']?[\w.-]{1,40}:(?<value>[^\s"'$<{|][^\s"'|;&]{0,100})["']?[ \t]{0,4}\|[ \t]{0,4}(?:sudo[ \t]{1,4})?chpasswd/g,
  },
];

/** Passwords on command lines: `mysql -p…`, `curl -u user:…`. */
export function scanCommands(text: string): readonly Match[] {
  const found: Match[] = [];
  for (const { id, kind, word, pattern } of COMMANDS) {
    if (!text.includes(word)) continue;
    for (const match of text.matchAll(pattern)) {
      const value = match.groups?.value ?? '';
      if (!isLiteralArgument(value)) continue;
      const start = match.index + match[0].lastIndexOf(value);
      found.push({
        kind,
        start,
        end: start + value.length,
        name: `${id} password`,
        rule: `command/${id}`,
        confidence: 'medium',
        encoding: 'plain',
        argument: true,
      });
    }
  }
  return found;
}
