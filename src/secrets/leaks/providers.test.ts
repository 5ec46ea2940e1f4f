import { describe, expect, it } from 'vitest';
import { base62Checksum } from '../../base/base62.ts';
import { detect } from './detect.ts';
import { PROVIDERS } from './providers.ts';
import { ALPHANUMERIC, DIGITS, HEX, LOWER, made, UPPER } from './testing/made.ts';

const CODE = { syntax: 'code', path: 'main.go' } as const;
const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const checksummed = (prefix: string) => {
  const body = made(30, ALPHANUMERIC, prefix);
  return `${prefix}${body}${base62Checksum(body)}`;
};
const reeveBody = `${made(11, ALPHANUMERIC, 'name')}_${made(43)}`;
const reeveKey = `rvk_${reeveBody}${base62Checksum(reeveBody)}`;
const uuid = [8, 4, 4, 4, 12].map((length) => made(length, HEX, `uuid${length}`)).join('-');
const jwt = [
  base64url({ alg: 'HS256', typ: 'JWT' }),
  base64url({ sub: 'orders', exp: 1_900_000_000 }),
  made(43, ALPHANUMERIC, 'jwt'),
].join('.');

/** For each rule the text around the value, and the value; assembled from parts. */
const SAMPLES: Readonly<Record<string, readonly [before: string, value: string, after?: string]>> =
  {
    'aws-access-key-id': ['id = "', `AKIA${made(16, `${UPPER}234567`)}`],
    'aws-secret-access-key': ['aws_secret_access_key = ', made(40)],
    'aws-bedrock-key': ['"', `ABSK${made(120)}`],
    'aws-mws-key': ['"', `amzn.mws.${uuid}`],
    'github-token': ['"', checksummed('ghp_')],
    'github-oauth-token': ['"', checksummed('gho_')],
    'github-user-token': ['"', checksummed('ghu_')],
    'github-server-token': ['"', checksummed('ghs_')],
    'github-refresh-token': ['"', `ghr_${made(76)}`],
    'github-fine-grained-token': ['"', `github_pat_${made(22)}_${made(59)}`],
    'gitlab-token': ['"', `glpat-${made(20)}`],
    'gitlab-deploy-token': ['"', `gldt-${made(20)}`],
    'gitlab-runner-token': ['"', `glrt-${made(20)}`],
    'gitlab-trigger-token': ['"', `glptt-${made(40, HEX)}`],
    'gitlab-job-token': ['"', `glcbt-${made(24)}`],
    'bitbucket-secret': ['bitbucket_client_secret: "', made(32)],
    'atlassian-token': ['"', `ATATT3${made(180)}`],
    'slack-token': ['"', `xoxb-${made(12, DIGITS)}-${made(24)}`],
    'slack-webhook': [
      '"https://hooks.slack.com/services/',
      `T${made(8, UPPER)}/B${made(8, UPPER)}/${made(24)}`,
    ],
    'discord-webhook': ['"https://discord.com/api/webhooks/', `${made(18, DIGITS)}/${made(68)}`],
    'teams-webhook': [
      '"https://acme.webhook.office.com/webhookb2/',
      `${uuid}@${uuid}/IncomingWebhook/${made(32, HEX)}/${uuid}`,
    ],
    'discord-bot-token': [
      '"',
      `${Buffer.from(`1${made(17, DIGITS)}`).toString('base64url')}.${made(6)}.${made(38)}`,
    ],
    'stripe-key': ['"', `sk_live_${made(24)}`],
    'stripe-webhook-secret': ['"', `whsec_${made(32)}`],
    'google-api-key': ['"', `AIza${made(35)}`],
    'google-oauth-secret': ['"', `GOCSPX-${made(28)}`],
    'google-access-token': ['"', `ya29.${made(100)}`],
    'google-refresh-token': ['"', `1//0${made(60)}`],
    'azure-storage-key': ['"AccountName=shop;AccountKey=', `${made(86)}==`],
    'azure-sas': [
      '"https://shop.blob.core.windows.net/c?sv=2024-01-01&sr=c&sig=',
      `${made(43)}%3D`,
    ],
    'azure-client-secret': ['"', `${made(3)}8Q~${made(34)}`],
    'npm-token': ['"', checksummed('npm_')],
    'reeve-api-key': ['"', reeveKey],
    'reeve-person-token': ['"', `rvp_${made(43)}`],
    'pypi-token': ['"', `pypi-AgE${made(120)}`],
    'rubygems-key': ['"', `rubygems_${made(48, HEX)}`],
    'crates-token': ['"', `cio${made(32)}`],
    'nuget-key': ['"', `oy2${made(43, LOWER + DIGITS)}`],
    'docker-hub-token': ['"', `dckr_pat_${made(27)}`],
    'twilio-api-key': ['"', `SK${made(32, HEX)}`],
    'twilio-auth-token': ['twilio_auth_token = "', made(32, HEX)],
    'sendgrid-key': ['"', `SG.${made(22)}.${made(43)}`],
    'mailgun-key': ['"', `key-${made(32, HEX)}`],
    'mailchimp-key': ['"', `${made(32, HEX)}-us11`],
    'brevo-key': ['"', `xkeysib-${made(64, HEX)}-${made(16)}`],
    'postman-key': ['"', `PMAK-${made(24, HEX)}-${made(34, HEX)}`],
    'digitalocean-token': ['"', `dop_v1_${made(64, HEX)}`],
    'heroku-token': ['"', `HRKU-${made(40)}`],
    'heroku-api-key': ['HEROKU_API_KEY = "', uuid],
    'shopify-token': ['"', `shpat_${made(32, HEX)}`],
    'square-token': ['"', `sq0csp-${made(43)}`],
    'telegram-bot-token': ['"', `1${made(9, DIGITS)}:AA${made(33)}`],
    'anthropic-key': ['"', `sk-ant-api03-${made(95)}`],
    'openai-key': ['"', `sk-${made(20)}T3BlbkFJ${made(20, ALPHANUMERIC, 'end')}`],
    'huggingface-token': ['"', `hf_${made(34, LOWER + UPPER)}`],
    'groq-key': ['"', `gsk_${made(52)}`],
    'replicate-token': ['"', `r8_${made(37)}`],
    'vault-service-token': ['"', `hvs.${made(90)}`],
    'vault-batch-token': ['"', `hvb.${made(150)}`],
    'vault-legacy-token': ['VAULT_TOKEN = "', `s.${made(24)}`],
    'terraform-cloud-token': ['"', `${made(14)}.atlasv1.${made(67)}`],
    'databricks-token': ['"', `dapi${made(32, HEX)}`],
    'datadog-key': ['DD_API_KEY = "', made(32, HEX)],
    'newrelic-user-key': ['"', `NRAK-${made(27, UPPER + DIGITS)}`],
    'newrelic-license-key': ['NEW_RELIC_LICENSE_KEY = "', `${made(36, HEX)}NRAL`],
    'grafana-token': ['"', `glsa_${made(32)}_${made(8, HEX)}`],
    'grafana-cloud-token': ['"', `glc_${made(120)}`],
    'sentry-token': ['"', `sntrys_${made(120)}`],
    'sentry-user-token': ['"', `sntryu_${made(64, HEX)}`],
    'linear-key': ['"', `lin_api_${made(40)}`],
    'notion-token': ['"', `ntn_${made(11, DIGITS)}${made(35)}`],
    'airtable-token': ['"', `pat${made(14)}.${made(64, HEX)}`],
    'supabase-token': ['"', `sbp_${made(40, HEX)}`],
    'planetscale-password': ['"', `pscale_pw_${made(43)}`],
    'planetscale-token': ['"', `pscale_tkn_${made(43)}`],
    'doppler-token': ['"', `dp.pt.${made(43)}`],
    'flyio-token': ['"', `fo1_${made(43)}`],
    'pulumi-token': ['"', `pul-${made(40, HEX)}`],
    'artifactory-token': ['"', `AKCp${made(69)}`],
    'cloudflare-key': ['CLOUDFLARE_API_TOKEN = "', made(40)],
    'alibaba-key-id': ['"', `LTAI${made(20)}`],
    'age-key': ['"', `AGE-SECRET-KEY-1${made(58, 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L')}`],
    jwt: ['"', jwt],
    'bearer-header': ['Authorization: Bearer ', made(40), ''],
    'basic-header': [
      'Authorization: Basic ',
      Buffer.from(`orders:${made(12)}`).toString('base64'),
      '',
    ],
  };

