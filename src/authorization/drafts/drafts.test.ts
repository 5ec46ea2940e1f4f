import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../base/data.ts';
import type { Call, Endpoint, Service, Source } from '../../estate/index.ts';
import { type DraftedEstate, draftDeclarations } from './index.ts';
import { scalar } from './yaml.ts';

const source = (file: string, reader = 'kubernetes'): Source => ({
  ...{ reader, how: 'configured', file, line: 1, column: 1 },
});
const service = (name: string, ...files: string[]): Service => ({
  ...{ id: `default/shop/${name}`, name, namespace: 'shop', environment: 'default' },
  ...{ kind: 'workload', owner: 'team-a', criticality: null, exposure: 'internal' },
  ...{ identity: null, sources: files.map((file) => source(file)) },
});
const endpoint = (template: string, said: Partial<Endpoint> = {}): Endpoint => ({
  ...{ id: template, service: 'default/shop/orders', protocol: 'http', method: 'GET', template },
  ...{ declaredIn: [], configuredIn: [], implementedIn: [], observed: false, deprecated: false },
  ...{ status: 'governed', owner: null, sensitivity: [], criticality: null, blocked: false },
  ...{ criticalityBecause: null, visibility: 'shown', traffic: null, changes: [], decisions: [] },
  ...{ review: null, elsewhere: [] },
  ...said,
});
const call = (operation: string, to = 'default/shop/web'): Call => ({
  ...{ id: operation, from: 'default/shop/orders', to, operation, authentication: 'mtls' },
  ...{ evidence: '', allowedBy: [], declared: false, observed: true, sources: [] },
});
const drafted = (estate: Partial<DraftedEstate>) =>
  draftDeclarations({ services: [], endpoints: [], calls: [], credentials: [], ...estate });
const orders = (estate: Partial<DraftedEstate>) =>
  drafted({
    services: [service('orders', 'orders/k8s.yaml'), service('web', 'web/k8s.yaml')],
    ...estate,
  })[0]?.text;

describe('a draft', () => {
  it('says what is known of a service', () => {
    expect(orders({})).toBe(
      [
        'apiVersion: reeve.dev/v1',
        'kind: Service',
        'metadata: { name: orders, namespace: shop, owner: team-a }',
        'spec:',
        '  calls: []',
        '',
      ].join('\n'),
    );
  });

  it('is of no service that has a declaration, and of nothing that is no workload', () => {
    const declared = { ...service('a'), sources: [source('a/reeve.yaml', 'declarations')] };
    expect(drafted({ services: [declared, { ...service('b'), kind: 'datastore' }] })).toEqual([]);
  });

  it('names the specifications from its own folder', () => {
    const declaredIn = [{ file: 'specs/orders.yaml', line: 1 }];
    expect(orders({ endpoints: [endpoint('/x', { declaredIn })] })).toContain(
      '- openapi: ../specs/orders.yaml',
    );
  });

  it('declares operations where there is no specification, and none that a specification left out', () => {
    const implemented = endpoint('/x', { implementedIn: [{ file: 'orders/main.ts', line: 1 }] });
    const specified = endpoint('/y', { declaredIn: [{ file: 'orders/openapi.yaml', line: 1 }] });
    expect(orders({ endpoints: [implemented] })).toContain('    - operations: ["GET /x"]');
    expect(orders({ endpoints: [implemented, specified] })).toContain('# in none of them: GET /x');
  });

  it('names the operations that it calls, and says where they are not known', () => {
    expect(orders({ calls: [call('POST /b'), call('*'), call('GET /a')] })).toContain(
      '    - service: web\n      operations: ["GET /a", "POST /b"]\n',
    );
    expect(orders({ calls: [call('*')] })).toContain('- service: web\n      # every operation');
  });

  it('breaks long lists', () => {
    const calls = Array.from({ length: 9 }, (_, index) => call(`GET /orders/{id}/part-${index}`));
    expect(orders({ calls })).toContain('      operations:\n        - "GET /orders/{id}/part-0"\n');
  });
});

describe('the folder of a service', () => {
  it.each<[string, Service[], string[]]>([
    ['is the highest of its own', [service('a', 'a/k8s/x.yaml', 'a/x.yaml')], ['a/reeve.yaml']],
    [
      'is none that another is in, too',
      [service('a', 'k8s/a.yaml', 'src/a/x.ts'), service('b', 'k8s/b.yaml', 'src/b/x.ts')],
      ['src/a/reeve.yaml', 'src/b/reeve.yaml'],
    ],
    [
      'is made where it has none',
      [service('a', 'k8s/a.yaml'), service('b', 'k8s/b.yaml')],
      ['reeve/a/reeve.yaml', 'reeve/b/reeve.yaml'],
    ],
  ])('%s', (_, services, paths) => {
    expect(drafted({ services }).map(({ path }) => path)).toEqual(paths);
  });
});

it('any text is a scalar that YAML reads as that text', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.constantFrom('true', 'no', '1e3', '~', '- a', '@x', '# b', '')),
      (text) => {
        const { documents } = parseYaml(`a: ${scalar(text)}`);
        expect(documents[0]?.value).toEqual({ a: text });
      },
    ),
  );
});
