import { describe, expect, it } from 'vitest';
import type { Network, Permission } from '../../estate/index.ts';
import { analyse } from './analyse.ts';
import {
  block,
  EVERYTHING,
  lines,
  networkOf,
  pods,
  policy,
  rule,
  sourceAt,
  workload,
} from './testing/build.ts';

const WEB = workload('shop/web');
const DB = workload('shop/db');
const ALL = '0.0.0.0-255.255.255.255';

function only(one: Network, from: string, to: string): string[] {
  return lines(analyse(one).rows({ from, to })).map((line) => line.replace(/^.*: /, ''));
}

describe('rows', () => {
  it('are every pair where nothing is configured, addresses outside once, and nobody with itself', () => {
    expect(lines(analyse(networkOf([WEB, DB])).rows())).toEqual([
      `${ALL} -> shop/db: any`,
      `${ALL} -> shop/web: any`,
      `shop/db -> ${ALL}: any`,
      'shop/db -> shop/web: any',
      `shop/web -> ${ALL}: any`,
      'shop/web -> shop/db: any',
    ]);
  });

  const INGRESS: [what: string, rules: Parameters<typeof rule>[], want: string[]][] = [
    ['no rule', [], []],
    ['a rule without peers and ports', [[[EVERYTHING]]], ['any']],
    ['a port', [[[EVERYTHING], ['TCP 80']]], ['TCP 80']],
    ['ports that touch', [[[EVERYTHING], ['TCP 80', 'TCP 81-90', 'TCP 443']]], ['TCP 80-90,443']],
    [
      'several transports',
      [[[EVERYTHING], ['UDP 53', 'SCTP 7', 'TCP 1']]],
      ['TCP 1', 'UDP 53', 'SCTP 7'],
    ],
    ['a port by name', [[[EVERYTHING], ['TCP http']]], ['TCP 8080']],
    ['a name of another transport', [[[EVERYTHING], ['UDP http']]], []],
    ['every port of one transport', [[[EVERYTHING], ['TCP 1-65535']]], ['TCP 1-65535']],
    ['the caller by label', [[[pods('shop', 'app=web')]]], ['any']],
    ['another by label', [[[pods('shop', 'app=api')]]], []],
    ['another namespace', [[[pods('back')]]], []],
    ['all namespaces', [[[pods('*')]]], ['any']],
    ['addresses only', [[[block('0.0.0.0/0')]]], []],
    [
      'two rules',
      [
        [[pods('*')], ['TCP 1']],
        [[EVERYTHING], ['TCP 3']],
      ],
      ['TCP 1,3'],
    ],
    ['a rule about nobody', [[[]]], []],
  ];
  it.each(INGRESS)('of a policy with %s', (_, rules, want) => {
    const ingress = rules.map((one) => rule(...one));
    const one = networkOf([WEB, DB], [policy('shop', 'app=db', { ingress })]);
    expect(only(one, 'web', 'db')).toEqual(want);
  });

  it('are what both sides allow', () => {
    const one = networkOf(
      [WEB, DB],
      [
        policy('shop', 'app=db', { ingress: [rule([EVERYTHING], ['TCP 1-100', 'UDP 53'])] }),
        policy('shop', 'app=web', { egress: [rule([pods('shop')], ['TCP 50-200'])] }),
      ],
    );
    expect(only(one, 'web', 'db')).toEqual(['TCP 50-100']);
    expect(only(one, 'db', 'web')).toEqual(['any']);
  });

  it('split addresses no finer than the policies do, sources by ingress and destinations by egress', () => {
    const ingress = [rule([block('10.0.0.0/8', '10.0.0.0/9', '10.128.0.0/16')], ['TCP 1'])];
    const egress = [rule([block('0.0.0.0/1')])];
    const one = networkOf([DB], [policy('shop', '', { ingress, egress })]);
    expect(lines(analyse(one).rows())).toEqual([
      '10.129.0.0-10.255.255.255 -> shop/db: TCP 1',
      'shop/db -> 0.0.0.0-127.255.255.255: any',
    ]);
  });

  it('tell addresses of IPv6 where a policy does', () => {
    const ingress = [rule([block('2001:db8::/32')], ['TCP 1'])];
    const one = networkOf([DB], [policy('shop', '', { ingress })]);
    expect(lines(analyse(one).rows({ to: 'db' }))).toEqual([
      '2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff -> shop/db: TCP 1',
    ]);
  });

  it('let pods in the network of their host do what they like, and select them by nothing', () => {
    const host = workload('shop/host', { hostNetwork: true });
    const deny = policy('shop', '', { ingress: [rule([pods('*')])] });
    const one = networkOf([WEB, host], [deny]);
    expect(only(one, 'web', 'host')).toEqual(['any']);
    expect(only(one, 'host', 'web')).toEqual([]);
    const [why] = [...analyse(one).explanations({ from: 'web', to: 'host' })];
    expect(why?.reasons.map(({ message }) => message)).toContain(
      "runs in its host's network, so policies do not concern its ingress",
    );
    const open = policy('shop', '', { ingress: [rule([block('0.0.0.0/0')])] });
    expect(only(networkOf([WEB, host], [open]), 'host', 'web')).toEqual(['any']);
  });

  it('follow administrators before teams, and the baseline behind them', () => {
    const about = { tier: 'admin', subject: { namespaces: [], pods: [] } } as const;
    const admin = policy('*', '', {
      ...about,
      ingress: [
        rule([pods('*')], ['TCP 1'], { action: 'allow' }),
        rule([pods('*')], ['TCP 1-2'], { action: 'deny' }),
        rule([pods('*')], ['TCP 3'], { action: 'pass' }),
      ],
    });
    const baseline = policy('*', '', {
      tier: 'baseline',
      ingress: [rule([pods('*')], ['TCP 3-4'], { action: 'deny' })],
    });
    expect(only(networkOf([WEB, DB], [admin, baseline]), 'web', 'db')).toEqual([
      'TCP 1,5-65535',
      'UDP 1-65535',
      'SCTP 1-65535',
    ]);
    const team = policy('shop', '', { ingress: [rule([EVERYTHING], ['TCP 2-3', 'TCP 9'])] });
    expect(only(networkOf([WEB, DB], [baseline, team, admin]), 'web', 'db')).toEqual(['TCP 1,3,9']);
  });

  it('let the controller in where an entry leads, and policies let in pods of unknown labels', () => {
    const entry = {
      via: 'Ingress shop/i',
      namespace: 'shop',
      workload: 'web',
      kind: 'Deployment',
      port: 8080,
      transport: 'TCP',
      source: sourceAt(30),
    } as const;
    const entries = [entry, { ...entry, port: 9090 }];
    const open = networkOf([WEB, DB], [], { entries });
    expect(lines(analyse(open).rows({ from: '{ingress-controller}' }))).toEqual([
      '{ingress-controller} -> shop/web: TCP 8080,9090',
    ]);
    const closed = networkOf(
      [WEB],
      [policy('shop', '', { ingress: [rule([pods('*')], ['TCP 8080']), rule([pods('shop')])] })],
      { entries },
    );
    const reach = analyse(closed);
    expect(lines(reach.rows({ from: '{ingress-controller}' }))).toEqual([
      '{ingress-controller} -> shop/web: TCP 8080',
    ]);
    expect(reach.diagnostics.map(({ code }) => code)).toEqual(['reach/entry-blocked']);
  });
});

