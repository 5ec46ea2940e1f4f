import { hasBase62Checksum } from '../../base/base62.ts';
import { claimsOf } from './claims.ts';
import type { Confidence, Match } from './match.ts';
import { nameBefore } from './names.ts';
import { isPlaceholder, isReference } from './placeholders.ts';
import { isPattern } from './strength.ts';

/** A credential that is known by its form. */
interface Provider {
  readonly id: string;
  readonly kind: string;
  /** One of these occurs wherever the pattern matches: a cheap question before the dear one. Lower
   *  case; compared without regard to case where `anyCase` is set. */
  readonly keywords: readonly string[];
  readonly anyCase?: true;
  /** Global, linear; group `value` where the value is not the whole. Begins at a token's edge, so that
   *  no character is tried more than a fixed number of times. */
  readonly pattern: RegExp;
  /** Confidence in what matched; undefined throws it away. Default: high. */
  readonly check?: (value: string) => Confidence | undefined;
  readonly expires?: (value: string) => string | undefined;
}

const checksummed = (value: string): Confidence => (hasBase62Checksum(value) ? 'high' : 'low');

/** A token with a literal prefix. `body` is a character class with bounded repetition. */
function prefixed(
  id: string,
  kind: string,
  prefix: string,
  body: string,
  check?: Provider['check'],
): Provider {
  return {
    id,
    kind,
    keywords: [prefix],
    pattern: new RegExp(`(?<![A-Za-z0-9_])${literally(prefix)}${body}(?![A-Za-z0-9_-])`, 'g'),
    ...(check && { check }),
  };
}

