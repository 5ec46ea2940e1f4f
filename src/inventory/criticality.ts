import type { Criticality, ServiceRecord } from '../estate/index.ts';
import type { Gate } from './gates.ts';

export interface CriticalitySignals {
  readonly isOnInternet: boolean;
  /** Distinct services that call it. */
  readonly callerCount: number;
  readonly sensitivity: readonly string[];
  /** The place of its service in the call graph. */
  readonly gate?: Gate | undefined;
}

export interface JudgedCriticality {
  readonly criticality: Criticality;
  /** A few words. */
  readonly because: string;
}

/** How much the business loses with a service: as declared, else as its signals add up. */
export function criticalityOf(
  service: Pick<ServiceRecord, 'criticality' | 'kind'>,
  signals: CriticalitySignals,
): JudgedCriticality {
  if (service.criticality) return { criticality: service.criticality, because: 'declared' };
  return derivedCriticality({ ...signals, isDatastore: service.kind === 'datastore' });
}

interface Signals extends CriticalitySignals {
  readonly isDatastore?: boolean;
}

const MANY_CALLERS = 5;
/** A service is a gate where this many services, and this share of all, lie behind it alone. */
const GATE_SERVICES = 3;
const GATE_SHARE = 0.1;
const WEIGHTY = ['pci', 'phi', 'credentials'];

/** Each signal with its points, and what it says. */
const SIGNALS: readonly {
  readonly points: number;
  readonly say: (signals: Signals) => string | undefined;
}[] = [
  { points: 1, say: ({ isOnInternet }) => (isOnInternet ? 'on the internet' : undefined) },
  {
    points: 1,
    say: ({ callerCount }) => (callerCount >= MANY_CALLERS ? `${callerCount} callers` : undefined),
  },
  { points: 1, say: ({ isDatastore }) => (isDatastore ? 'a datastore' : undefined) },
  { points: 1, say: ({ gate }) => (isGate(gate) ? toWords(gate) : undefined) },
  { points: 2, say: ({ sensitivity }) => handles(sensitivity, WEIGHTY) },
  {
    points: 1,
    say: ({ sensitivity }) =>
      handles(sensitivity, WEIGHTY) === undefined ? handles(sensitivity, ['pii']) : undefined,
  },
];

const LEVELS: readonly Criticality[] = ['low', 'medium', 'high', 'critical'];

/** Critical from three points, high at two, medium at one. */
export function derivedCriticality(signals: Signals): JudgedCriticality {
  const speaking = SIGNALS.flatMap(({ points, say }) => {
    const words = say(signals);
    return words === undefined ? [] : [{ points, words }];
  });
  const sum = speaking.reduce((total, { points }) => total + points, 0);
  return {
    criticality: LEVELS[Math.min(sum, LEVELS.length - 1)] ?? 'critical',
    because:
      speaking.length > 0
        ? speaking.map(({ words }) => words).join(', ')
        : 'internal, few callers, no sensitive data known',
  };
}

function isGate(gate: Gate | undefined): gate is Gate {
  return (
    gate !== undefined && gate.behind >= GATE_SERVICES && gate.behind >= gate.reached * GATE_SHARE
  );
}

function toWords({ behind, reached }: Gate): string {
  return `the only way to ${behind} of ${reached} services`;
}

function handles(sensitivity: readonly string[], tags: readonly string[]): string | undefined {
  const found = tags.filter((tag) => sensitivity.includes(tag));
  return found.length === 0 ? undefined : `handles ${found.join(', ')} data`;
}
