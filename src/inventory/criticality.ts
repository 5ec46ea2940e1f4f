import type { Criticality, ServiceRecord } from '../estate/index.ts';

export interface CriticalitySignals {
  readonly isOnInternet: boolean;
  /** Distinct services that call it. */
  readonly callerCount: number;
  readonly sensitivity: readonly string[];
}

/** How much the business loses with a service: as declared, else from who reaches it, how many depend
 *  on it and what it handles. One point each for the internet, for five or more callers and for a
 *  datastore, two for card, health or secret data and one for personal data. */
export function criticalityOf(
  service: Pick<ServiceRecord, 'criticality' | 'kind'>,
  { isOnInternet, callerCount, sensitivity }: CriticalitySignals,
): Criticality {
  if (service.criticality) return service.criticality;
  const has = (...tags: string[]) => tags.some((tag) => sensitivity.includes(tag));
  const points =
    Number(isOnInternet) +
    Number(callerCount >= 5) +
    Number(service.kind === 'datastore') +
    (has('pci', 'phi', 'credentials') ? 2 : has('pii') ? 1 : 0);
  return points >= 3 ? 'critical' : points === 2 ? 'high' : points === 1 ? 'medium' : 'low';
}
