import type { DataPath } from '../../../base/data.ts';
import { isFields, pick, textAt } from '../../../base/pick.ts';
import type { Source } from '../../../estate/index.ts';
import type { Cluster, ClusterSink } from '../resource.ts';
import {
  type Container,
  containersOf,
  subjectOf,
  type Workload,
  workloadsOf,
} from '../workload.ts';

const READER = 'kubernetes';
const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'];

/** Endpoints that only the platform calls: what probes ask and what Prometheus scrapes. */
export function readProbes(cluster: Cluster, sink: ClusterSink): void {
  for (const workload of workloadsOf(cluster)) {
    for (const container of containersOf(workload)) {
      for (const probe of PROBES) readProbe(workload, container, probe, sink);
    }
    readScrapedPath(workload, sink);
  }
}

function readProbe(workload: Workload, container: Container, probe: string, sink: ClusterSink) {
  const path: DataPath = [...container.path, probe];
  const value = pick(container.value, probe);
  if (isFields(pick(value, 'httpGet'))) {
    const asked = textAt(value, 'httpGet', 'path') ?? '/';
    const source = workload.resource.sourceAt(READER, [...path, 'httpGet', 'path']);
    observe(workload, 'http', 'GET', toTemplate(asked), source, sink);
  }
  if (isFields(pick(value, 'grpc'))) {
    const source = workload.resource.sourceAt(READER, [...path, 'grpc']);
    observe(workload, 'grpc', 'RPC', '/grpc.health.v1.Health/Check', source, sink);
  }
}

const SCRAPE = 'prometheus.io/scrape';
const SCRAPED_PATH = 'prometheus.io/path';

function readScrapedPath(workload: Workload, sink: ClusterSink): void {
  const annotations = workload.podAnnotations;
  const path =
    annotations[SCRAPED_PATH] ?? (annotations[SCRAPE] === 'true' ? '/metrics' : undefined);
  if (path === undefined || annotations[SCRAPE] === 'false') return;
  const key = SCRAPED_PATH in annotations ? SCRAPED_PATH : SCRAPE;
  const place = [...workload.podSpecPath.slice(0, -1), 'metadata', 'annotations', key];
  observe(
    workload,
    'http',
    'GET',
    toTemplate(path),
    workload.resource.sourceAt(READER, place),
    sink,
  );
}

/** A query is no part of an endpoint. */
function toTemplate(path: string): string {
  const plain = path.split(/[?#]/)[0] ?? '';
  return plain.startsWith('/') ? plain : `/${plain}`;
}

function observe(
  workload: Workload,
  protocol: 'http' | 'grpc',
  method: string,
  template: string,
  source: Source,
  sink: ClusterSink,
): void {
  sink.observe({
    kind: 'endpoint',
    subject: subjectOf(workload),
    protocol,
    method,
    template,
    operational: true,
    source,
  });
}
