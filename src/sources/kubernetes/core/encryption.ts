import type { DataPath } from '../../../base/data.ts';
import { isFields, listAt, pick, textAt } from '../../../base/pick.ts';
import type { Cluster, ClusterSink, Resource } from '../resource.ts';
import { containersOf, workloadsOf } from '../workload.ts';

const READER = 'kubernetes';

/** Resources of an EncryptionConfiguration that Secrets are among. */
const COVERS_SECRETS = new Set(['secrets', '*.', '*.*']);

/** What API servers do with Secrets before they write them to etcd, as their configuration and their flags say.
 *  @see Kubernetes, "Encrypting Confidential Data at Rest" */
export function readEncryption(cluster: Cluster, sink: ClusterSink): void {
  for (const configuration of cluster.of('apiserver.config.k8s.io', 'EncryptionConfiguration')) {
    readConfiguration(configuration, sink);
  }
  readApiServers(cluster, sink);
  readSetups(cluster, sink);
}

/** Of several entries that cover Secrets the first counts, and of its providers the first encrypts what is written:
 *  `identity` does nothing. */
function readConfiguration(configuration: Resource, sink: ClusterSink): void {
  const entries = listAt(configuration.value, 'resources');
  const index = entries.findIndex((entry) =>
    listAt(entry, 'resources').some((name) => COVERS_SECRETS.has(textAt(name) ?? '')),
  );
  const tell = (control: EtcdControl, message: string, path: DataPath) =>
    sink.observe({
      kind: 'weakness',
      control,
      object: configuration.name,
      message,
      source: configuration.sourceAt(READER, path),
    });
  if (index === -1) {
    const message = 'no entry covers `secrets`, so they are written to etcd unencrypted';
    if (entries.length > 0) tell('secrets/etcd-unencrypted', message, ['resources']);
    return;
  }
  const provider = listAt(entries[index], 'providers')[0];
  const path = ['resources', index, 'providers', 0];
  if (!isFields(provider)) return;
  if ('identity' in provider) {
    const message =
      'the first provider for Secrets is `identity`, so they are written to etcd unencrypted';
    tell('secrets/etcd-unencrypted', message, path);
  }
  const weakness = WEAK.find(({ isSo }) => isSo(provider));
  if (weakness) tell('secrets/etcd-encryption-weak', weakness.message, path);
}

type EtcdControl = 'secrets/etcd-unencrypted' | 'secrets/etcd-encryption-weak';

const WEAK: readonly {
  readonly isSo: (provider: Readonly<Record<string, unknown>>) => boolean;
  readonly message: string;
}[] = [
  {
    isSo: (provider) => isFields(provider.kms) && textAt(provider, 'kms', 'apiVersion') !== 'v2',
    message:
      'Secrets are encrypted by a KMS plugin of version 1, which is deprecated since Kubernetes 1.28 and off since 1.29',
  },
  {
    isSo: (provider) => isFields(provider.aesgcm),
    message:
      'Secrets are encrypted by `aesgcm`, whose random nonces allow no more than 200,000 writes under one key',
  },
];

/** API servers that run as pods, as static pods do, or are hosted by another cluster. */
function readApiServers(cluster: Cluster, sink: ClusterSink): void {
  for (const { resource, words, path } of commandsOf(cluster)) {
    if (!words.some((word) => /(?:^|\/)kube-apiserver$/.test(word))) continue;
    const isSet = words.some((word, at) =>
      word === FLAG ? words[at + 1] : word.startsWith(`${FLAG}=`) && word !== `${FLAG}=`,
    );
    if (!isSet) observeApiServer(resource, path, sink);
  }
}

interface Command {
  readonly resource: Resource;
  readonly words: readonly string[];
  /** Of the container. */
  readonly path: DataPath;
}

/** Of pods, also of those that something controls, and of workloads. */
function* commandsOf(cluster: Cluster): Generator<Command> {
  const wordsOf = (container: unknown) =>
    [...listAt(container, 'command'), ...listAt(container, 'args')].map(
      (word) => textAt(word) ?? '',
    );
  for (const resource of cluster.of('', 'Pod')) {
    for (const [index, container] of listAt(resource.value, 'spec', 'containers').entries()) {
      yield { resource, words: wordsOf(container), path: ['spec', 'containers', index] };
    }
  }
  for (const workload of workloadsOf(cluster)) {
    if (workload.resource.kind === 'Pod') continue;
    for (const { value, path } of containersOf(workload)) {
      yield { resource: workload.resource, words: wordsOf(value), path };
    }
  }
}

const FLAG = '--encryption-provider-config';

function observeApiServer(resource: Resource, path: DataPath, sink: ClusterSink): void {
  sink.observe({
    kind: 'weakness',
    control: 'secrets/etcd-unencrypted',
    object: `${resource.kind} ${resource.name}`,
    message: `the API server runs without \`${FLAG}\`, so Secrets are written to etcd unencrypted`,
    source: resource.sourceAt(READER, path),
  });
}

/** What kubeadm sets a cluster up with: flags by their names, without dashes. In versions up to v1beta3 they are a map.
 *  @see kubeadm Configuration, ClusterConfiguration */
function readSetups(cluster: Cluster, sink: ClusterSink): void {
  const name = FLAG.slice(2);
  for (const setup of cluster.of('kubeadm.k8s.io', 'ClusterConfiguration')) {
    const flags = pick(setup.value, 'apiServer', 'extraArgs');
    const value = Array.isArray(flags)
      ? textAt(
          flags.find((flag) => textAt(flag, 'name') === name),
          'value',
        )
      : textAt(flags, name);
    if (!value) observeApiServer(setup, ['apiServer'], sink);
  }
}