describe('provider patterns', () => {
  it('each have a sample', () => {
    expect(Object.keys(SAMPLES).sort()).toEqual(PROVIDERS.map(({ id }) => id).sort());
  });

  it.each(Object.entries(SAMPLES))(
    'find %s where it stands',
    (rule, [before, value, after = '"']) => {
      const text = `first line\nx ${before}${value}${after}\n`;
      const [match, ...others] = detect(text, CODE);
      expect(others).toEqual([]);
      expect(match?.rule).toBe(rule);
      expect(text.slice(match?.start, match?.end)).toBe(value);
    },
  );

  it.each(Object.entries(SAMPLES).filter(([, [, value]]) => value.length > 24))(
    'leave %s alone where its body is crossed out',
    (_, [before, value, after = '"']) => {
      const crossed = value.slice(0, 8) + 'x'.repeat(value.length - 8);
      expect(detect(`x ${before}${crossed}${after}\n`, CODE)).toEqual([]);
    },
  );

  it('know the checksum of GitHub and npm', () => {
    // CRC-32 of `123456789` is cbf43926, the check value of its definition.
    expect(base62Checksum('123456789')).toBe('3jZRME');
    expect(base62Checksum('')).toBe('000000');
  });

  it.each([
    ['GitHub', checksummed('ghp_')],
    ['Reeve', reeveKey],
  ])('doubt a token of %s whose checksum is wrong', (_, right) => {
    const wrong = right.slice(0, -1) + (right.endsWith('a') ? 'b' : 'a');
    expect(detect(`t = "${right}"`, CODE)[0]?.confidence).toBe('high');
    expect(detect(`t = "${wrong}"`, CODE)[0]?.confidence).toBe('low');
  });

  it("tell a JWT's end and leave the one of every tutorial alone", () => {
    expect(detect(`t = "${jwt}"`, CODE)[0]?.expires).toBe('2030-03-17T17:46:40.000Z');
    const tutorial = `${base64url({ alg: 'HS256' })}.${base64url({ sub: '1234567890', name: 'John Doe' })}.${made(43)}`;
    expect(detect(`t = "${tutorial}"`, CODE)).toEqual([]);
  });

  it('take an AWS key id and its secret for one credential', () => {
    const [, id] = SAMPLES['aws-access-key-id'] ?? [];
    const text = `aws_access_key_id = ${id}\naws_secret_access_key = ${made(40)}\n`;
    expect(detect(text, { syntax: 'properties', path: 'credentials' })).toMatchObject([
      { rule: 'aws-secret-access-key', kind: 'aws-access-key', name: 'aws_secret_access_key' },
    ]);
  });
});
