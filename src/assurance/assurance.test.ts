import { describe, expect, it } from 'vitest';
import { callId, type Fact, type ServiceFact, type Source, toRecords } from '../estate/index.ts';
import { CREDENTIAL_PROBLEMS } from '../secrets/index.ts';
import { CONTROLS, judge } from './index.ts';

const NOW = '2026-01-01T00:00:00.000Z';
const at = (how: Source['how'], reader: string, line = 1): Source => ({
  reader,
  how,
  file: `${reader}.yaml`,
  line,
});

function service(name: string, more: Partial<ServiceFact> = {}): ServiceFact {
  return {
    entity: 'service',
    id: `prod/shop/${name}`,
    environment: 'prod',
    namespace: 'shop',
    name,
    owner: { owner: `team-${name}`, rank: 'declaration' },
    permission: {
      policy: 'AuthorizationPolicy shop/x',
      effect: 'allow',
      layer: 'request',
      from: [],
      operations: [],
      source: at('configured', 'istio'),
    },
    posture: {
      mesh: 'istio',
      inbound: 'strict',
      because: 'PeerAuthentication shop/default STRICT',
    },
    source: at('configured', 'kubernetes'),
    ...more,
  };
}
function call(from: string, to: string, how: Source['how'] = 'configured'): Fact {
  const [a, b] = [`prod/shop/${from}`, `prod/shop/${to}`];
  return {
    entity: 'call',
    id: callId(a, b, '*'),
    from: a,
    to: b,
    evidence: 'test',
    source: at(how, 'kubernetes', 7),
  };
}
function endpoint(how: Source['how'], more = {}): Fact {
  return {
    entity: 'endpoint',
    id: 'prod/shop/b http GET /x',
    service: 'prod/shop/b',
    protocol: 'http',
    method: 'GET',
    template: '/x',
    source: at(how, how),
    ...more,
  } as Fact;
}
function credential(more = {}): Fact {
  return {
    entity: 'credential',
    id: 'prod/cred-1',
    name: 'DB',
    credentialKind: 'password',
    keys: ['value:1'],
    service: 'prod/shop/b',
    rotation: 'every 24h',
    source: at('configured', 'secret'),
    ...more,
  } as Fact;
}
function controls(...facts: Fact[]): string[] {
  return judge(toRecords(facts), NOW).findings.map((finding) => finding.control);
}
const sound = [
  service('a'),
  service('b'),
  call('a', 'b'),
  endpoint('declared'),
  endpoint('implemented'),
  credential(),
];

describe('a sound estate', () => {
  it('has no finding, and answers yes three times', () => {
    const judged = judge(toRecords(sound), NOW);
    expect(judged.findings).toEqual([]);
    expect(judged.answers).toEqual({
      endpointsInventoried: { total: 1, satisfied: 1 },
      callsAuthenticated: { total: 1, satisfied: 1 },
      credentialsGoverned: { total: 1, satisfied: 1 },
    });
  });
});

describe('each fault is found by its control', () => {
  const without = (...gone: Fact[]) => sound.filter((fact) => !gone.includes(fact));
  const [, b, , declared, , kept] = sound as [Fact, Fact, Fact, Fact, Fact, Fact];
  const cases: [control: string, facts: Fact[]][] = [
    ['inventory/shadow-endpoint', without(declared)],
    [
      'inventory/zombie-endpoint',
      [...sound, endpoint('declared', { deprecated: true }), endpoint('observed')],
    ],
    ['inventory/dormant-endpoint', [service('b'), declared]],
    ['inventory/unowned-service', [...sound, service('c', { owner: undefined } as never)]],
    [
      'identity/call-unauthenticated',
      [
        ...without(b),
        service('b', { posture: { mesh: 'istio', inbound: 'permissive', because: 'x' } }),
      ],
    ],
    [
      'identity/call-unverified',
      [
        ...without(b),
        service('b', { posture: { mesh: 'istio', inbound: 'unknown', because: 'x' } }),
      ],
    ],
    ['authorization/undeclared-call', [...sound, service('a', { declaresCalls: true })]],
    ['authorization/no-default-deny', [...sound, service('c', { permission: undefined } as never)]],
    [
      'authorization/broad-policy',
      [
        ...sound,
        {
          entity: 'weakness',
          id: 'prod/shop/b',
          subject: 'prod/shop/b',
          control: 'authorization/broad-policy',
          object: 'x',
          message: 'x',
          source: at('configured', 'istio'),
        },
      ],
    ],
    ['secrets/unowned', [...without(kept), credential({ service: undefined })]],
    ['secrets/no-rotation', [...without(kept), credential({ rotation: undefined })]],
    ['secrets/shared-by-services', [...sound, credential({ service: 'prod/shop/a' })]],
    ['secrets/expired', [...without(kept), credential({ expires: '2025-12-31T00:00:00.000Z' })]],
    ['secrets/plain-text', [...without(kept), credential({ problems: ['plain-text'] })]],
  ];
  it.each(cases)('%s', (control, facts) => {
    expect(controls(...facts)).toContain(control);
  });
});

