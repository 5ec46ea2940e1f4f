import type { DiscoveredEndpoint, Discovery } from './discovery.ts';

export function toJson(discovery: Discovery): string {
  return `${JSON.stringify(discovery, null, 2)}\n`;
}

/** One endpoint a line: `{"service","method","template","requests","statuses","examples"}`, with its
 *  `status` where there is something to compare with, and `sensitivity` where payloads were judged. */
export function* toNdjson({ endpoints }: Discovery): Generator<string> {
  for (const endpoint of endpoints) yield `${JSON.stringify(toRow(endpoint))}\n`;
}

function toRow(endpoint: DiscoveredEndpoint) {
  const { service, method, template, requests, statuses, examples, status, sensitivity } = endpoint;
  return {
    ...{ service, method, template, requests, statuses, examples },
    ...(status && { status }),
    ...(sensitivity && { sensitivity }),
  };
}
