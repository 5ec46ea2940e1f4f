import { describe, expect, it } from 'vitest';
import type { NetworkPolicy, NetworkRule, PodSelector } from '../../../estate/index.ts';
import { analyse } from '../analyse.ts';
import { EVERYTHING, labels, networkOf, pods, policy, rule, workload } from '../testing/build.ts';

const DB = workload('shop/db');
const WEB = workload('shop/web');

/** `from entire-cluster: TCP 80` of one direction. */
function exposed(
  policies: readonly NetworkPolicy[],
  direction: 'ingress' | 'egress' = 'ingress',
): string[] {
  return analyse(networkOf([DB, WEB], policies))
    .exposure({ workload: 'shop/db' })
    .filter((one) => one.direction === direction)
    .map(
      ({ peer, protocol, ports, unprotected }) =>
        `${peer}: ${protocol === 'any' ? ports : `${protocol} ${ports}`}${unprotected ? ' (unprotected)' : ''}`,
    );
}

function open(...ingress: NetworkRule[]): NetworkPolicy[] {
  return [policy('shop', 'app=db', { ingress })];
}

function to(selector: Partial<PodSelector>): NetworkRule['peers'][number] {
  return { kind: 'pods', selector: { namespaces: [], pods: [], ...selector } };
}

describe('exposure', () => {
  const CASES: [what: string, policies: NetworkPolicy[], want: string[]][] = [
    ['no policy', [], ['entire-cluster: any (unprotected)']],
    ['nobody', open(), []],
    ['everything', open(rule([EVERYTHING], ['TCP 80'])), ['entire-cluster: TCP 80']],
    ['every pod', open(rule([pods('*')])), ['entire-cluster: any']],
    ['pods that are there', open(rule([pods('shop', 'app=web')])), []],
    [
      'pods that are not there',
      open(rule([pods('shop', 'app=api')], ['TCP 80'])),
      ['shop/[pod with {app=api}]: TCP 80'],
    ],
    ['a namespace', open(rule([pods('back')], ['UDP 53'])), ['back/[all pods]: UDP 53']],
    [
      'a namespace by label',
      open(rule([to({ namespaces: labels('team=a|b,!old,new,env!=dev') })])),
      ['[namespace with {team in (a, b), !old, new, env notin (dev)}]/[all pods]: any'],
    ],
    [
      'no more than any pod',
      open(rule([pods('*')], ['TCP 80']), rule([pods('back')], ['TCP 80'])),
      ['entire-cluster: TCP 80'],
    ],
    [
      'what a wider selector lets in too',
      open(rule([pods('back')], ['TCP 1']), rule([pods('back', 'app=x')], ['TCP 3'])),
      ['back/[all pods]: TCP 1', 'back/[pod with {app=x}]: TCP 1,3'],
    ],
    [
      'not what a narrower selector lets in',
      open(
        rule([to({ pods: labels('app=a|b') })], ['TCP 1']),
        rule([to({ pods: labels('app=a') })], ['TCP 3']),
      ),
      [
        '[all namespaces]/[pod with {app in (a, b)}]: TCP 1',
        '[all namespaces]/[pod with {app=a}]: TCP 1,3',
      ],
    ],
    [
      'what a selector of absent labels lets in too',
      open(
        rule([to({ pods: labels('!app') })], ['TCP 1']),
        rule([to({ pods: labels('app!=x') })], ['TCP 3']),
      ),
      [
        '[all namespaces]/[pod with {!app}]: TCP 1,3',
        '[all namespaces]/[pod with {app notin (x)}]: TCP 3',
      ],
    ],
    ['a selector that contradicts itself', open(rule([to({ pods: labels('app=a,app=b') })])), []],
    [
      'less than any pod',
      [
        policy('*', '', {
          tier: 'admin',
          ingress: [rule([pods('back')], undefined, { action: 'deny' })],
        }),
      ],
      ['entire-cluster: any', 'back/[all pods]: none'],
    ],
  ];
  it.each(CASES)('of a workload that lets in %s', (_, policies, want) => {
    expect(exposed(policies)).toEqual(want);
  });

  it('names ports of pods that do not exist yet', () => {
    const egress = [rule([pods('back')], ['TCP http', 'TCP 80']), rule([pods('back', 'a=b')])];
    expect(exposed([policy('shop', 'app=db', { egress })], 'egress')).toEqual([
      'back/[all pods]: TCP 80,http',
      'back/[pod with {a=b}]: any',
    ]);
    const numbers = [rule([pods('back')], ['TCP http', 'TCP 1-65535'])];
    expect(exposed([policy('shop', 'app=db', { egress: numbers })], 'egress')).toEqual([
      'back/[all pods]: TCP 1-65535',
    ]);
  });

  it('resolves names of ports at the workload itself', () => {
    expect(exposed(open(rule([pods('back')], ['TCP http'])))).toEqual([
      'back/[all pods]: TCP 8080',
    ]);
  });

  it('names the rules that let newcomers in', () => {
    const [first] = analyse(networkOf([DB], open(rule([pods('back')])))).exposure();
    expect(first?.because).toMatchObject([{ effect: 'allow', source: { line: 20 } }]);
  });

  it('compares labels of namespaces with those of the workload', () => {
    const network = networkOf(
      [DB],
      open(
        rule([to({ sameLabels: ['tenant'] })], ['TCP 1']),
        rule([to({ namespaces: labels('tenant=t') })], ['TCP 3']),
      ),
    );
    const namespaces = network.namespaces.map((one) => ({
      ...one,
      labels: { ...one.labels, tenant: 't' },
    }));
    const exposures = analyse({ ...network, namespaces }).exposure();
    expect(
      exposures
        .filter(({ direction }) => direction === 'ingress')
        .map(({ peer, ports }) => `${peer}: ${ports}`),
    ).toEqual([
      '[namespace with {same tenant}]/[all pods]: 1,3',
      '[namespace with {tenant=t}]/[all pods]: 1,3',
    ]);
  });
});
