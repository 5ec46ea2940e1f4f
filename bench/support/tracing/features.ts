import { type Detection, rarity, type Subject } from '../../../src/tracing/detections/index.ts';
import {
  knownEndpoint,
  knownService,
  participant,
  type SubjectParts,
  subjectOf,
} from '../../../src/tracing/detections/testing/subject.ts';
import { OUTCOME, RANK } from '../../../src/tracing/hop.ts';
import { DAY_MS, HOUR_MS } from './model.ts';

/** Something that a sign is judged by, as a number. */
export interface Feature {
  readonly label: string;
  of(subject: Subject, kind: string): number;
  /** A subject that has it; and one that has it less, where that is another than `PLAIN`. */
  readonly with: SubjectParts;
  readonly without?: SubjectParts;
}

const DAYS = 11;
const SENSITIVITY = ['payment'];

/** By kinds of signs whose causes are mostly harmless, a subject in which nothing but the kind speaks for or against an
 *  attack. */
const PLAIN: Readonly<Record<string, SubjectParts>> = {
  'new-edge': { usual: { isEdgeKnown: false, callerNewEdgeDays: DAYS } },
  'new-endpoint': { usual: { isEndpointEdgeKnown: false, callerNewEndpointDays: DAYS } },
  'internal-entry': {
    hop: { caller: 0, claimed: 0, isEntry: true },
    usual: { callerNewEndpointDays: DAYS, edgeDays: 0.8 },
  },
  'missing-context': {
    hop: { hasContext: false },
    usual: { callerLostContextDays: DAYS, callerContextShare: 0 },
  },
};
export const KINDS = Object.keys(PLAIN);

function intercept(kind: string): Feature {
  return { label: kind, of: (_, of) => Number(of === kind), with: {} };
}

function only(kind: string, value: (subject: Subject) => number): Feature['of'] {
  return (subject, of) => (of === kind ? value(subject) : 0);
}

function flag(is: (subject: Subject) => boolean): Feature['of'] {
  return (subject) => Number(is(subject));
}

function deployedMs({ callerChangedMs, usual }: Subject): number {
  return Math.min(callerChangedMs, usual.callerDeployedMs);
}

/** What a logistic regression weighs: what detections and surroundings look at. */
export const FEATURES: readonly Feature[] = [
  ...KINDS.map(intercept),
  {
    label: 'a nat of rarity: new services',
    of: only('new-edge', ({ usual }) => rarity(usual.callerNewEdgeDays, usual.callerSettledDays)),
    with: { usual: { callerNewEdgeDays: 1 } },
  },
  {
    label: 'a nat of rarity: new operations',
    of: only('new-endpoint', ({ usual }) =>
      rarity(usual.callerNewEndpointDays, usual.callerSettledDays),
    ),
    with: { usual: { callerNewEndpointDays: 1 } },
  },
  {
    label: 'a nat of rarity: lost contexts',
    of: only('missing-context', ({ usual }) =>
      rarity(usual.callerLostContextDays, usual.callerSettledDays),
    ),
    with: { usual: { callerLostContextDays: 1 } },
  },
  {
    label: 'a nat of how seldom it has none',
    of: only(
      'missing-context',
      ({ usual }) => -Math.log(Math.max(1e-5, 1 - usual.callerContextShare)),
    ),
    with: { usual: { callerContextShare: 0.99 } },
  },
  {
    label: 'no context where it never called',
    of: only('missing-context', ({ usual }) => Number(usual.edgeDays === 0)),
    with: { usual: { edgeDays: 0 } },
  },
  {
    label: 'entered from outside without context',
    of: only('internal-entry', ({ hop }) => Number(!hop.hasContext)),
    with: { hop: { hasContext: false } },
  },
  {
    label: 'a nat of days entered before',
    of: only('internal-entry', ({ usual }) => Math.log(0.2 + usual.edgeDays)),
    with: { usual: { edgeDays: 5 } },
  },
  {
    label: 'sensitive endpoint',
    of: flag(({ endpoint }) => (endpoint?.sensitivity.length ?? 0) > 0),
    with: {
      subject: {
        endpoint: knownEndpoint({ sensitivity: SENSITIVITY }),
        sensitivity: SENSITIVITY,
      },
    },
  },
  {
    label: 'unknown endpoint of a sensitive service',
    of: flag(({ endpoint, sensitivity }) => endpoint === undefined && sensitivity.length > 0),
    with: { subject: { endpoint: undefined, sensitivity: SENSITIVITY } },
  },
  {
    label: 'declared',
    of: flag(({ policy }) => policy === 'declared'),
    with: { subject: { policy: 'declared' } },
  },
  {
    label: 'undeclared',
    of: flag(({ policy }) => policy === 'undeclared'),
    with: { subject: { policy: 'undeclared' } },
  },
  {
    label: 'message',
    of: flag(({ hop }) => hop.isMessage),
    with: { hop: { isMessage: true } },
  },
  {
    label: 'caller deployed within 24 h',
    of: flag((subject) => deployedMs(subject) < DAY_MS),
    with: { subject: { callerChangedMs: 10 * HOUR_MS } },
  },
  {
    label: '  within 3 h, besides',
    of: flag((subject) => deployedMs(subject) < 3 * HOUR_MS),
    with: { subject: { callerChangedMs: HOUR_MS } },
    without: { subject: { callerChangedMs: 10 * HOUR_MS } },
  },
  {
    label: 'callee changed within 24 h',
    of: flag(
      ({ calleeChangedMs, usual }) => Math.min(calleeChangedMs, usual.calleeDeployedMs) < DAY_MS,
    ),
    with: { subject: { calleeChangedMs: HOUR_MS } },
  },
  {
    label: 'callee new',
    of: flag(({ usual }) => usual.calleeDays <= 3),
    with: { usual: { calleeDays: 3 } },
  },
  {
    label: 'denied',
    of: flag(({ hop }) => hop.outcome === OUTCOME.denied),
    with: { hop: { outcome: OUTCOME.denied } },
  },
  {
    label: 'exposed caller',
    of: flag(({ from }) => from.known?.exposure === 'internet'),
    with: {
      subject: {
        from: { ...participant(1, 'shop'), known: knownService('shop', { exposure: 'internet' }) },
      },
    },
  },
  {
    label: 'proved',
    of: flag(({ hop }) => hop.rank === RANK.authenticated),
    with: { hop: { rank: RANK.authenticated } },
  },
  {
    label: 'caller only ever answered',
    of: only('new-edge', ({ usual }) => Number(usual.callerCallees === 0)),
    with: { usual: { callerCallees: 0 } },
  },
];

/** The weight that a detection gives a feature now: what its own score changes by, for each one that the feature does.
 *  Undefined: it is no feature of its kind. */
export function weightInUse(feature: Feature, detection: Detection): number | undefined {
  const { kind } = detection;
  const subjects = [feature.with, feature.without ?? {}].map((parts) => plain(kind, parts));
  const [having = NaN, lacking = NaN] = subjects.map((subject) => feature.of(subject, kind));
  const [more = NaN, less = NaN] = subjects.map((subject) => detection.look(subject)?.score);
  if (feature.label === kind) return less;
  return having === lacking ? undefined : (more - less) / (having - lacking);
}

function plain(kind: string, parts: SubjectParts): Subject {
  const base = PLAIN[kind];
  return subjectOf({
    hop: { rank: RANK.asserted, ...base?.hop, ...parts.hop },
    usual: { callerSettledDays: DAYS, ...base?.usual, ...parts.usual },
    subject: { isDeclared: true, ...parts.subject },
  });
}
