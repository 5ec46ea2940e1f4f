import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FederationConfig } from './config.ts';
import { parseWish } from './relation.ts';

const web = {
  trustDomain: 'other.example',
  url: 'https://bundles.other.example/bundle.json',
  profile: 'https_web',
};
const spiffe = {
  ...web,
  profile: 'https_spiffe',
  endpointSpiffeId: 'spiffe://other.example/reeve/server',
  bundleFile: '/etc/reeve/other.json',
};
const problemsOf = (said: unknown) =>
  FederationConfig.safeParse(said).error?.issues.map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  ) ?? [];
const withRelation = (relation: object) => problemsOf({ trustDomains: [relation] });

describe('the configuration of federation', () => {
  it('serves nothing and asks nobody where it says nothing', () => {
    const { endpoint, trustDomains } = FederationConfig.parse({});
    expect([endpoint, trustDomains]).toEqual([undefined, []]);
  });

  it('serves on loopback with an SVID where it says no more', () => {
    expect(FederationConfig.parse({ endpoint: {} }).endpoint).toEqual({
      ...{ host: '127.0.0.1', port: 7_444, path: '/', maxConnections: 256, requestSeconds: 10 },
      authentication: { profile: 'https_spiffe' },
    });
  });

  it.each<[string, object]>([
    ['on the web', web],
    ['on the web, with authorities of its own', { ...web, caFile: '/etc/ca.pem' }],
    ['with an SVID', spiffe],
    [
      'with an SVID of a third trust domain, whose bundle is had otherwise',
      { ...spiffe, endpointSpiffeId: 'spiffe://third.example/e', bundleFile: undefined },
    ],
    ['at an address with a port and a query', { ...web, url: 'https://[::1]:8443/?of=other' }],
    ['that was restored from a backup', { ...web, allowOlder: true }],
  ])('names an endpoint %s', (_, relation) => {
    expect(withRelation(relation)).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['plain http', { ...web, url: 'http://other.example/' }, 'url: must be an https URL'],
    ['no URL', { ...web, url: 'other.example' }, 'url: must be an https URL'],
    ['a user', { ...web, url: 'https://me@other.example/' }, 'url: must not hold a user name'],
    ['a password', { ...web, url: 'https://:p@other.example/' }, 'url: must not hold a user name'],
    ['an empty user', { ...web, url: 'https://@other.example/' }, 'url: must not hold a user name'],
    [
      'a user without slashes',
      { ...web, url: 'https:me@other.example/' },
      'url: must be an https URL',
    ],
    ['a backslash', { ...web, url: 'https://a.example\\@b.example/' }, 'url: must be an https URL'],
    ['a line feed', { ...web, url: 'https://a.example/\n' }, 'url: must be an https URL'],
    ['a fragment', { ...web, url: 'https://other.example/#a' }, 'url: must not have a fragment'],
    [
      'a long URL',
      { ...web, url: `https://a.example/${'a'.repeat(2_048)}` },
      'url: must have at most 2048',
    ],
    ['no trust domain', { ...web, trustDomain: '' }, 'trustDomain: '],
    ['capitals', { ...web, trustDomain: 'Other.example' }, 'trustDomain: `Other.example` is not'],
    [
      'an ID',
      { ...web, trustDomain: 'spiffe://a.example' },
      'trustDomain: must be written without',
    ],
    ['another profile', { ...web, profile: 'http' }, 'profile: Invalid'],
    ['no endpoint', { ...spiffe, endpointSpiffeId: undefined }, 'endpointSpiffeId: '],
    [
      'an endpoint that is a trust domain',
      { ...spiffe, endpointSpiffeId: 'spiffe://other.example' },
      'endpointSpiffeId: must have a path',
    ],
    [
      'an endpoint that cannot be believed',
      { ...spiffe, bundleFile: undefined },
      'bundleFile: is needed',
    ],
    ['an endpoint on the web', { ...spiffe, profile: 'https_web' }, 'Unrecognized key'],
    ['something unknown', { ...web, more: 1 }, 'Unrecognized key'],
  ])('does not take %s', (_, relation, problem) => {
    expect(withRelation(relation)).toEqual([expect.stringContaining(`trustDomains.0`)]);
    expect(withRelation(relation)[0]).toContain(problem);
  });

  it.each<[string, object, string]>([
    ['a trust domain twice', { trustDomains: [web, web] }, 'trustDomains.1.trustDomain: stands'],
    [
      'more trust domains than it allows',
      { trustDomains: [web, { ...web, trustDomain: 'b.example' }], maxTrustDomains: 1 },
      'trustDomains: has 2',
    ],
    [
      'bounds that exclude each other',
      { minRefreshSeconds: 60, maxRefreshSeconds: 59 },
      'minRefreshSeconds: must not be more',
    ],
    ['a path without a slash', { endpoint: { path: 'bundle' } }, 'endpoint.path: must begin'],
    ['a path with a query', { endpoint: { path: '/a?b' } }, 'endpoint.path: must begin'],
    [
      'a certificate without its key',
      { endpoint: { authentication: { profile: 'https_web', certificateFile: 'a' } } },
      'endpoint.authentication.keyFile',
    ],
  ])('does not take %s', (_, said, problem) => {
    expect(problemsOf(said)).toEqual([expect.stringContaining(problem)]);
  });
});

describe('a relation that somebody wishes', () => {
  it('holds texts, and names no files', () => {
    const { bundleFile: _, ...others } = spiffe;
    expect(parseWish({ ...others, bundle: '{"keys":[]}' })).toMatchObject({ allowOlder: false });
    for (const odd of [spiffe, { ...web, caFile: '/etc/passwd' }, { ...web, ca: '' }, null, 'a']) {
      expect(() => parseWish(odd)).toThrow(
        expect.objectContaining({ code: 'identity/federation-invalid' }),
      );
    }
  });

  it('may be anything at all, which gives a relation or a fault', () => {
    const member = fc.oneof(fc.anything(), fc.webUrl(), fc.constantFrom(...Object.values(spiffe)));
    const wish = fc.record(
      {
        trustDomain: member,
        url: member,
        profile: member,
        endpointSpiffeId: member,
        bundle: member,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(fc.anything(), wish), (said) => {
        try {
          expect(parseWish(said).url).toMatch(/^https:/);
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'identity/federation-invalid' });
        }
      }),
    );
  });

  it('is told everything that is wrong with it', () => {
    const wrong = { ...web, trustDomain: 'A', url: 'http://a' };
    expect(() => parseWish(wrong)).toThrow(/trustDomain: .*url: must be an https URL/);
  });
});
