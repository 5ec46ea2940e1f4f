import { describe, expect, it } from 'vitest';
import type { Usual } from '../baseline/index.ts';
import { OUTCOME } from '../hop.ts';
import type { Saw } from './detection.ts';
import { DETECTIONS } from './table.ts';
import {
  knownEndpoint,
  knownService,
  participant,
  type SubjectParts,
  subjectOf,
} from './testing/subject.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function look(kind: string, parts: SubjectParts): Saw | undefined {
  return DETECTIONS.find((one) => one.kind === kind)?.look(subjectOf(parts));
}

const SEEN: Record<string, { parts: SubjectParts; least: number; says: RegExp }> = {
  'new-edge': {
    parts: { usual: { isEdgeKnown: false } },
    least: 4,
    says: /^reviews called POST \/v1\/charges of payments for the first time; in 14 days it called 3 services, and somebody new on no days of the last 11$/,
  },
  'new-endpoint': {
    parts: { usual: { isEndpointEdgeKnown: false, endpointCallers: 0 } },
    least: 4,
    says: /^reviews called POST \/v1\/charges of payments for the first time, as nobody had/,
  },
  'contradicted-claim': {
    parts: {
      hop: { claimed: 3 },
      usual: { isPrincipalKnownForClaimed: false },
      subject: { claimed: participant(3, 'orders') },
    },
    least: 7,
    says: /said that orders sent it, with the identity spiffe:\/\/example.org\/ns\/shop\/sa\/reviews of reviews, which orders never used/,
  },
  'internal-entry': {
    parts: {
      hop: { caller: 0, isEntry: true, hasContext: false },
      usual: { isEndpointEdgeKnown: false, edgeDays: 0 },
    },
    least: 4,
    says: /was called by nobody of the estate from 10.0.0.7/,
  },
  'missing-context': {
    parts: { hop: { hasContext: false }, usual: { callerContextShare: 1 } },
    least: 4,
    says: /without a trace context, which 100.0 % of these requests have/,
  },
  scan: {
    parts: {
      usual: { fanOutNow: 14, fanOutUsual: 3, endpointFanOutNow: 14, endpointFanOutUsual: 3 },
    },
    least: 3,
    says: /in 10 minutes reviews called 14 services and 14 operations \(usually up to 3 and 3\)/,
  },
  'sensitive-route': {
    parts: {
      usual: { hasRoute: true, isRouteKnown: false, routes: 9 },
      subject: { sensitivity: ['pci'], endpoint: knownEndpoint({ sensitivity: ['pci'] }) },
    },
    least: 1.5,
    says: /in a request that came in where none for it did; 9 ways to it are known/,
  },
  'dormant-alive': {
    parts: { usual: { principalDormantMs: 30 * DAY } },
    least: 2,
    says: /sa\/reviews had not been seen for 30 days when it called/,
  },
  'new-place': {
    parts: {
      usual: {
        ...{ isAddressKnownForCaller: false, isAddressKnownForPrincipal: false },
        ...{ addressOwner: 3, addressOwnerQuietMs: 1_000, addressOwnerSinceMs: 3 * DAY },
      },
      subject: { place: participant(3, 'orders') },
    },
    least: 4,
    says: /from 10.0.0.7, where orders runs \(seen there 1 second before\)/,
  },
  volume: {
    parts: { usual: { edgeVolumeNow: 90_000, edgeVolumeDeviation: 20 } },
    least: 2,
    says: /90000 times in this hour, 20 deviations over what is usual/,
  },
  'unknown-workload': {
    parts: {
      usual: { callerDays: 0, callerAgeMs: Infinity },
      subject: { from: participant(1, 'payments-api', false), lookalike: 'payments' },
    },
    least: 5,
    says: /^payments-api, which no source vouches for and whose name is much like that of payments/,
  },
  'shadow-entry': {
    parts: {
      hop: { caller: 0, isEntry: true },
      usual: { isEndpointEdgeKnown: false },
      subject: {
        from: { number: 0, id: '*', name: 'somebody', known: undefined },
        to: { ...participant(2, 'web'), known: knownService('web', { exposure: 'internet' }) },
        endpoint: knownEndpoint({ status: 'shadow' }),
      },
    },
    least: 3,
    says: /^somebody outside called POST \/v1\/charges of web for the first time in 14 days, which no specification has/,
  },
  'forbidden-call': {
    parts: { subject: { policy: 'forbidden' } },
    least: 4,
    says: /which policy forbids, and it was answered/,
  },
  'blocked-endpoint': {
    parts: { subject: { endpoint: knownEndpoint({ isBlocked: true }) } },
    least: 5,
    says: /which is blocked, and it was answered/,
  },
};

