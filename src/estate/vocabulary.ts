import type { PROTOCOLS } from './protocols.ts';

/** Words of the model, and what they are put together to, without what checks them. */

export type Protocol = (typeof PROTOCOLS)[number];

/** How a source knows what it says. The stronger the word, the higher in this list. */
export const HOW = ['declared', 'configured', 'implemented', 'observed'] as const;

export const CRITICALITIES = ['critical', 'high', 'medium', 'low'] as const;
export type Criticality = (typeof CRITICALITIES)[number];

/** Where an observation came from, as the schema of that name has it. */
export interface Source {
  readonly reader: string;
  readonly how: (typeof HOW)[number];
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}

export function endpointId(
  service: string,
  protocol: Protocol,
  method: string,
  template: string,
): string {
  return `${service} ${protocol} ${method} ${template}`;
}
