import type { Workload } from '../kubernetes/workload.ts';
import type { InboundVerdict } from '../mesh/verdict.ts';

const EXCLUDED = 'traffic.sidecar.istio.io/excludeInboundPorts';
const INCLUDED = 'traffic.sidecar.istio.io/includeInboundPorts';
const AMBIENT_BYPASS = 'ambient.istio.io/bypass-inbound-capture';
const MAX_PORTS = 100;

/** The ports of a workload that its proxy never sees: what comes in there is as it was sent. */
export function bypassedPorts(workload: Workload): {
  readonly all?: InboundVerdict;
  readonly ports: readonly InboundVerdict[];
} {
  const { podAnnotations } = workload;
  if (podAnnotations[AMBIENT_BYPASS] === 'true') {
    return { all: verdict(workload, AMBIENT_BYPASS, 'true'), ports: [] };
  }
  const excluded = podAnnotations[EXCLUDED] ?? '';
  const included = podAnnotations[INCLUDED];
  const ports = new Map<number, InboundVerdict>();
  for (const port of portsIn(excluded))
    ports.set(port, verdict(workload, EXCLUDED, excluded, port));
  if (included !== undefined && included !== '*') {
    const kept = new Set(portsIn(included));
    for (const { number } of workload.ports) {
      if (!kept.has(number)) ports.set(number, verdict(workload, INCLUDED, included, number));
    }
  }
  return { ports: [...ports.values()] };
}

function verdict(workload: Workload, key: string, value: string, port?: number): InboundVerdict {
  return {
    inbound: 'disabled',
    ...(port !== undefined && { port }),
    because: `annotation ${key}=${value.slice(0, 60)} keeps the proxy out`,
    at: {
      resource: workload.resource,
      path: [...workload.podSpecPath.slice(0, -1), 'metadata', 'annotations', key],
    },
    explicit: true,
  };
}

function portsIn(list: string): number[] {
  return list
    .split(',')
    .slice(0, MAX_PORTS)
    .map((text) => Number(text.trim() || Number.NaN))
    .filter((port) => Number.isInteger(port) && port > 0 && port <= 65_535);
}