describe('filters', () => {
  const one = networkOf(
    [WEB, DB, workload('back/db')],
    [policy('shop', '', { ingress: [rule([block('10.0.0.0/8')])] })],
  );
  const FILTERS: [filter: string, froms: string[]][] = [
    ['shop/web', ['shop/web']],
    ['db', ['back/db', 'shop/db']],
    ['shop/*', ['shop/db', 'shop/web']],
    ['external', ['0.0.0.0-9.255.255.255', '10.0.0.0-10.255.255.255', '11.0.0.0-255.255.255.255']],
    ['10.1.2.3', ['10.0.0.0-10.255.255.255']],
    ['9.0.0.0/7', ['0.0.0.0-9.255.255.255']],
    ['10.0.0.0-10.255.255.255', ['10.0.0.0-10.255.255.255']],
  ];
  it.each(FILTERS)('%s lets these through', (from, froms) => {
    const found = new Set([...analyse(one).explanations({ from })].map((pair) => pair.from.name));
    expect([...found]).toEqual(froms);
  });

  it('that mean nobody are a fault that says what can be asked', () => {
    expect(() => [...analyse(one).rows({ to: 'nobody' })]).toThrow(
      expect.objectContaining({
        code: 'reach/peer-not-found',
        message: '`nobody` is none of those that are here',
      }),
    );
  });
});

