import { extname } from 'node:path/posix';
import type { Diagnostic } from '../../base/diagnostic.ts';
import type { ReadContext, Reader, ReaderRun, SourceFile } from '../reader.ts';
import { toCluster } from './cluster.ts';
import { mayHoldResources, resourcesIn } from './manifest.ts';
import type { ClusterReader, Resource } from './resource.ts';

export { coreReader } from './core/index.ts';
export type { Cluster, ClusterReader, ClusterSink, Resource } from './resource.ts';

const EXTENSIONS = new Set(['.yaml', '.yml', '.json']);

/** Collects the Kubernetes objects of a folder from manifests, kustomizations and Helm charts, and
 *  hands them to each cluster reader together. */
export function kubernetes(clusterReaders: readonly ClusterReader[]): Reader {
  return {
    name: 'kubernetes',
    wants: (path) => EXTENSIONS.has(extname(path)),
    start: (context) => new KubernetesRun(context, clusterReaders),
  };
}

class KubernetesRun implements ReaderRun {
  readonly #context: ReadContext;
  readonly #clusterReaders: readonly ClusterReader[];
  readonly #resources: Resource[] = [];

  constructor(context: ReadContext, clusterReaders: readonly ClusterReader[]) {
    this.#context = context;
    this.#clusterReaders = clusterReaders;
  }

  read(file: SourceFile): void {
    if (!mayHoldResources(file.text)) return;
    for (const document of file.documents(this.#reporterFor(file))) {
      const places = {
        file: file.path,
        at: document.at.bind(document),
        valueAt: document.valueAt.bind(document),
      };
      this.#resources.push(...resourcesIn(document.value, places));
    }
  }

  finish(): void {
    const cluster = toCluster(this.#resources);
    for (const reader of this.#clusterReaders) reader.read(cluster, this.#context);
  }

  /** Templates for other tools are not broken YAML. */
  #reporterFor(file: SourceFile): (diagnostic: Diagnostic) => void {
    return file.text.includes('{{') ? () => {} : (diagnostic) => this.#context.report(diagnostic);
  }
}