describe('the table of detections', () => {
  it('has a case for each of them here', () => {
    expect(DETECTIONS.map(({ kind }) => kind).sort()).toEqual(Object.keys(SEEN).sort());
  });

  it.each(Object.entries(SEEN))(
    'sees %s, and says so in a sentence',
    (kind, { parts, least, says }) => {
      const saw = look(kind, parts);
      expect(saw?.reason).toMatch(says);
      expect(saw?.score).toBeGreaterThanOrEqual(least);
    },
  );

  it.each(DETECTIONS.map(({ kind }) => kind))('sees no %s where all is usual', (kind) => {
    expect(look(kind, {})).toBeUndefined();
  });

  it('names techniques of ATT&CK', () => {
    for (const { technique } of DETECTIONS) expect(technique).toMatch(/^T\d{4}(\.\d{3})?$/);
  });
});

describe('a burst', () => {
  const { parts = {} } = SEEN.scan ?? {};
  it('is no scan of who does what he declares, and is answered', () => {
    const declared = { ...parts, subject: { policy: 'declared' } } as const;
    expect(look('scan', declared)).toBeUndefined();
    expect(look('scan', { ...declared, hop: { outcome: OUTCOME.denied } })).toBeDefined();
  });

  it('does not claim to know what is usual where nobody does', () => {
    const usual = { ...parts.usual, fanOutUsual: 0, endpointFanOutUsual: 0 };
    expect(look('scan', { usual })?.reason).toMatch(/\(what is usual is not known yet\)/);
  });
});

describe('a shadow entry', () => {
  const { parts = {} } = SEEN['shadow-entry'] ?? {};
  it.each<[string, SubjectParts]>([
    ['of what is declared', { subject: { ...parts.subject, endpoint: knownEndpoint() } }],
    ['that was refused', { hop: { ...parts.hop, outcome: OUTCOME.denied } }],
    ['of a service inside', { subject: { ...parts.subject, to: participant(2, 'web') } }],
    ['that others came by before', { usual: {} }],
  ])('is none %s', (_, change) => {
    expect(look('shadow-entry', { ...parts, ...change })).toBeUndefined();
  });
});