describe('findings', () => {
  it('of sensitive shadows weigh more than of plain ones, and those of probes nothing', () => {
    const severity = (template: string, fields: string[] = []) =>
      judge(
        toRecords([service('b'), endpoint('implemented', { template, fields, id: template })]),
        NOW,
      ).findings[0]?.severity;
    expect([severity('/things'), severity('/users/{id}'), severity('/healthz')]).toEqual([
      'medium',
      'high',
      'info',
    ]);
  });

  const rule = (more: object) => ({
    ...service('c').permission,
    from: ['prod/shop/a'],
    operations: ['*'],
    ...more,
  });
  const openness: [sentence: string, permission: object, isOpen: boolean][] = [
    ['an allow-list', rule({}), false],
    ['a default that lets everyone in', rule({ policy: 'default', from: ['*'] }), true],
    ['a default that lets nobody in', rule({ policy: 'default', from: [] }), false],
    ['a default that denies', rule({ policy: 'default', effect: 'deny', from: ['*'] }), false],
    ['an AdminNetworkPolicy that allows', rule({ policy: 'AdminNetworkPolicy x' }), true],
    ['a policy that denies one caller', rule({ effect: 'deny' }), true],
    ['a policy that denies everyone', rule({ effect: 'deny', from: ['*'] }), false],
    [
      'a policy that denies one operation',
      rule({ effect: 'deny', from: ['*'], operations: ['GET /admin'] }),
      true,
    ],
  ];
  it.each(openness)('%s leaves a workload open, or not', (_, permission, isOpen) => {
    const found = controls(service('c', { permission } as never));
    expect(found.includes('authorization/no-default-deny')).toBe(isOpen);
  });

  it('of a credential stand at the place that each speaks of', () => {
    const lies = (holder: string, line: number, problems: string[]) =>
      credential({ location: { file: 'all.yaml', line, column: 1, in: holder }, problems });
    const found = judge(
      toRecords([
        service('b'),
        lies('secret', 1, ['base64-only']),
        lies('argument', 2, ['in-argument']),
        lies('env', 3, ['plain-text']),
        lies('file', 4, ['plain-text']),
      ]),
      NOW,
    ).findings.map(({ control, location, message }) => [control, location?.line, message]);
    expect(found).toEqual([
      ['secrets/base64-only', 1, expect.not.stringContaining('more')],
      ['secrets/in-argument', 2, expect.not.stringContaining('more')],
      ['secrets/plain-text', 3, expect.stringContaining('(and 1 more: all.yaml:4:1)')],
    ]);
  });

  it('name the caller, what it calls, and at most three users of a credential', () => {
    const users = ['a', 'b', 'c', 'd', 'e'].map((name) => service(name));
    const messages = judge(
      toRecords([
        ...users,
        service('b', { posture: { mesh: 'istio', inbound: 'disabled', because: 'x' } }),
        call('a', 'b'),
        ...users.map(({ id }) => credential({ service: id })),
      ]),
      NOW,
    ).findings.map(({ message }) => message);
    expect(messages).toContain('a calls b unauthenticated: x: plain text');
    expect(messages).toContainEqual(
      expect.stringMatching(/^password `DB` of a, b, c and 2 more is shared/),
    );
  });

  it('of a service stand where it is deployed rather than at a policy or route', () => {
    const source = { ...at('configured', 'kubernetes'), file: 'a-policy.yaml' };
    const unowned = service('c', { owner: undefined } as never);
    const facts = [
      unowned,
      service('c', { permission: rule({ source }), owner: undefined, source } as never),
    ];
    const [finding] = judge(toRecords(facts), NOW).findings;
    expect(finding?.location?.file).toBe('kubernetes.yaml');
  });

  it('are sorted by severity and keep their ids from run to run', () => {
    const facts = [
      call('a', 'b'),
      endpoint('implemented'),
      service('a'),
      service('b', { posture: undefined } as never),
    ];
    const once = judge(toRecords(facts), NOW).findings;
    const again = judge(toRecords([...facts].reverse()), '2027-01-01T00:00:00.000Z').findings;
    expect(again).toEqual(once);
    expect(new Set(once.map(({ id }) => id)).size).toBe(once.length);
  });

  it('carry a remedy and at least one framework', () => {
    for (const control of CONTROLS.values()) {
      expect(control.remedy.length).toBeGreaterThan(10);
      expect(control.frameworks.length).toBeGreaterThan(0);
    }
    for (const problem of Object.keys(CREDENTIAL_PROBLEMS))
      expect(CONTROLS.has(`secrets/${problem}`)).toBe(true);
  });

  it('of a call to an external service are none', () => {
    expect(
      controls(
        service('a'),
        service('b', { serviceKind: 'external', posture: undefined } as never),
        call('a', 'b'),
      ),
    ).toEqual([]);
  });
});

describe('criticality', () => {
  const of = (facts: Fact[]) =>
    judge(toRecords(facts), NOW).services.find(({ name }) => name === 'b')?.criticality;
  const route = {
    via: 'Ingress',
    hosts: [],
    path: '/',
    match: 'prefix' as const,
    methods: [],
    internet: true,
    source: at('configured', 'kubernetes'),
  };
  it('is what was declared, else what exposure, callers and data add up to', () => {
    expect(of([service('b')])).toBe('low');
    expect(of([service('b', { criticality: 'critical' })])).toBe('critical');
    expect(of([service('b', { route })])).toBe('medium');
    expect(of([service('b', { route }), endpoint('declared', { fields: ['cardNumber'] })])).toBe(
      'critical',
    );
  });
});