describe('explanations', () => {
  it('name the rules of both sides with their lines, and what forbids', () => {
    const one = networkOf(
      [WEB, DB],
      [
        policy('shop', 'app=db', {
          ingress: [rule([pods('shop', 'app=web')], ['TCP 5432'], { source: sourceAt(42) })],
        }),
        policy('shop', '', {
          tier: 'admin',
          title: 'AdminNetworkPolicy a',
          egress: [
            rule([pods('*')], ['UDP 1-65535'], {
              action: 'deny',
              name: 'no-udp',
              source: sourceAt(7),
            }),
          ],
        }),
      ],
    );
    const reach = analyse(one);
    const peer = (name: string) => ({ name, kind: 'Deployment' });
    const { rows, reasons } = reach.explain(peer('shop/web'), peer('shop/db'));
    expect(lines(rows)).toEqual(['shop/web -> shop/db: TCP 5432']);
    const told = reasons.map(
      ({ side, effect, policy: title, message, source }) =>
        `${side} ${effect}: ${title} ${message} @${source?.line}`,
    );
    expect(told).toEqual([
      'egress deny: AdminNetworkPolicy a denies UDP 1-65535 by egress rule 1 (no-udp) @7',
      'egress allow: null no policy decides about its egress by TCP 1-65535 and SCTP 1-65535, so that is allowed @undefined',
      'ingress allow: NetworkPolicy shop/p allows TCP 5432 by ingress rule 1 @42',
      'ingress deny: NetworkPolicy shop/p selects the callee, and allows nothing else @10',
    ]);
    expect(rows[0]?.because.map(({ effect }) => effect)).toEqual(['allow', 'allow']);
    const back = reach.explain(peer('shop/db'), peer('shop/web'));
    expect(back.rows.length).toBeGreaterThan(0);
    expect(reach.explain(peer('shop/web'), peer('shop/web')).rows).toEqual([]);
    expect(reach.explain(peer('shop/gone'), peer('shop/web')).reasons).toEqual([]);
  });
});

