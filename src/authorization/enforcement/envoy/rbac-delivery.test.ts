import { describe, expect, it } from 'vitest';
import { WireReader } from '../../../base/protobuf/index.ts';
import type { CalleeRules, EnforcementMode, PolicyService } from '../../model/index.ts';
import { NOTHING, toRbacMessage } from '../../targets/envoy-rbac/index.ts';
import { sampleRule, sampleService } from '../../testing/samples.ts';
import { type FilterUse, filterFor } from './filters.ts';
import { type ExtensionConfig, RbacDelivery } from './rbac-delivery.ts';

const idOf = (name: string) => `spiffe://example.org/ns/shop/sa/${name}`;

const serviceOf = (name: string, identity = name) =>
  sampleService(`production/shop/${name}`, { identities: [idOf(identity)] });

const [WEB, ORDERS, CARTS, STOCK] = [
  serviceOf('web'),
  serviceOf('orders'),
  serviceOf('carts', 'shared'),
  serviceOf('stock', 'shared'),
];

function rulesOf(
  service: PolicyService,
  path: string,
  mode: EnforcementMode = 'enforce',
): CalleeRules {
  const allowed = [sampleRule(`GET ${path}`)];
  return { service, mode, callers: [{ identities: WEB.identities, services: [WEB], allowed }] };
}

/** A delivery with a policy in which web may GET a path of each service. */
function delivering(path: string, mode: EnforcementMode = 'enforce') {
  const delivery = new RbacDelivery();
  const asked: string[] = [];
  const set = (newPath: string) => {
    const services = [WEB, ORDERS, CARTS, STOCK];
    delivery.update({
      services,
      rulesOf: (id) => {
        asked.push(id);
        const service = services.find((one) => one.id === id);
        return service && id !== WEB.id ? rulesOf(service, newPath, mode) : undefined;
      },
    });
  };
  set(path);
  return { delivery, asked, set };
}

/** The filter inside a TypedExtensionConfig. */
function filterIn({ body, name }: ExtensionConfig): Buffer {
  const config = new WireReader(body);
  expect([config.next(), config.text(200), config.next()]).toEqual([1, name, 2]);
  const any = config.message();
  expect([any.next(), any.text(200)]).toEqual([
    1,
    'type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC',
  ]);
  expect(any.next()).toBe(2);
  return any.bytes();
}

const messageOf = (use: FilterUse, rules: CalleeRules | undefined) =>
  toRbacMessage(filterFor(use, rules));

describe('what the Envoy of a service is told', () => {
  it.each([
    ['reeve.rbac', 'enforcing'],
    ['reeve.rbac.marks', 'marking'],
  ] as const)('as %s is the rules of its service', (name, use) => {
    const { delivery } = delivering('/v1/orders');
    const found = delivery.resourcesFor([idOf('orders')]).find(name);
    expect(found && filterIn(found)).toEqual(messageOf(use, rulesOf(ORDERS, '/v1/orders')));
  });

  it('is that nobody may do anything, where nobody is let in', () => {
    const { delivery } = delivering('/v1/orders');
    const found = delivery.resourcesFor([idOf('web')]).find('reeve.rbac');
    expect(found && filterIn(found)).toEqual(toRbacMessage({ rules: NOTHING }));
  });

  it.each<[string, readonly string[], string]>([
    ['an identity that no service has', [idOf('nobody')], 'reeve.rbac'],
    ['several services, without saying which', [idOf('shared')], 'reeve.rbac'],
    [
      'several identities, without saying which service',
      [idOf('web'), idOf('orders')],
      'reeve.rbac',
    ],
  ])('with %s is that nobody may do anything', (_, ids, name) => {
    const { delivery, asked } = delivering('/v1/orders');
    const found = delivery.resourcesFor(ids).find(name);
    expect(found && filterIn(found)).toEqual(toRbacMessage({ rules: NOTHING }));
    expect(asked).toEqual([]);
  });

  it('is the rules of one of its services by its id, and never of another', () => {
    const { delivery } = delivering('/v1/orders');
    const resources = delivery.resourcesFor([idOf('shared')]);
    const stock = resources.find('reeve.rbac/production/shop/stock');
    expect(stock && filterIn(stock)).toEqual(messageOf('enforcing', rulesOf(STOCK, '/v1/orders')));
    expect(resources.find('reeve.rbac/production/shop/orders')).toBeUndefined();
    for (const name of ['reeve', 'reeve.rbacs', 'default', 'toString', '']) {
      expect(resources.find(name)).toBeUndefined();
      expect(resources.withdrawn(name)).toBeUndefined();
    }
    expect(resources.names).toEqual([
      ...['', '/production/shop/carts', '/production/shop/stock'].map((end) => `reeve.rbac${end}`),
      ...['', '/production/shop/carts', '/production/shop/stock'].map(
        (end) => `reeve.rbac.marks${end}`,
      ),
    ]);
  });

  it('is nothing before there is a policy, not even that nobody may do anything', () => {
    const resources = new RbacDelivery().resourcesFor([idOf('orders')]);
    expect([resources.names, resources.find('reeve.rbac')]).toEqual([[], undefined]);
    expect(resources.withdrawn('reeve.rbac')).toBeUndefined();
  });

  it('is that nobody may do anything in the place of what is not its own any more', () => {
    const { delivery } = delivering('/v1/orders');
    const withdrawn = delivery
      .resourcesFor([idOf('web')])
      .withdrawn('reeve.rbac.marks/production/shop/orders');
    expect(withdrawn && filterIn(withdrawn)).toEqual(messageOf('marking', undefined));
  });

  it('changes its version with the rules alone, and is said at once', () => {
    const { delivery, set } = delivering('/v1/orders');
    const versionNow = () => delivery.resourcesFor([idOf('orders')]).find('reeve.rbac')?.version;
    const before = versionNow();
    let told = 0;
    const stop = delivery.onChange(() => told++);
    set('/v1/orders');
    expect([versionNow(), told]).toEqual([before, 1]);
    set('/v1/others');
    expect([versionNow() === before, told]).toEqual([false, 2]);
    stop();
    set('/v1/orders');
    expect([versionNow(), told]).toEqual([before, 2]);
  });

  it('is made once for all who ask', () => {
    const { delivery, asked } = delivering('/v1/orders');
    const find = () => delivery.resourcesFor([idOf('orders')]).find('reeve.rbac');
    expect(find()).toBe(find());
    expect(asked).toEqual(['production/shop/orders']);
  });
});

describe('the filter of a service that only logs', () => {
  const rules = rulesOf(ORDERS, '/v1/orders', 'shadow');

  it('refuses nobody where it enforces', () => {
    const { rules: enforced, shadow_rules: shadow } = filterFor('enforcing', rules);
    expect(enforced).toBeUndefined();
    expect(Object.keys(shadow?.policies ?? {})).toEqual([idOf('web')]);
  });

  it('lets everything in last where it marks, by a name of its own', () => {
    const { shadow_rules: shadow, rules: enforced } = filterFor('marking', rules);
    expect(enforced).toBeUndefined();
    const names = Object.keys(shadow?.policies ?? {}).sort();
    expect(names).toEqual([idOf('web'), '~only-logged']);
  });

  it('never enforces where it only marks, nor where the service enforces', () => {
    const marking = filterFor('marking', rulesOf(ORDERS, '/v1/orders'));
    expect(marking.rules).toBeUndefined();
    expect(Object.keys(marking.shadow_rules?.policies ?? {})).toEqual([idOf('web')]);
  });
});
