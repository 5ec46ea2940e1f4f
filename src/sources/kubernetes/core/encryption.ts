import { isFields, listAt, textAt } from '../../../base/pick.ts';
import type { Cluster, ClusterSink } from '../resource.ts';

const READER = 'kubernetes';

/** Resources of an EncryptionConfiguration that Secrets are among. */
const COVERS_SECRETS = new Set(['secrets', '*.', '*.*']);

/** EncryptionConfigurations that write Secrets to etcd as they are: the first provider of a resource
 *  encrypts what is written, and `identity` does nothing.
 *  @see Kubernetes, "Encrypting Confidential Data at Rest" */
export function readEncryption(cluster: Cluster, sink: ClusterSink): void {
  for (const configuration of cluster.of('apiserver.config.k8s.io', 'EncryptionConfiguration')) {
    listAt(configuration.value, 'resources').forEach((entry, index) => {
      const covers = listAt(entry, 'resources').some((name) =>
        COVERS_SECRETS.has(textAt(name) ?? ''),
      );
      const first = listAt(entry, 'providers')[0];
      if (!covers || !isFields(first) || !('identity' in first)) return;
      sink.observe({
        kind: 'weakness',
        control: 'secrets/etcd-unencrypted',
        object: configuration.name,
        message:
          'the first provider for Secrets is `identity`, so they are written to etcd unencrypted',
        source: configuration.sourceAt(READER, ['resources', index, 'providers', 0]),
      });
    });
  }
}
