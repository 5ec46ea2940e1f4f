import type { Match } from './match.ts';
import { isPlaceholder, isReference } from './placeholders.ts';

/** Files whose name says where a credential stands in them. */
interface Format {
  readonly id: string;
  readonly kind: string;
  readonly path: RegExp;
  /** Global; group `value` is the credential, group `name` what to call it. */
  readonly pattern: RegExp;
  readonly encoding?: Match['encoding'];
  /** The value is a password's hash, which has to be guessed first. */
  readonly check?: (value: string) => boolean;
}

const FORMATS: readonly Format[] = [
  {
    id: 'netrc',
    kind: 'password',
    path: /(?:^|\/)[._]?netrc$/,
    pattern:
      /\bmachine\s{1,8}(?<name>[\w.-]{1,200})(?:\s{1,8}(?:login|account)\s{1,8}\S{1,200}){0,2}\s{1,8}password\s{1,8}(?<value>\S{1,500})/g,
  },
  {
    id: 'pgpass',
    kind: 'postgres',
    path: /(?:^|\/)\.?pgpass(?:\.conf)?$/,
    pattern:
      /^(?<name>(?:[^:#\s]|\\:){1,200}):(?:\d{1,5}|\*):[^:\n]{1,100}:[^:\n]{1,100}:(?<value>[^\s]{1,500})$/gm,
  },
  {
    id: 'htpasswd',
    kind: 'password-hash',
    path: /htpasswd[^/]*$|(?:^|\/)passwd$|proftpd[\w.]*passwd/i,
    pattern:
      /^(?<name>[\w.@-]{1,100}):(?<value>(?:\$(?:apr1|2[abxy]|[1567y])\$|\{SHA\})[^\s:]{8,200}|[A-Za-z0-9./]{13}(?=$|:))/gm,
  },
  {
    id: 'shadow',
    kind: 'password-hash',
    path: /(?:^|\/)g?shadow-?$/,
    pattern: /^(?<name>[\w.-]{1,60}):(?<value>\$[^\s:]{8,300}|[A-Za-z0-9./]{13}(?=:))/gm,
  },
  {
    id: 'docker-config',
    kind: 'basic-auth',
    path: /(?:^|\/)(?:\.dockercfg|\.?dockerconfig(?:\.?json)?|(?:\.docker|docker|\.config\/containers)\/(?:config|auth)\.json|config\.json)$/,
    pattern:
      /"(?<name>auth|identitytoken|registrytoken)"\s{0,4}:\s{0,4}"(?<value>[A-Za-z0-9+/=_.-]{8,4000})"/g,
    check: (value) =>
      /^[\x20-\x7e]{1,200}:[\x20-\x7e]{1,}/.test(Buffer.from(value, 'base64').toString('latin1')) ||
      value.length > 200,
  },
  {
    id: 'npmrc',
    kind: 'npm-token',
    path: /(?:^|\/)\.?npmrc$|(?:^|\/)\.yarnrc(?:\.yml)?$/,
    pattern:
      /(?<name>_authToken|_auth|_password|npmAuthToken|npmAuthIdent)["']?\s{0,4}[:=]\s{0,4}["']?(?<value>[^\s"']{6,500})/g,
  },
  {
    id: 'kubeconfig',
    kind: 'private-key',
    path: /./,
    pattern: /\b(?<name>client-key-data)["']?: {0,4}["']?(?<value>[A-Za-z0-9+/]{60,8000}={0,2})/g,
    encoding: 'base64',
    check: (value) =>
      Buffer.from(value.slice(0, 60), 'base64').toString('latin1').includes('PRIVATE KEY'),
  },
  {
    id: 'password-hash',
    kind: 'password-hash',
    path: /\.sql$|\.dump$|shadow|passwd/,
    pattern:
      /['":](?<value>\$(?:2[abxy]\$\d\d\$[./A-Za-z0-9]{53}|[156y]\$[^\s'":]{20,200}|argon2id?\$[^\s'"]{20,200}|P\$[./A-Za-z0-9]{31})|[0-9a-f]{32}|\*[0-9A-F]{40})['":]/g,
    check: (value) => value.startsWith('$') || value.startsWith('*'),
  },
  {
    id: 'rails-master-key',
    kind: 'signing-key',
    path: /(?:^|\/)(?:master|credentials\/\w+)\.key$/,
    pattern: /^(?<value>[0-9a-f]{32})\s*$/g,
  },
  {
    id: 'esmtprc',
    kind: 'smtp',
    path: /(?:^|\/)\.?(?:esmtp|msmtp|mutt|fetchmail|muttng)rc$/,
    pattern:
      /^[ \t]*(?:set\s{1,4})?(?<name>(?:smtp_|imap_)?pass(?:word)?)\s{0,4}=?\s{1,4}["']?(?<value>[^\s"']{3,200})/gm,
  },
];

/** Credentials that stand where the file's format puts them, named or not. */
export function scanFormats(text: string, path: string): readonly Match[] {
  const found: Match[] = [];
  for (const format of FORMATS) {
    if (!format.path.test(path)) continue;
    for (const match of text.matchAll(format.pattern)) {
      const value = match.groups?.value ?? '';
      if (isReference(value) && !value.startsWith('/') && !value.startsWith('$')) continue;
      if (/^\$\{|^\$[A-Z_]+$/.test(value) || isPlaceholder(value)) continue;
      if (format.check && !format.check(value)) continue;
      const start = match.index + match[0].lastIndexOf(value);
      found.push({
        kind: format.kind,
        start,
        end: start + value.length,
        name: match.groups?.name ?? format.id,
        rule: `format/${format.id}`,
        confidence: 'high',
        encoding: format.encoding ?? 'plain',
      });
    }
  }
  return found;
}