describe('what surrounds a new edge', () => {
  const base: SubjectParts = { usual: { isEdgeKnown: false } };
  const usual = look('new-edge', base)?.score ?? 0;
  const rows: [string, SubjectParts, 'more' | 'less'][] = [
    ['a declaration', { ...base, subject: { policy: 'declared' } }, 'less'],
    ['that it is not declared', { ...base, subject: { policy: 'undeclared' } }, 'more'],
    ['a rollout', { ...base, subject: { callerChangedMs: HOUR } }, 'less'],
    ['a new version', { usual: { isEdgeKnown: false, callerDeployedMs: HOUR } }, 'less'],
    [
      'sensitive data',
      {
        ...base,
        subject: { sensitivity: ['pci'], endpoint: knownEndpoint({ sensitivity: ['pci'] }) },
      },
      'more',
    ],
    [
      'what no specification has, of who holds such data',
      { ...base, subject: { sensitivity: ['pci'], endpoint: undefined } },
      'more',
    ],
    ['that it was denied', { ...base, hop: { outcome: OUTCOME.denied } }, 'more'],
    ['that nobody proved who called', { ...base, hop: { rank: 0 } }, 'less'],
    [
      'that its caller often does it',
      { usual: { isEdgeKnown: false, callerNewEdgeDays: 6 } },
      'less',
    ],
    [
      'that its caller is hardly known',
      { usual: { isEdgeKnown: false, callerSettledDays: 0 } },
      'less',
    ],
    ['that its callee is new', { usual: { isEdgeKnown: false, calleeDays: 2 } }, 'less'],
    ['a verdict of malicious', { usual: { isEdgeMalicious: true } }, 'more'],
  ];
  it.each(rows)('%s makes it say other than without', (_what, parts, way) => {
    const score = look('new-edge', parts)?.score ?? 0;
    if (way === 'more') expect(score).toBeGreaterThan(usual);
    else expect(score).toBeLessThan(usual);
  });

  it('a declaration does not explain that a context is missing', () => {
    const parts: SubjectParts = { hop: { hasContext: false } };
    const declared = look('missing-context', { ...parts, subject: { policy: 'declared' } });
    expect(declared?.score).toBe(look('missing-context', parts)?.score);
  });

  it('a claim by which another was to be called contradicts nothing', () => {
    const parts = SEEN['contradicted-claim']?.parts ?? {};
    const subject = { ...parts.subject, isPassedOn: true };
    expect(look('contradicted-claim', { ...parts, subject })).toBeUndefined();
  });

  it('a context that is lost says more of who hardly ever loses one, on few days and of many requests', () => {
    const lost = (callerLostContextDays: number, callerContextShare: number) =>
      look('missing-context', {
        hop: { hasContext: false },
        usual: { callerLostContextDays, callerContextShare },
      })?.score ?? 0;
    expect(lost(0, 1)).toBeGreaterThan(lost(1, 1) + 1);
    expect(lost(1, 1)).toBeGreaterThan(lost(1, 0.999) + 2);
    expect(lost(8, 0.98)).toBeLessThan(1.5);
  });

  it('that it is new says less by itself where others declare what they call, and more of who does not', () => {
    const parts = (policy: 'unknown' | 'undeclared', isDeclared: boolean): SubjectParts => ({
      usual: { isEndpointEdgeKnown: false },
      subject: { policy, isDeclared },
    });
    const score = (one: SubjectParts): number => look('new-endpoint', one)?.score ?? 0;
    expect(score(parts('unknown', true))).toBeLessThan(score(parts('unknown', false)) - 1);
    expect(score(parts('undeclared', true))).toBeGreaterThan(score(parts('unknown', true)) + 1);
  });

  it('a rollout does not explain why somebody asks for sensitive data', () => {
    const asked = (sensitivity: string[]): number => {
      const subject = { sensitivity, endpoint: knownEndpoint({ sensitivity }) };
      const still = look('new-edge', { ...base, subject })?.score ?? 0;
      const changed = { ...subject, callerChangedMs: HOUR };
      return still - (look('new-edge', { ...base, subject: changed })?.score ?? 0);
    };
    expect(asked(['pci'])).toBeLessThan(asked([]) - 1);
  });

  it('a rollout explains that a context is missing, unless others come with one since', () => {
    const lost = (usual: Partial<Usual>) =>
      look('missing-context', {
        hop: { hasContext: false },
        usual: { callerContextShare: 1, ...usual },
        subject: { callerChangedMs: HOUR },
      })?.score ?? 0;
    expect(lost({ edgeVolumeNow: 50, edgeContextShareNow: 1 })).toBeGreaterThan(lost({}) + 1);
  });

  it('a name that nobody vouches for says nothing where all names are new', () => {
    const { usual, ...parts } = SEEN['unknown-workload']?.parts ?? {};
    const young = look('unknown-workload', { ...parts, usual: { ...usual, watchedMs: HOUR } });
    expect(young?.score).toBeLessThan(1);
  });

  it('what was passed on by the one between contradicts nothing', () => {
    const parts = SEEN['contradicted-claim']?.parts ?? {};
    const usual = { ...parts.usual, isProvedCalledByClaimed: true };
    expect(look('contradicted-claim', { ...parts, usual })?.score).toBeLessThan(4);
  });
});
