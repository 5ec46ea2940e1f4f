import { extname, join } from 'node:path/posix';
import { guard } from '../guard.ts';
import type { ReadContext, Reader, ReaderRun, SourceFile } from '../reader.ts';
import { compareFiles, isRetiredFile, toCluster } from './cluster.ts';
import { haveWorkloads, isCopyOf, knativeCopies } from './copies.ts';
import { type ChartReading, chartFolders, readCharts } from './helm/index.ts';
import { helmTool } from './helm/tool.ts';
import { isKustomization, readKustomizations } from './kustomize/index.ts';
import { kustomizeTool } from './kustomize/render.ts';
import { mayHoldResources } from './manifest.ts';
import { ManifestFiles } from './manifest-files.ts';
import type { ClusterReader, Resource } from './resource.ts';

export { coreReader } from './core/index.ts';
export { DEFAULT_NAMESPACE } from './lookup.ts';
export type { Cluster, ClusterReader, ClusterSink, Resource } from './resource.ts';

const EXTENSIONS = new Set(['.yaml', '.yml', '.json']);

/** Collects the Kubernetes objects of a folder from manifests, kustomizations and Helm charts, and
 *  hands them to each cluster reader together. */
export function kubernetes(clusterReaders: readonly ClusterReader[]): Reader {
  return {
    name: 'kubernetes',
    wants: (path) => EXTENSIONS.has(extname(path)) || isKustomization(path),
    start: (context) => new KubernetesRun(context, clusterReaders),
  };
}

const NOTHING_KUSTOMIZED = { resources: [], files: new Set<string>() };

class KubernetesRun implements ReaderRun {
  readonly #context: ReadContext;
  readonly #clusterReaders: readonly ClusterReader[];
  readonly #files: ManifestFiles;
  readonly #manifests: string[] = [];
  readonly #charts: readonly string[];
  /** Parts of charts, which are no YAML yet. */
  readonly #templateFolders: readonly string[];

  constructor(context: ReadContext, clusterReaders: readonly ClusterReader[]) {
    this.#context = context;
    this.#clusterReaders = clusterReaders;
    this.#files = new ManifestFiles(context);
    this.#charts = chartFolders(context.paths);
    this.#templateFolders = this.#charts.flatMap((folder) => [
      `${join(folder, 'templates')}/`,
      `${join(folder, 'charts')}/`,
    ]);
  }

  read(file: SourceFile): void {
    if (this.#templateFolders.some((folder) => file.path.startsWith(folder))) return;
    if (isKustomization(file.path)) {
      this.#files.add(file);
    } else if (mayHoldResources(file.text)) {
      this.#files.add(file);
      this.#manifests.push(file.path);
    }
  }

  finish(): void {
    const { folder, paths, report } = this.#context;
    const render = kustomizeTool(folder, new Set(paths), this.#files);
    const kustomized =
      guard(report, 'kubernetes', undefined, () =>
        readKustomizations(paths, this.#files, render, report),
      ) ?? NOTHING_KUSTOMIZED;
    const charts = readCharts(this.#charts, paths, this.#files, helmTool(folder), report);
    const plain = this.#current(
      this.#manifests.filter((path) => !kustomized.files.has(path)).sort(compareFiles),
      kustomized.resources,
    );
    const manifests = this.#withoutKnativeCopies([...kustomized.resources, ...plain]);
    const installed = charts.flatMap((chart) => this.#unlessCopy(chart, manifests));
    const cluster = toCluster([...manifests, ...installed]);
    for (const reader of this.#clusterReaders) {
      guard(report, reader.name, undefined, () => reader.read(cluster, this.#context));
    }
  }

  /** The objects of plain manifests; those of folders for what is retired only where nothing else runs
   *  anything. */
  #current(paths: readonly string[], kustomized: readonly Resource[]): readonly Resource[] {
    const resourcesOf = (some: readonly string[]) =>
      some.flatMap((path) => this.#files.resources(path));
    const current = resourcesOf(paths.filter((path) => !isRetiredFile(path)));
    const retired = paths.filter(isRetiredFile);
    if (!haveWorkloads([...kustomized, ...current])) return [...current, ...resourcesOf(retired)];
    for (const file of retired) {
      this.#context.report({
        severity: 'note',
        code: 'kubernetes/retired-manifest',
        message: 'lies in a folder of what is run no more, so its objects were left out',
        file,
        line: 1,
        column: 1,
      });
    }
    return current;
  }

  #withoutKnativeCopies(manifests: readonly Resource[]): readonly Resource[] {
    const copies = knativeCopies(manifests);
    for (const copy of copies) {
      const { file, line, column } = copy.sourceAt('kubernetes', []);
      this.#context.report({
        severity: 'note',
        code: 'kubernetes/knative-copies-manifests',
        message: 'runs what a Deployment of the folder runs too, so it was left out',
        ...(file !== undefined && { file }),
        ...(line !== undefined && { line }),
        ...(column !== undefined && { column }),
      });
    }
    return manifests.filter((resource) => !copies.has(resource));
  }

  #unlessCopy(chart: ChartReading, manifests: readonly Resource[]): readonly Resource[] {
    if (!isCopyOf(chart.resources, manifests)) return chart.resources;
    this.#context.report({
      severity: 'note',
      code: 'kubernetes/chart-copies-manifests',
      message: 'installs the services that manifests of the folder deploy too, so it was left out',
      file: chart.file,
      line: 1,
      column: 1,
    });
    return [];
  }
}
