import { describe, expect, it } from 'vitest';
import { readTexts } from '../read-texts.ts';
import { coreReader, kubernetes } from './index.ts';

function manifest(apiVersion: string, kind: string, name: string, container: string): string {
  const program = container.replace('shop-', './');
  return `apiVersion: ${apiVersion}
kind: ${kind}
metadata: { name: ${name} }
spec: { template: { spec: { containers: [{ name: ${container}, image: shop, command: [${program}] }] } } }
`;
}
const deployment = (name: string, container: string) =>
  manifest('apps/v1', 'Deployment', name, container);
const knative = (name: string, container: string) =>
  manifest('serving.knative.dev/v1', 'Service', name, container);

function services(texts: Record<string, string>): [services: string[], notes: string[]] {
  const { observations, diagnostics } = readTexts(kubernetes([coreReader]), texts);
  const names = observations.flatMap((one) =>
    one.kind === 'service' && one.subject.by === 'name' ? [one.subject.name] : [],
  );
  return [[...new Set(names)], diagnostics.map(({ code, file }) => `${code} ${file}`)];
}

describe('Knative Services', () => {
  const deployments = {
    'k8s/geo.yaml': deployment('geo', 'shop-geo'),
    'k8s/rate.yaml': deployment('rate', 'shop-rate'),
  };
  it('that run what Deployments elsewhere run are left out, with a note', () => {
    const copies = {
      'knative/geo.yaml': knative('srv-geo', 'shop-geo'),
      'knative/rate.yaml': knative('srv-rate', 'shop-rate'),
    };
    expect(services({ ...deployments, ...copies })).toEqual([
      ['geo', 'rate'],
      [
        'kubernetes/knative-copies-manifests knative/geo.yaml',
        'kubernetes/knative-copies-manifests knative/rate.yaml',
      ],
    ]);
  });

  it.each<[sentence: string, texts: Record<string, string>, want: string[]]>([
    [
      'of other names are services of their own',
      { 'knative/geo.yaml': knative('mail', 'shop-geo') },
      ['geo', 'mail', 'rate'],
    ],
    [
      'that run something else are too',
      { 'knative/geo.yaml': knative('srv-geo', 'shop-mail') },
      ['geo', 'rate', 'srv-geo'],
    ],
    [
      'of which many are no copies are all kept',
      {
        'knative/geo.yaml': knative('srv-geo', 'shop-geo'),
        'knative/mail.yaml': knative('srv-mail', 'shop-mail'),
      },
      ['geo', 'rate', 'srv-geo', 'srv-mail'],
    ],
  ])('%s', (_, texts, want) => {
    expect(services({ ...deployments, ...texts })[0].sort()).toEqual(want);
  });
});

describe('manifests of a retired folder', () => {
  const old = { 'old-docs/k8s/login.yaml': deployment('login', 'shop-login') };
  it('are left out, with a note', () => {
    expect(services({ ...old, 'k8s/geo.yaml': deployment('geo', 'shop-geo') })).toEqual([
      ['geo'],
      ['kubernetes/retired-manifest old-docs/k8s/login.yaml'],
    ]);
  });
  it('count where there are no others', () => {
    expect(services(old)).toEqual([['login'], []]);
  });
  it('are not told by names that only begin so', () => {
    const shop = { 'old-town/k8s/geo.yaml': deployment('geo', 'shop-geo') };
    expect(services({ ...shop, 'k8s/a.yaml': deployment('a', 'shop-a') })[0]).toEqual(['a', 'geo']);
  });
});