/** A token with no form of its own, known by the provider's name in front of it. */
function named(
  id: string,
  kind: string,
  words: readonly string[],
  body: string,
  suffix = '(?:key|token|secret|password|pass|pat)',
): Provider {
  const name = words.map(literally).join('|');
  return {
    id,
    kind,
    keywords: words,
    anyCase: true,
    pattern: new RegExp(
      `(?:${name})[\\w.-]{0,30}${suffix}[\\w.-]{0,10}["'\`]?\\]?[ \\t]{0,8}(?::=|=>|[:=,])[ \\t]{0,8}["'\`]?(?<value>${body})(?![A-Za-z0-9_+/=-])`,
      'gi',
    ),
  };
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

const HEX = (length: number | string): string => `[0-9a-f]{${length}}`;

/** Everyone's tokens, in one table. To add one, add a line. */
export const PROVIDERS: readonly Provider[] = [
  {
    id: 'aws-access-key-id',
    kind: 'aws-access-key',
    keywords: ['akia', 'asia', 'abia', 'acca'],
    anyCase: true,
    pattern: /(?<![A-Za-z0-9_])(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9_])/g,
    check: (value) => (value.includes('EXAMPLE') ? undefined : 'medium'),
  },
  {
    id: 'aws-secret-access-key',
    kind: 'aws-access-key',
    keywords: ['secret'],
    anyCase: true,
    pattern:
      /secret[_.-]?(?:access)?[_.-]?key["'`]?\]?[ \t]{0,8}(?::=|=>|[:=,])[ \t]{0,8}["'`]?(?<value>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/gi,
    check: (value) =>
      /EXAMPLE/i.test(value) || !/[A-Z]/.test(value) || !/[a-z]/.test(value) ? undefined : 'high',
  },
  prefixed('aws-bedrock-key', 'aws-access-key', 'ABSK', '[A-Za-z0-9+/]{109,260}={0,2}'),
  {
    ...prefixed(
      'aws-mws-key',
      'aws-access-key',
      'amzn.mws.',
      `${HEX(8)}-${HEX(4)}-${HEX(4)}-${HEX(4)}-${HEX(12)}`,
    ),
  },
  prefixed('github-token', 'github-token', 'ghp_', '[A-Za-z0-9]{36}', checksummed),
  prefixed('github-oauth-token', 'github-token', 'gho_', '[A-Za-z0-9]{36}', checksummed),
  prefixed('github-user-token', 'github-token', 'ghu_', '[A-Za-z0-9]{36}', checksummed),
  prefixed('github-server-token', 'github-token', 'ghs_', '[A-Za-z0-9]{36}', checksummed),
  prefixed('github-refresh-token', 'github-token', 'ghr_', '[A-Za-z0-9]{36,76}'),
  prefixed(
    'github-fine-grained-token',
    'github-token',
    'github_pat_',
    '[A-Za-z0-9]{22}_[A-Za-z0-9]{59}',
  ),
  prefixed(
    'gitlab-token',
    'gitlab-token',
    'glpat-',
    '[A-Za-z0-9_-]{20,300}(?:\\.[a-z0-9]{2}\\.[a-z0-9]{9})?',
  ),
  prefixed('gitlab-deploy-token', 'gitlab-token', 'gldt-', '[A-Za-z0-9_-]{20,64}'),
  prefixed(
    'gitlab-runner-token',
    'gitlab-token',
    'glrt-',
    '[A-Za-z0-9_-]{20,300}(?:\\.[a-z0-9]{2}\\.[a-z0-9]{9})?',
  ),
  prefixed('gitlab-trigger-token', 'gitlab-token', 'glptt-', '[0-9a-f]{40}'),
  prefixed('gitlab-job-token', 'gitlab-token', 'glcbt-', '[A-Za-z0-9_-]{20,64}'),
  named('bitbucket-secret', 'bitbucket-token', ['bitbucket'], '[A-Za-z0-9_=-]{32,64}'),
  prefixed('atlassian-token', 'atlassian-token', 'ATATT3', '[A-Za-z0-9_=-]{100,250}'),
  {
    id: 'slack-token',
    kind: 'slack-token',
    keywords: ['xox', 'xapp-', 'xwfp-'],
    pattern:
      /(?<![A-Za-z0-9_])(?:xox[abeoprs](?:-\d+)?|xapp-\d|xwfp)-[A-Za-z0-9-]{10,250}(?![A-Za-z0-9_-])/g,
  },
  {
    id: 'slack-webhook',
    kind: 'webhook',
    keywords: ['hooks.slack.com'],
    pattern:
      /https:\/\/hooks\.slack\.com\/(?:services|workflows|triggers)\/(?<value>[A-Za-z0-9+/]{40,80})/g,
  },
  {
    id: 'discord-webhook',
    kind: 'webhook',
    keywords: ['/api/webhooks/'],
    pattern:
      /https:\/\/(?:\w{1,10}\.)?discord(?:app)?\.com\/api\/webhooks\/(?<value>\d{17,20}\/[A-Za-z0-9_-]{60,80})/g,
  },
  {
    id: 'teams-webhook',
    kind: 'webhook',
    keywords: ['webhook.office.com'],
    pattern:
      /https:\/\/[\w-]{1,60}\.webhook\.office\.com\/webhookb2\/(?<value>[a-z0-9@-]{73}\/IncomingWebhook\/[a-z0-9]{32}\/[a-z0-9-]{36})/g,
  },
  {
    id: 'discord-bot-token',
    kind: 'discord-token',
    keywords: ['.'],
    pattern:
      /(?<![A-Za-z0-9_.-])[MNO][A-Za-z\d_-]{23,25}\.[A-Za-z\d_-]{6}\.[A-Za-z\d_-]{27,38}(?![A-Za-z0-9_.-])/g,
    check: (value) =>
      /^\d{15,20}$/.test(Buffer.from(value.split('.')[0] ?? '', 'base64').toString('latin1'))
        ? 'high'
        : undefined,
  },
  {
    id: 'stripe-key',
    kind: 'stripe-key',
    keywords: ['k_live_', 'k_test_'],
    pattern: /(?<![A-Za-z0-9_])[sr]k_(?:live|test)_[A-Za-z0-9]{16,247}(?![A-Za-z0-9_])/g,
  },
  prefixed('stripe-webhook-secret', 'stripe-key', 'whsec_', '[A-Za-z0-9+/]{32,64}={0,2}'),
  prefixed('google-api-key', 'google-api-key', 'AIza', '[A-Za-z0-9_-]{35}'),
  prefixed('google-oauth-secret', 'client-secret', 'GOCSPX-', '[A-Za-z0-9_-]{28}'),
  prefixed('google-access-token', 'token', 'ya29.', '[A-Za-z0-9_-]{30,500}'),
  prefixed('google-refresh-token', 'token', '1//0', '[A-Za-z0-9_-]{40,120}'),
  {
    id: 'azure-storage-key',
    kind: 'azure-storage-key',
    keywords: ['accountkey=', 'sharedaccesskey='],
    anyCase: true,
    pattern: /(?:Account|SharedAccess)Key=(?<value>[A-Za-z0-9+/]{42,86}={1,2})/gi,
  },
  {
    id: 'azure-sas',
    kind: 'azure-sas',
    keywords: ['sig='],
    pattern:
      /[?&](?:sv|se|sp|sr|st|spr|ss|srt)=[^\s"'<>#]{1,400}?&sig=(?<value>[A-Za-z0-9%+/]{40,80}(?:%3D|=)?)/gi,
  },
  {
    id: 'azure-client-secret',
    kind: 'client-secret',
    keywords: ['q~'],
    anyCase: true,
    pattern:
      /(?<![A-Za-z0-9_~.-])[A-Za-z0-9_~.-]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~.-])/g,
  },
  prefixed('npm-token', 'npm-token', 'npm_', '[A-Za-z0-9]{36}', checksummed),
  prefixed('reeve-api-key', 'api-key', 'rvk_', '[0-9A-Za-z]{11}_[0-9A-Za-z]{49}', checksummed),
  prefixed('reeve-person-token', 'token', 'rvp_', '[A-Za-z0-9_-]{43}'),
  prefixed('pypi-token', 'pypi-token', 'pypi-AgE', '[A-Za-z0-9_-]{50,1000}'),
  prefixed('rubygems-key', 'api-key', 'rubygems_', '[0-9a-f]{48}'),
  prefixed('crates-token', 'api-key', 'cio', '[A-Za-z0-9]{32}'),
  prefixed('nuget-key', 'api-key', 'oy2', '[a-z0-9]{43}'),
  {
    id: 'docker-hub-token',
    kind: 'docker-token',
    keywords: ['dckr_'],
    pattern: /(?<![A-Za-z0-9_])dckr_(?:pat|oat)_[A-Za-z0-9_-]{27,40}(?![A-Za-z0-9_-])/g,
  },
  prefixed('twilio-api-key', 'twilio-key', 'SK', '[0-9a-f]{32}'),
  named('twilio-auth-token', 'twilio-key', ['twilio'], HEX(32)),
  prefixed('sendgrid-key', 'sendgrid-key', 'SG.', '[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43}'),
  {
    id: 'mailgun-key',
    kind: 'mailgun-key',
    keywords: ['key-'],
    pattern: /(?<![A-Za-z0-9_-])key-[0-9a-f]{32}(?![A-Za-z0-9_-])/g,
  },
  {
    id: 'mailchimp-key',
    kind: 'mailchimp-key',
    keywords: ['-us'],
    pattern: /(?<![A-Za-z0-9_-])[0-9a-f]{32}-us\d{1,2}(?![A-Za-z0-9_-])/g,
  },
  prefixed('brevo-key', 'api-key', 'xkeysib-', '[0-9a-f]{64}-[A-Za-z0-9]{16}'),
  prefixed('postman-key', 'api-key', 'PMAK-', '[0-9a-f]{24}-[0-9a-f]{34}'),
  {
    id: 'digitalocean-token',
    kind: 'digitalocean-token',
    keywords: ['_v1_'],
    pattern: /(?<![A-Za-z0-9_])do[opr]_v1_[0-9a-f]{64}(?![A-Za-z0-9_])/g,
  },
  prefixed('heroku-token', 'heroku-key', 'HRKU-', '[A-Za-z0-9_-]{36,64}'),
  named(
    'heroku-api-key',
    'heroku-key',
    ['heroku'],
    `${HEX(8)}-${HEX(4)}-${HEX(4)}-${HEX(4)}-${HEX(12)}|${HEX(32)}`,
  ),
  {
    id: 'shopify-token',
    kind: 'shopify-token',
    keywords: ['shp'],
    pattern: /(?<![A-Za-z0-9_])shp(?:at|ca|pa|ss|ua)_[0-9a-fA-F]{32}(?![A-Za-z0-9_])/g,
  },
  {
    id: 'square-token',
    kind: 'square-token',
    keywords: ['sq0', 'eaaa'],
    anyCase: true,
    pattern:
      /(?<![A-Za-z0-9_-])(?:sq0(?:atp|csp|idp)-[A-Za-z0-9_-]{22,43}|EAAA[lE][A-Za-z0-9_-]{59})(?![A-Za-z0-9_-])/g,
  },
  {
    id: 'telegram-bot-token',
    kind: 'telegram-token',
    keywords: [':aa'],
    anyCase: true,
    pattern: /(?<![A-Za-z0-9_:-])(?:bot)?\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])/g,
  },
  {
    id: 'anthropic-key',
    kind: 'anthropic-key',
    keywords: ['sk-ant-'],
    pattern: /(?<![A-Za-z0-9_])sk-ant-[a-z]{2,8}\d{2}-[A-Za-z0-9_-]{80,120}(?![A-Za-z0-9_-])/g,
  },
  {
    id: 'openai-key',
    kind: 'openai-key',
    keywords: ['sk-'],
    pattern:
      /(?<![A-Za-z0-9_])sk-(?:[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}|(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20,250}|[A-Za-z0-9]{48})(?![A-Za-z0-9_-])/g,
  },
  prefixed('huggingface-token', 'huggingface-token', 'hf_', '[A-Za-z]{34}'),
  prefixed('groq-key', 'api-key', 'gsk_', '[A-Za-z0-9]{52}'),
  prefixed('replicate-token', 'api-key', 'r8_', '[A-Za-z0-9]{37}'),
  prefixed('vault-service-token', 'vault-token', 'hvs.', '[A-Za-z0-9_-]{20,200}'),
  prefixed('vault-batch-token', 'vault-token', 'hvb.', '[A-Za-z0-9_-]{100,400}'),
  named('vault-legacy-token', 'vault-token', ['vault'], 's\\.[A-Za-z0-9]{24}'),
  {
    id: 'terraform-cloud-token',
    kind: 'terraform-token',
    keywords: ['.atlasv1.'],
    pattern: /(?<![A-Za-z0-9_])[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70}(?![A-Za-z0-9_-])/g,
  },
  prefixed('databricks-token', 'databricks-token', 'dapi', '[0-9a-f]{32}(?:-\\d)?'),
  named(
    'datadog-key',
    'datadog-key',
    ['datadog', 'dd_api', 'dd_app', 'dd-api', 'ddapi'],
    `${HEX(40)}|${HEX(32)}`,
    '(?:key|token)?',
  ),
  prefixed('newrelic-user-key', 'newrelic-key', 'NRAK-', '[A-Z0-9]{27}'),
  named(
    'newrelic-license-key',
    'newrelic-key',
    ['newrelic', 'new_relic', 'new-relic'],
    `${HEX(36)}NRAL|eu01xx${HEX(34)}|${HEX(40)}`,
  ),
  prefixed('grafana-token', 'grafana-token', 'glsa_', '[A-Za-z0-9]{32}_[0-9a-f]{8}'),
  prefixed('grafana-cloud-token', 'grafana-token', 'glc_', '[A-Za-z0-9+/]{32,400}={0,2}'),
  prefixed('sentry-token', 'sentry-token', 'sntrys_', '[A-Za-z0-9+/=_]{60,300}'),
  prefixed('sentry-user-token', 'sentry-token', 'sntryu_', '[0-9a-f]{64}'),
  {
    id: 'linear-key',
    kind: 'api-key',
    keywords: ['lin_'],
    pattern: /(?<![A-Za-z0-9_])lin_(?:api|oauth)_[A-Za-z0-9]{40,64}(?![A-Za-z0-9_])/g,
  },
  {
    id: 'notion-token',
    kind: 'api-key',
    keywords: ['ntn_'],
    pattern: /(?<![A-Za-z0-9_])ntn_[0-9]{11}[A-Za-z0-9]{35}(?![A-Za-z0-9_])/g,
  },
  prefixed('airtable-token', 'api-key', 'pat', '[A-Za-z0-9]{14}\\.[0-9a-f]{64}'),
  prefixed('supabase-token', 'api-key', 'sbp_', '[0-9a-f]{40}'),
  prefixed('planetscale-password', 'mysql', 'pscale_pw_', '[A-Za-z0-9_.=-]{32,64}'),
  prefixed('planetscale-token', 'api-key', 'pscale_tkn_', '[A-Za-z0-9_.=-]{32,64}'),
  prefixed('doppler-token', 'api-key', 'dp.pt.', '[A-Za-z0-9]{43}'),
  prefixed('flyio-token', 'api-key', 'fo1_', '[A-Za-z0-9_-]{43}'),
  prefixed('pulumi-token', 'api-key', 'pul-', '[0-9a-f]{40}'),
  prefixed('artifactory-token', 'artifactory-token', 'AKCp', '[A-Za-z0-9]{60,80}'),
  named(
    'cloudflare-key',
    'cloudflare-token',
    ['cloudflare', 'cf_api'],
    `[A-Za-z0-9_-]{40}|${HEX(37)}`,
  ),
  prefixed('alibaba-key-id', 'alibaba-access-key', 'LTAI', '[A-Za-z0-9]{12,24}', () => 'medium'),
  prefixed('age-key', 'age-key', 'AGE-SECRET-KEY-1', '[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}'),
  {
    id: 'jwt',
    kind: 'jwt',
    keywords: ['eyj'],
    anyCase: true,
    pattern:
      /(?<![A-Za-z0-9_.-])eyJ[A-Za-z0-9_-]{10,4000}\.eyJ[A-Za-z0-9_-]{10,8000}\.[A-Za-z0-9_-]{16,2000}(?![A-Za-z0-9_-])/g,
    check: (value) => {
      const claims = claimsOf(value);
      return claims && claims.name !== 'John Doe' ? 'high' : undefined;
    },
    expires: (value) => {
      const seconds = claimsOf(value)?.exp;
      return typeof seconds === 'number' && seconds > 0 && seconds < 8e12 / 1000
        ? new Date(seconds * 1000).toISOString()
        : undefined;
    },
  },
  {
    id: 'bearer-header',
    kind: 'token',
    keywords: ['bearer '],
    anyCase: true,
    pattern:
      /authorization["'`]?\]?[ \t]{0,4}[:=,][ \t]{0,4}["'`]?bearer[ ]{1,4}(?<value>[A-Za-z0-9_.~+/-]{16,2000}={0,2})/gi,
    check: (value) => (/\d/.test(value) ? 'medium' : undefined),
  },
  {
    id: 'basic-header',
    kind: 'basic-auth',
    keywords: ['basic '],
    anyCase: true,
    pattern:
      /(?:authorization["'`]?\]?[ \t]{0,4}[:=,][ \t]{0,4}["'`]?|["'`])basic[ ]{1,4}(?<value>[A-Za-z0-9+/]{6,400}={0,2})/gi,
    check: (value) =>
      /^[\x20-\x7e]+:[\x20-\x7e]+$/.test(Buffer.from(value, 'base64').toString('latin1'))
        ? 'high'
        : undefined,
  },
];

/** Most texts hold no keyword of any provider of this kind: one look tells. */
const isRare = ({ anyCase, keywords }: Provider) =>
  !anyCase && keywords.every((keyword) => keyword.length >= 4);
const RARE_KEYWORD = new RegExp(
  PROVIDERS.filter(isRare)
    .flatMap(({ keywords }) => keywords)
    .map((keyword) => RegExp.escape(keyword))
    .join('|'),
);
const COMMON_PROVIDERS = PROVIDERS.filter((provider) => !isRare(provider));

/** Every value in the text that has a provider's form. */
export function scanProviders(text: string): readonly Match[] {
  const lower = text.toLowerCase();
  const found: Match[] = [];
  for (const provider of RARE_KEYWORD.test(text) ? PROVIDERS : COMMON_PROVIDERS) {
    const haystack = provider.anyCase ? lower : text;
    if (!provider.keywords.some((keyword) => haystack.includes(keyword))) continue;
    for (const match of text.matchAll(provider.pattern)) {
      const value = match.groups?.value ?? match[0];
      const start = match.index + match[0].lastIndexOf(value);
      const confidence = judge(provider, value);
      const expires = provider.expires?.(value);
      if (confidence === undefined) continue;
      found.push({
        kind: provider.kind,
        start,
        end: start + value.length,
        name: nameBefore(text, start) ?? provider.kind,
        rule: provider.id,
        confidence,
        encoding: 'plain',
        ...(expires !== undefined && { expires }),
      });
    }
  }
  return found;
}

/** Documentation writes `ghp_xxxx…` and `AKIA0123456789ABCDEF`. */
function judge(provider: Provider, value: string): Confidence | undefined {
  const body = value.replace(/^[A-Za-z0-9]{1,10}[-_.]/, '');
  if (isPattern(body) || isPlaceholder(body) || isReference(body)) return undefined;
  if (new Set(body).size < Math.min(7, body.length / 3)) return undefined;
  return provider.check ? provider.check(value) : 'high';
}
