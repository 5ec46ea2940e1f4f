import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLUSTER_RULES, reachedBy } from './clusters.ts';
import { NO_NODE, partyOf } from './node.ts';

const SHA = 'da39a3ee5e';

describe('a cluster', () => {
  it.each([
    ['inbound|8080||', { to: 'self' }],
    ['inbound|8080|http|orders.shop.svc.cluster.local', { to: 'self' }],
    ['inbound_.8080_._.orders.shop.svc.cluster.local', { to: 'self' }],
    [
      'inbound-vip|80|http|orders.shop.svc.cluster.local',
      { to: 'address', host: 'orders.shop.svc.cluster.local', port: 80 },
    ],
    ['InboundPassthroughClusterIpv4', { to: 'self' }],
    [
      'outbound|9080||reviews.default.svc.cluster.local',
      { to: 'address', host: 'reviews.default.svc.cluster.local', port: 9080 },
    ],
    [
      'outbound_.9080_.v2_.reviews.default.svc.cluster.local',
      { to: 'address', host: 'reviews.default.svc.cluster.local', port: 9080 },
    ],
    ['outbound|443||api.stripe.com', { to: 'address', host: 'api.stripe.com', port: 443 }],
    ['PassthroughCluster', { to: 'authority' }],
    ['BlackHoleCluster', { to: 'nobody' }],
    ['', { to: 'nobody' }],
    ['local_app', { to: 'self' }],
    ['local_service_grpc', { to: 'self' }],
    ['localhost:8080', { to: 'self' }],
    ['inbound:127.0.0.1:8080', { to: 'self' }],
    ['web.default.dc1.internal.11111111-2222.consul', { to: 'name', name: 'web' }],
    [
      'v2.web.shop.dc1.internal.11111111-2222.consul',
      { to: 'name', name: 'web', namespace: 'shop' },
    ],
    ['backend_kuma-demo_svc_3001', { to: 'name', name: 'backend', namespace: 'kuma-demo' }],
    [`shop/orders/80/${SHA}`, { to: 'name', name: 'orders', namespace: 'shop' }],
    ['httproute/shop/orders/rule/0', { to: 'authority' }],
    ['original_dst', { to: 'authority' }],
    ['orders.example.com:8443', { to: 'address', host: 'orders.example.com', port: 8443 }],
    ['Orders.Shop', { to: 'address', host: 'orders.shop' }],
    ['orders', { to: 'name', name: 'orders' }],
    ['service_orders', { to: 'name', name: 'service_orders' }],
    ['what/is this?', { to: 'authority' }],
  ])('called %j reaches %j', (cluster, reached) => {
    expect(reachedBy(cluster)).toEqual(reached);
  });

  it('of any name reaches something, in little time', () => {
    fc.assert(fc.property(fc.string({ maxLength: 400 }), (name) => void reachedBy(name)));
    for (const part of ['a.', 'a-', 'a_svc_', 'outbound|', '1', 'inbound_.']) {
      reachedBy(part.repeat(200));
    }
  });

  it('is ruled on with a reason', () => {
    for (const { because, pattern } of CLUSTER_RULES) {
      expect(because).not.toBe('');
      expect(pattern.source).toMatch(/^\^/);
    }
  });
});

describe('an Envoy', () => {
  it.each([
    [{ cluster: 'orders' }, { name: 'orders' }],
    [
      { cluster: 'orders', namespace: 'shop' },
      { name: 'orders', namespace: 'shop' },
    ],
    [
      { cluster: 'orders.shop', namespace: 'shop', workload: 'orders-v1' },
      { name: 'orders-v1', namespace: 'shop' },
    ],
    [
      { cluster: 'orders.shop', id: 'sidecar~10.0.0.1~orders-5c9.shop~shop.svc.cluster.local' },
      { name: 'orders', namespace: 'shop' },
    ],
    [{ cluster: 'backend_kuma-demo_svc_3001' }, { name: 'backend', namespace: 'kuma-demo' }],
    [{ cluster: '', id: 'node-1' }, undefined],
    [{ cluster: 'no name' }, undefined],
  ])('that is %j stands beside %j', (node, subject) => {
    expect(partyOf({ ...NO_NODE, ...node })?.subject).toEqual(
      subject && { by: 'name', ...subject },
    );
  });
});
