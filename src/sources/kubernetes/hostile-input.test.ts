import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTexts } from '../read-texts.ts';
import { coreReader, kubernetes } from './index.ts';

const reader = () => kubernetes([coreReader]);

describe('the kubernetes reader', () => {
  it('gives observations or diagnostics for any bytes, and never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const head = Buffer.from('apiVersion: v1\nkind: Pod\n');
        readTexts(reader(), {
          'a.yaml': Buffer.concat([head, bytes]),
          'b.json': Buffer.from(bytes),
          'chart/templates/a.yaml': Buffer.from(bytes),
          'chart/Chart.yaml': Buffer.from(bytes),
          'k/kustomization.yaml': Buffer.from(bytes),
        });
      }),
      { numRuns: 200 },
    );
  });

  it('takes objects of any shape', () => {
    const kinds = [
      'Deployment',
      'Service',
      'Ingress',
      'NetworkPolicy',
      'Secret',
      'ConfigMap',
      'Pod',
    ];
    const groups = ['v1', 'apps/v1', 'networking.k8s.io/v1', 'rbac.authorization.k8s.io/v1'];
    fc.assert(
      fc.property(
        fc.constantFrom(...groups),
        fc.constantFrom(...kinds),
        fc.jsonValue({ maxDepth: 4 }),
        fc.jsonValue({ maxDepth: 4 }),
        (apiVersion, kind, spec, data) => {
          const object = { apiVersion, kind, metadata: { name: 'x' }, spec, data, rules: spec };
          const pod = {
            ...object,
            spec: { containers: [data], template: { spec, metadata: data } },
          };
          readTexts(reader(), { 'a.json': JSON.stringify(object), 'b.json': JSON.stringify(pod) });
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each([
    ['a kustomization that uses itself', { 'kustomization.yaml': 'resources: [.]\n' }],
    [
      'kustomizations in a circle',
      {
        'a/kustomization.yaml': 'resources: [../b]\n',
        'b/kustomization.yaml': 'resources: [../a]\n',
      },
    ],
    [
      'a template that includes itself',
      {
        'c/Chart.yaml': 'name: c\n',
        'c/templates/a.yaml': '{{ define "x" }}{{ include "x" . }}{{ end }}{{ include "x" . }}',
      },
    ],
    [
      'loops without end',
      {
        'c/Chart.yaml': 'name: c\n',
        'c/templates/a.yaml':
          '{{ range until 10000 }}{{ range until 10000 }}{{ range until 10000 }}x{{ end }}{{ end }}{{ end }}',
      },
    ],
    [
      'text without end',
      {
        'c/Chart.yaml': 'name: c\n',
        'c/templates/a.yaml': '{{ range until 10000 }}{{ repeat 1000000 "x" }}{{ end }}',
      },
    ],
    [
      'an expression without end',
      {
        'c/Chart.yaml': 'name: c\n',
        'c/templates/a.yaml': `a: {{ regexMatch "(a+)+$" "${'a'.repeat(64)}!" }}`,
      },
    ],
    [
      'lists in lists',
      { 'a.json': `${'{"apiVersion":"v1","kind":"List","items":['.repeat(40)}${']}'.repeat(40)}` },
    ],
  ])('reads %s to an end', (_, texts) => {
    readTexts(reader(), texts as unknown as Record<string, string>);
  });

  it('reports broken YAML with its place, and reads the rest', () => {
    const pod = 'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\n';
    const { observations, diagnostics } = readTexts(reader(), {
      'a.yaml': `${pod}---\nkind: [\n---\n${pod.replace('name: a', 'name: b')}`,
    });
    expect(observations.filter(({ kind }) => kind === 'service')).toHaveLength(2);
    expect(diagnostics).toMatchObject([
      { code: 'data/malformed', file: 'a.yaml', severity: 'error' },
    ]);
    expect(diagnostics[0]?.line).toBeGreaterThanOrEqual(5);
  });

  it('does not take templates of other tools for broken YAML', () => {
    const text = 'apiVersion: v1\nkind: Pod\nmetadata: { name: {{ .name }} }\n{{ end }}\n';
    expect(readTexts(reader(), { 'a.yaml': text }).diagnostics).toEqual([]);
  });

  it('opens no file outside the folder', () => {
    const { opened } = readTexts(reader(), {
      'a/kustomization.yaml': 'resources: [../../etc, /etc/passwd]\npatches: [{ path: ../../x }]\n',
    });
    // The folder refuses such paths by itself; they are never more than asked for.
    expect(opened.every((path) => !path.startsWith('/'))).toBe(true);
  });
});
