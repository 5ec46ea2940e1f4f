import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Network, NetworkPolicy, Permission } from '../../../estate/index.ts';
import { analyse } from '../analyse.ts';
import type { ReachChange, ReachDelta } from '../model.ts';
import { network as anyNetwork } from '../testing/arbitrary.ts';
import {
  block,
  EVERYTHING,
  networkOf,
  policy,
  rule,
  sourceAt,
  workload,
} from '../testing/build.ts';
import { diffReach } from './index.ts';

const WEB = workload('shop/web');
const DB = workload('shop/db');

function state(
  policies: readonly NetworkPolicy[],
  permissions: readonly Permission[] = [],
  workloads = [WEB, DB],
) {
  return {
    network: networkOf(workloads, policies),
    permissions: [{ namespace: 'shop', name: 'db', permissions }],
  };
}

function deltaText({ protocol, ports, http }: ReachDelta): string {
  const requests = http === null ? '' : ` [${http.join('; ')}]`;
  return protocol === 'any' ? 'any' : `${protocol} ${ports}${requests}`;
}

function text({ change, from, to, gained, lost }: ReachChange): string {
  const list = (deltas: readonly ReachDelta[]) => deltas.map(deltaText).join(', ') || 'nothing';
  return `${change} ${from} -> ${to}: +${list(gained)} -${list(lost)}`;
}

/** Ports that `db` lets in from everyone. */
const open = (...ports: string[]) => [
  policy('shop', 'app=db', { ingress: [rule([EVERYTHING], ports)] }),
];
const ALL = '0.0.0.0-255.255.255.255';

