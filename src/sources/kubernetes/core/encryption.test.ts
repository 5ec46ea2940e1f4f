import { describe, expect, it } from 'vitest';
import { readTexts } from '../../read-texts.ts';
import { coreReader, kubernetes } from '../index.ts';

const configuration = (...entries: string[]) =>
  `apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n${entries.map((one) => `  - ${one}\n`).join('')}`;
const KEYS = '{ keys: [{ name: k, secret: "<key>" }] }';
const server = (...words: string[]) => `apiVersion: v1
kind: Pod
metadata: { name: kube-apiserver-a, namespace: kube-system }
spec: { containers: [{ name: kube-apiserver, image: a, command: [${words.map((word) => JSON.stringify(word)).join()}] }] }
`;
const setup = (flags: string) =>
  `apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\napiServer: { extraArgs: ${flags} }\n`;

const UNENCRYPTED = 'secrets/etcd-unencrypted';
const WEAK = 'secrets/etcd-encryption-weak';
const CASES: readonly [what: string, text: string, found: string[]][] = [
  [
    'secretbox first',
    configuration(
      `{ resources: [secrets], providers: [{ secretbox: ${KEYS} }, { identity: {} }] }`,
    ),
    [],
  ],
  [
    'aescbc first',
    configuration(`{ resources: [secrets], providers: [{ aescbc: ${KEYS} }, { identity: {} }] }`),
    [],
  ],
  [
    'identity first',
    configuration(`{ resources: [secrets], providers: [{ identity: {} }, { aescbc: ${KEYS} }] }`),
    [`${UNENCRYPTED} 4`],
  ],
  [
    'identity first for everything',
    configuration('{ resources: ["*.*"], providers: [{ identity: {} }] }'),
    [`${UNENCRYPTED} 4`],
  ],
  [
    'an entry behind one that covers Secrets',
    configuration(
      `{ resources: ["*."], providers: [{ identity: {} }] }`,
      `{ resources: [secrets], providers: [{ aescbc: ${KEYS} }] }`,
    ),
    [`${UNENCRYPTED} 4`],
  ],
  [
    'an entry before one that encrypts nothing',
    configuration(
      `{ resources: [secrets], providers: [{ aescbc: ${KEYS} }] }`,
      '{ resources: ["*.*"], providers: [{ identity: {} }] }',
    ),
    [],
  ],
  [
    'no entry for Secrets',
    configuration(`{ resources: [configmaps], providers: [{ aescbc: ${KEYS} }] }`),
    [`${UNENCRYPTED} 3`],
  ],
  [
    'a KMS plugin of version 1',
    configuration(
      '{ resources: [secrets], providers: [{ kms: { name: k, endpoint: "unix:///k" } }] }',
    ),
    [`${WEAK} 4`],
  ],
  [
    'a KMS plugin of version 2',
    configuration(
      '{ resources: [secrets], providers: [{ kms: { apiVersion: v2, name: k, endpoint: "unix:///k" } }] }',
    ),
    [],
  ],
  [
    'aesgcm',
    configuration(`{ resources: [secrets], providers: [{ aesgcm: ${KEYS} }] }`),
    [`${WEAK} 4`],
  ],
  [
    'a configuration that is none',
    configuration('{ resources: [secrets], providers: 7 }', '[]', 'x'),
    [],
  ],
  [
    'an API server without the flag',
    server('kube-apiserver', '--etcd-servers=x'),
    [`${UNENCRYPTED} 4`],
  ],
  [
    'an API server with the flag',
    server('kube-apiserver', '--encryption-provider-config=/e.yaml'),
    [],
  ],
  [
    'an API server with the flag apart',
    server('/usr/local/bin/kube-apiserver', '--encryption-provider-config', '/e.yaml'),
    [],
  ],
  [
    'an API server with an empty flag',
    server('kube-apiserver', '--encryption-provider-config='),
    [`${UNENCRYPTED} 4`],
  ],
  ['another program', server('kube-scheduler'), []],
  ['a set-up without the flag', setup('{ audit-log-path: x }'), [`${UNENCRYPTED} 3`]],
  ['a set-up with the flag in a map', setup('{ encryption-provider-config: /e.yaml }'), []],
  [
    'a set-up with the flag in a list',
    setup('[{ name: encryption-provider-config, value: /e.yaml }]'),
    [],
  ],
];

describe('how Secrets are encrypted at rest', () => {
  it.each(CASES)('%s', (_, text, found) => {
    const { observations } = readTexts(kubernetes([coreReader]), { 'all.yaml': text });
    const weaknesses = observations.flatMap((one) =>
      one.kind === 'weakness' && one.control.startsWith('secrets/etcd')
        ? [`${one.control} ${one.source.line}`]
        : [],
    );
    expect(weaknesses).toEqual(found);
  });
});
