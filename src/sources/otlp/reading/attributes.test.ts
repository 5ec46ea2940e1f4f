import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ATTRIBUTE_COUNT,
  attributeAt,
  attributeNamed,
  COUNTED_ATTRIBUTES,
  ROLE,
  ROLE_COUNT,
  ROLE_OF,
} from './attributes.ts';

function at(name: string): number {
  const bytes = Buffer.from(`xx${name}yy`);
  return attributeAt(bytes, 2, bytes.length - 4, ATTRIBUTE_COUNT);
}

describe('the name of an attribute', () => {
  it.each([
    ['service.name', 'serviceName'],
    ['http.route', 'httpRoute'],
    ['http.target', 'urlPath'],
    ['http.request.header.authorization', 'authorization'],
    ['messaging.destination.anonymous', 'temporary'],
    ['graphql.source', 'graphqlDocument'],
  ] as const)('%s is found by its bytes', (name, role) => {
    expect(at(name)).toBe(attributeNamed(name));
    expect(ROLE_OF[at(name)]).toBe(ROLE[role]);
  });

  it.each(['', 'x', 'http.routes', 'http.rout', 'HTTP.ROUTE', 'http.routf', 'thread.name'])(
    '%j is none that is wanted',
    (name) => {
      expect(at(name)).toBe(-1);
      expect(attributeNamed(name)).toBe(-1);
    },
  );

  it.each([
    ['service.name', true],
    ['reeve.mtls.peer', true],
    ['http.response.body', true],
    ['peer.service', false],
    ['network.peer.address', false],
    ['db.system', false],
    ['k8s.pod.ip', false],
    ['container.image.tag', false],
  ])('%s serves more than single requests: %s', (name, isCounted) => {
    expect(attributeNamed(name)).toBeGreaterThan(-1);
    expect(attributeNamed(name) < COUNTED_ATTRIBUTES).toBe(isCounted);
  });

  it('is found by its bytes as it is by its text, whatever it is', () => {
    const near = fc
      .tuple(fc.constantFrom('http.route', 'url.path', 'rpc.method', 'server.port'), fc.nat(40))
      .map(([name, flip]) => `${name.slice(0, flip)}_${name.slice(flip + 1)}`);
    fc.assert(
      fc.property(fc.oneof(fc.string(), near), (name) => {
        expect(at(name)).toBe(attributeNamed(name));
      }),
    );
  });

  it('has a role that fits into the bits of two numbers', () => {
    expect(ROLE_COUNT).toBeLessThanOrEqual(64);
  });
});
