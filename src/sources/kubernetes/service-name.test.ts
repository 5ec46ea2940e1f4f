import { describe, expect, it } from 'vitest';
import { serviceNameOf } from './service-name.ts';

describe('serviceNameOf', () => {
  it.each([
    ['orders', {}, 'orders'],
    ['details-v1', { app: 'details', version: 'v1' }, 'details'],
    ['details-v1', { app: 'details' }, 'details'],
    ['ipv4-v1', { app: 'other' }, 'ipv4-v1'],
    ['reviews-2.1.0', { 'app.kubernetes.io/version': '2.1.0' }, 'reviews'],
    ['v1', { version: 'v1' }, 'v1'],
    ['orders-deployment', {}, 'orders'],
    ['orders-depl', {}, 'orders'],
    ['orders-db-sts', {}, 'orders-db'],
    ['deployment', {}, 'deployment'],
    ['web-v2-deployment', { version: 'v2' }, 'web-v2'],
  ])('takes %s with labels %j for %s', (name, labels, want) => {
    expect(serviceNameOf(name, labels as Record<string, string>)).toBe(want);
  });
});
