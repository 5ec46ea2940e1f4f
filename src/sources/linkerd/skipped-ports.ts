import type { Workload } from '../kubernetes/workload.ts';
import type { InboundVerdict } from '../mesh/verdict.ts';

const SKIPPED = 'config.linkerd.io/skip-inbound-ports';
const MAX_ITEMS = 100;

/** The ports whose traffic the proxy never sees. Of a range only ports that the workload names are
 *  told. */
export function skippedPorts(workload: Workload): InboundVerdict[] {
  const { podAnnotations, namespaceAnnotations, podSpecPath, resource } = workload;
  const list = podAnnotations[SKIPPED] ?? namespaceAnnotations[SKIPPED];
  if (list === undefined) return [];
  return [...new Set(portsIn(list, workload))].map((port) => ({
    inbound: 'disabled',
    port,
    because: `annotation ${SKIPPED}=${list.slice(0, 60)} keeps the proxy out`,
    at: { resource, path: [...podSpecPath.slice(0, -1), 'metadata', 'annotations', SKIPPED] },
    explicit: true,
  }));
}

function portsIn(list: string, { ports }: Workload): number[] {
  return list
    .split(',')
    .slice(0, MAX_ITEMS)
    .flatMap((item) => {
      const [, first, last] = /^\s*(\d{1,5})(?:-(\d{1,5}))?\s*$/.exec(item) ?? [];
      if (first === undefined) return [];
      const low = Number(first);
      if (last === undefined) return low > 0 && low <= 65_535 ? [low] : [];
      return ports
        .map(({ number }) => number)
        .filter((port) => port >= low && port <= Number(last));
    });
}
