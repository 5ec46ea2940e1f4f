import { describe, expect, it } from 'vitest';
import { AuthorityConfig } from './config.ts';

const HOUR = 3_600;
const DAY = 24 * HOUR;
const bao = { kind: 'openbao', url: 'https://bao.example.org:8200', tokenFile: '/run/token' };

describe('the configuration of an authority', () => {
  it("has SPIRE's lifetimes unless it says otherwise", () => {
    expect(AuthorityConfig.parse({})).toMatchObject({
      x509: { authorityTtlSeconds: DAY, svidTtlSeconds: HOUR, keyType: 'P-256' },
      jwt: { authorityTtlSeconds: DAY, svidTtlSeconds: 300, algorithm: 'ES256' },
      refreshHintSeconds: 300,
      skewSeconds: 60,
      upstream: { kind: 'none' },
    });
  });

  it.each([
    ['an SVID of a sixth', { x509: { svidTtlSeconds: 4 * HOUR } }],
    ['authorities of ten years', { x509: { authorityTtlSeconds: 3_650 * DAY } }],
    [
      'authorities of a minute, for a test',
      {
        x509: { authorityTtlSeconds: 60, svidTtlSeconds: 10 },
        jwt: { authorityTtlSeconds: 60, svidTtlSeconds: 10 },
        ...{ refreshHintSeconds: 5, skewSeconds: 1 },
      },
    ],
    ['OpenBao on this machine', { upstream: { ...bao, url: 'http://127.0.0.1:8200' } }],
    ['a mount below others', { upstream: { ...bao, mount: 'teams/a/pki' } }],
    ['keys from a file and a variable', { keys: [{ file: '/k' }, { variable: 'K' }] }],
  ])('takes %s', (_, config) => {
    expect(AuthorityConfig.safeParse(config).error).toBeUndefined();
  });

  it.each([
    ['an unknown setting', { ttl: 1 }, '', 'Unrecognized key'],
    [
      'an SVID of more than a sixth',
      { x509: { svidTtlSeconds: 4 * HOUR + 1 } },
      'x509.svidTtlSeconds',
      'must be at most 14400',
    ],
    [
      'a JWT-SVID of more than a sixth',
      { jwt: { authorityTtlSeconds: HOUR, svidTtlSeconds: 601 } },
      'jwt.svidTtlSeconds',
      'must be at most 600',
    ],
    [
      'an authority too short to be published',
      { x509: { authorityTtlSeconds: HOUR, svidTtlSeconds: 60 }, refreshHintSeconds: 600 },
      'x509.authorityTtlSeconds',
      'leaves 1200 s',
    ],
    [
      'an authority of more than ten years',
      { x509: { authorityTtlSeconds: 3_651 * DAY } },
      'x509.authorityTtlSeconds',
      '315360000',
    ],
    ['a hint of nothing', { refreshHintSeconds: 0 }, 'refreshHintSeconds', '>=1'],
    ['another algorithm', { jwt: { algorithm: 'none' } }, 'jwt.algorithm', 'ES256'],
    ['an issuer without TLS', { jwt: { issuer: 'http://id.example.org' } }, 'jwt.issuer', ''],
    [
      'an issuer with a slash at its end',
      { jwt: { issuer: 'https://id.example.org/' } },
      'jwt.issuer',
      'no slash',
    ],
    ['both a file and a variable', { keys: [{ file: '/k', variable: 'K' }] }, 'keys.0', 'either'],
    ['neither', { keys: [{}] }, 'keys.0', 'either'],
    [
      'OpenBao without TLS',
      { upstream: { ...bao, url: 'http://bao.example.org' } },
      'upstream.url',
      'must be https',
    ],
    [
      'a mount that leads elsewhere',
      { upstream: { ...bao, mount: '../sys' } },
      'upstream.mount',
      '`..`',
    ],
    ['what is no address', { upstream: { ...bao, url: 'bao' } }, 'upstream.url', 'URL'],
    ['a mount with a query', { upstream: { ...bao, mount: 'pki?x' } }, 'upstream.mount', ''],
    ['a token in place of its file', { upstream: { ...bao, token: 'x' } }, 'upstream', 'token'],
  ])('refuses %s', (_, config, path, message) => {
    const issues = AuthorityConfig.safeParse(config).error?.issues ?? [];
    expect(issues.map((issue) => issue.path.join('.'))).toContain(path);
    expect(issues.map((issue) => issue.message).join()).toContain(message);
  });
});