describe('the difference of two networks', () => {
  it('is nothing where the same passes for other reasons', () => {
    expect(diffReach(state(open('TCP 1-2')), state(open('TCP 1', 'TCP 2')))).toEqual([]);
  });

  it('names what is gained and lost, pair by pair', () => {
    const changes = diffReach(state(open('TCP 1-10', 'UDP 5')), state(open('TCP 5-20', 'SCTP 1')));
    expect(changes.map(text)).toEqual([
      `changed ${ALL} -> shop/db: +TCP 11-20, SCTP 1 -TCP 1-4, UDP 5`,
      'changed shop/web -> shop/db: +TCP 11-20, SCTP 1 -TCP 1-4, UDP 5',
    ]);
    expect(changes[0]?.before.map(({ ports }) => ports)).toEqual(['1-10', '5']);
  });

  it('says of pairs that were not connected that they are added, and the other way round', () => {
    const closed = state([policy('shop', 'app=db', { ingress: [] })]);
    expect(diffReach(closed, state([])).map(text)).toEqual([
      `added ${ALL} -> shop/db: +any -nothing`,
      'added shop/web -> shop/db: +any -nothing',
    ]);
    expect(diffReach(state(open('TCP 80')), closed).map(text)).toEqual([
      `removed ${ALL} -> shop/db: +nothing -TCP 80`,
      'removed shop/web -> shop/db: +nothing -TCP 80',
    ]);
  });

  it('names workloads that only one of the two has', () => {
    const changes = diffReach(state([], [], [DB]), state([]));
    const { peersAdded } = changes.find(({ from }) => from === 'shop/web') ?? {};
    expect(peersAdded).toEqual(['shop/web']);
    const back = diffReach(state([]), state([], [], [DB]));
    expect(
      back.every(
        ({ change, peersRemoved }) => change === 'removed' && peersRemoved[0] === 'shop/web',
      ),
    ).toBe(true);
  });

  it('splits addresses where either state does, and puts together what changes alike', () => {
    const from = (...cidrs: string[]) => [
      policy('shop', 'app=db', {
        ingress: [
          rule(
            cidrs.map((cidr) => block(cidr)),
            ['TCP 1'],
          ),
        ],
      }),
    ];
    const changes = diffReach(
      state(from('10.0.0.0/8', '11.0.0.0/16')),
      state(from('10.128.0.0/9', '12.0.0.0/8')),
    );
    expect(changes.map(text)).toEqual([
      'removed 10.0.0.0-10.127.255.255 -> shop/db: +nothing -TCP 1',
      'removed 11.0.0.0-11.0.255.255 -> shop/db: +nothing -TCP 1',
      'added 12.0.0.0-12.255.255.255 -> shop/db: +TCP 1 -nothing',
    ]);
    const wider = diffReach(
      state(from('10.0.0.0/8')),
      state(from('10.0.0.0/8', '11.0.0.0/8', '12.0.0.0/8')),
    );
    expect(wider.map(text)).toEqual(['added 11.0.0.0-12.255.255.255 -> shop/db: +TCP 1 -nothing']);
    expect(wider[0]?.after[0]?.from).toBe('11.0.0.0-12.255.255.255');
  });

  const grant = (operations: string[]): Permission => ({
    policy: 'AuthorizationPolicy shop/db',
    effect: 'allow',
    layer: 'request',
    from: ['shop/web'],
    operations,
    source: { ...sourceAt(1), reader: 'istio' },
  });
  const REQUESTS: [before: string[] | undefined, after: string[] | undefined, want: string][] = [
    [['GET /a'], ['GET /a', 'POST /b'], '+TCP 80 [POST /b] -nothing'],
    [['GET /a'], ['GET /b'], '+TCP 80 [GET /b] -TCP 80 [GET /a]'],
    [['GET /a'], ['*'], '+TCP 80 -nothing'],
    [['GET /a'], undefined, '+TCP 80 -nothing'],
    [['*'], ['GET /a'], '+nothing -TCP 80'],
  ];
  it.each(REQUESTS)('of requests %s and %s is %s', (before, after, want) => {
    const of = (operations: string[] | undefined) =>
      state(open('TCP 80'), operations ? [grant(operations)] : []);
    const changes = diffReach(of(before), of(after)).filter(({ from }) => from === 'shop/web');
    expect(changes.map(text)).toEqual([`changed shop/web -> shop/db: ${want}`]);
  });

  it('is empty of a network and itself, and turned around is turned around', () => {
    const turned = { added: 'removed', removed: 'added', changed: 'changed' } as const;
    fc.assert(
      fc.property(anyNetwork, anyNetwork, (a: Network, b: Network) => {
        const [one, other] = [a, b].map((network) => ({ network, permissions: [] }));
        if (!one || !other) return;
        expect(diffReach(one, one)).toEqual([]);
        const there = diffReach(one, other).map((change) => [
          change.change,
          change.from,
          change.to,
          change.gained,
          change.lost,
        ]);
        const back = diffReach(other, one).map((change) => [
          turned[change.change],
          change.from,
          change.to,
          change.lost,
          change.gained,
        ]);
        expect(back).toEqual(there);
      }),
      { numRuns: 50 },
    );
  });

  it('covers between workloads exactly the pairs whose rows differ', () => {
    fc.assert(
      fc.property(anyNetwork, anyNetwork, (a: Network, b: Network) => {
        const other = { ...a, policies: b.policies };
        const changes = diffReach(
          { network: a, permissions: [] },
          { network: other, permissions: [] },
        );
        const changed = new Set(changes.map(({ from, to }) => `${from} ${to}`));
        const [old, fresh] = [analyse(a), analyse(other)];
        const peers = a.workloads.map(({ namespace, name, kind }) => ({
          name: `${namespace}/${name}`,
          kind,
        }));
        const plain = (rows: ReturnType<typeof old.between>) =>
          rows.map(({ protocol, ports }) => `${protocol} ${ports}`).join();
        for (const from of peers) {
          for (const to of peers) {
            const isChanged = plain(old.between(from, to)) !== plain(fresh.between(from, to));
            expect(changed.has(`${from.name} ${to.name}`)).toBe(isChanged);
          }
        }
      }),
      { numRuns: 50 },
    );
  });
});
