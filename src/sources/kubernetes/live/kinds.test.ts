import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../../base/data.ts';
import { listAt, textAt } from '../../../base/pick.ts';
import * as cilium from '../../cilium/testing/cases.ts';
import { CLUSTER_READERS } from '../../cluster-readers/index.ts';
import * as istio from '../../istio/testing/mtls-cases.ts';
import * as kuma from '../../kuma/testing/cases.ts';
import * as linkerd from '../../linkerd/testing/cases.ts';
import { clusterOf } from '../../mesh/cluster.fixture.ts';
import type { Cluster } from '../resource.ts';
import { LIVE_KINDS } from './kinds.ts';
import { pluralOf } from './testing/api-server.ts';

/** Not in a running cluster: a file of the API server, and groups that were renamed long ago. */
const ONLY_IN_MANIFESTS = [
  'apiserver.config.k8s.io',
  'kubeadm.k8s.io',
  'extensions',
  'certmanager.k8s.io',
];

/** Every kind that readers look for in a cluster that has something of everything. */
function askedFor(): Set<string> {
  const everything = LIVE_KINDS.flatMap(({ group, kinds }) =>
    kinds.map((kind) => {
      const apiVersion = group === '' ? 'v1' : `${group}/v1`;
      return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: x, namespace: shop }\nspec: {}\n---\n`;
    }),
  ).join('');
  const asked = new Set<string>();
  for (const base of [istio.BASE, linkerd.BASE, kuma.BASE, cilium.BASE]) {
    const cluster = clusterOf(`${base}---\n${everything}`);
    const recorded: Cluster = {
      ...cluster,
      of: (group, ...kinds) => {
        for (const kind of kinds) asked.add(`${group}/${kind}`);
        return cluster.of(group, ...kinds);
      },
    };
    for (const reader of CLUSTER_READERS) reader.read(recorded, { observe() {}, report() {} });
  }
  return asked;
}

describe('the kinds that are read of a cluster', () => {
  const read = new Set(
    LIVE_KINDS.flatMap(({ group, kinds }) => kinds.map((kind) => `${group}/${kind}`)),
  );

  it('are all that its readers look for', () => {
    const asked = [...askedFor()];
    const missing = asked.filter(
      (one) => !read.has(one) && !ONLY_IN_MANIFESTS.includes(one.split('/')[0] ?? ''),
    );
    expect(missing).toEqual([]);
    expect(asked.length).toBeGreaterThan(40);
  });

  it('are named once', () => {
    expect(read.size).toBe(LIVE_KINDS.flatMap(({ kinds }) => kinds).length);
  });
});

/** `GROUP/PLURAL`, with the verbs of each, as the manifest grants them. */
function granted(file: string): Map<string, string> {
  const path = join(import.meta.dirname, '../../../../deploy/kubernetes', file);
  const { documents, problems } = parseYaml(readFileSync(path, 'utf8'));
  expect(problems).toEqual([]);
  return new Map(
    documents
      .filter(({ value }) => textAt(value, 'kind') === 'ClusterRole')
      .flatMap(({ value }) => listAt(value, 'rules'))
      .flatMap((rule) =>
        listAt(rule, 'apiGroups').flatMap((group) =>
          listAt(rule, 'resources').map(
            (plural) => [`${group}/${plural}`, listAt(rule, 'verbs').join()] as const,
          ),
        ),
      ),
  );
}

describe('the rights that deploy/kubernetes gives', () => {
  const wanted = (isMetadata: boolean) =>
    LIVE_KINDS.filter(({ metadataOnly = false }) => metadataOnly === isMetadata).flatMap(
      ({ group, kinds }) => kinds.map((kind) => `${group}/${pluralOf(kind)}`),
    );
  it.each([
    ['reader.yaml', wanted(false), 'list,watch'],
    ['secret-names.yaml', wanted(true), 'list,watch'],
    ['agent.yaml', ['/pods'], 'list,watch'],
    ['tokens.yaml', ['authentication.k8s.io/tokenreviews'], 'create'],
    ['namespaced.yaml', ['/namespaces'], 'list,watch'],
  ])('in %s are those that are needed, and no more', (file, resources, verbs) => {
    const rights = granted(file);
    expect([...rights.keys()].sort()).toEqual([...resources].sort());
    expect([...new Set(rights.values())]).toEqual([verbs]);
  });
});