describe('requests', () => {
  const permission = (
    effect: 'allow' | 'deny',
    from: string[],
    operations: string[],
    rest: Partial<Permission> = {},
  ): Permission => ({
    policy: `AuthorizationPolicy shop/${effect}`,
    effect,
    layer: 'request',
    from,
    operations,
    source: { ...sourceAt(50), reader: 'istio' },
    ...rest,
  });
  const by = (reader: string) => ({ source: { ...sourceAt(60), reader } });
  const anyone = permission('allow', ['*'], ['*'], { policy: 'default' });
  const CASES: [what: string, permissions: Permission[], want: string[]][] = [
    ['nothing is said', [], ['any']],
    ['everyone may do everything', [anyone], ['any']],
    [
      'the caller may do something',
      [permission('allow', ['default/shop/web'], ['POST /b', 'GET /a'])],
      ['TCP 1-65535 [GET /a; POST /b]', 'UDP 1-65535', 'SCTP 1-65535'],
    ],
    [
      'several permissions add up',
      [permission('allow', ['shop/web'], ['GET /a']), permission('allow', ['shop/*'], ['GET /b'])],
      ['TCP 1-65535 [GET /a; GET /b]', 'UDP 1-65535', 'SCTP 1-65535'],
    ],
    [
      'others may do something',
      [permission('allow', ['shop/api'], ['GET /a'])],
      ['UDP 1-65535', 'SCTP 1-65535'],
    ],
    [
      'it is denied something',
      [anyone, permission('deny', ['*'], ['DELETE *'])],
      ['TCP 1-65535 [*]', 'UDP 1-65535', 'SCTP 1-65535'],
    ],
    [
      'it is denied everything',
      [anyone, permission('deny', ['*authenticated'], ['*'])],
      ['UDP 1-65535', 'SCTP 1-65535'],
    ],
    [
      'a rule of the network layer lets all requests through',
      [
        permission('allow', ['shop/web'], ['GET /a'], by('cilium')),
        permission('allow', ['shop/web'], ['80'], { ...by('cilium'), layer: 'network' }),
      ],
      ['any'],
    ],
    [
      'only the network layer is spoken of',
      [permission('allow', [], [], { layer: 'network' })],
      ['any'],
    ],
    [
      'two meshes must both allow',
      [
        permission('allow', ['shop/web'], ['GET /a', 'GET /b']),
        permission('allow', ['shop/web'], ['GET /b'], by('cilium')),
      ],
      ['TCP 1-65535 [GET /b]', 'UDP 1-65535', 'SCTP 1-65535'],
    ],
    [
      'one of two meshes allows nothing',
      [anyone, permission('allow', [], [], by('linkerd'))],
      ['UDP 1-65535', 'SCTP 1-65535'],
    ],
  ];
  it.each(CASES)('are restricted where %s', (_, permissions, want) => {
    const reach = analyse(networkOf([WEB, DB]), {
      permissions: [{ namespace: 'shop', name: 'db', permissions }],
    });
    const rows = lines(reach.rows({ from: 'web', to: 'db' }));
    expect(rows.map((line) => line.replace(/^[^:]*: /, ''))).toEqual(want);
  });

  it('of addresses and of the controller go by words, and by blocks', () => {
    const permissions = [
      permission('allow', ['10.0.0.0/8'], ['GET /a']),
      permission('allow', ['world'], ['GET /w']),
      permission('allow', ['*authenticated'], ['GET /i']),
    ];
    const reach = analyse(
      networkOf([DB], [policy('shop', '', { ingress: [rule([block('10.0.0.0/8')], ['TCP 1'])] })]),
      {
        permissions: [{ namespace: 'shop', name: 'db', permissions }],
      },
    );
    expect(lines(reach.rows({ to: 'db' }))).toEqual([
      '10.0.0.0-10.255.255.255 -> shop/db: TCP 1 [GET /a; GET /w]',
    ]);
  });
});

describe('what is odd', () => {
  const port = rule([EVERYTHING], ['TCP metrics'], { source: sourceAt(5) });
  const CASES: [what: string, network: Network, codes: string[]][] = [
    [
      'a policy about nobody',
      networkOf([WEB], [policy('back', '', {})]),
      ['10 policy-selects-nobody'],
    ],
    [
      'a peer that is nobody',
      networkOf([WEB], [policy('shop', '', { ingress: [rule([pods('back')])] })]),
      ['20 peer-selects-nobody'],
    ],
    [
      'a port that nobody has',
      networkOf([WEB], [policy('shop', '', { ingress: [port] })]),
      ['5 port-unknown'],
    ],
    [
      'no port that somebody has',
      networkOf([WEB], [policy('shop', '', { ingress: [rule([EVERYTHING], ['TCP http'])] })]),
      [],
    ],
    [
      'a port by name of addresses',
      networkOf(
        [WEB],
        [policy('shop', '', { egress: [rule([block('10.0.0.0/8')], ['TCP http'])] })],
      ),
      ['20 port-unknown'],
    ],
    [
      'a port by name of everything',
      networkOf([WEB], [policy('shop', '', { egress: [rule([EVERYTHING], ['TCP http'])] })]),
      [],
    ],
    [
      'two policies of one priority',
      networkOf(
        [WEB],
        [
          policy('*', '', { tier: 'admin', priority: 3, title: 'a' }),
          policy('*', '', { tier: 'admin', priority: 3, title: 'b' }),
        ],
      ),
      ['10 priority-shared'],
    ],
  ];
  it.each(CASES)('is told with its line: %s', (_, one, codes) => {
    const told = analyse(one).diagnostics.map(
      ({ code, line }) => `${line} ${code.replace('reach/', '')}`,
    );
    expect(told).toEqual(codes);
  });
});
