import { describe, expect, it } from 'vitest';
import { readTexts } from '../../../read-texts.ts';
import { coreReader, kubernetes } from '../../index.ts';

const API = 'rbac.authorization.k8s.io/v1';
const READS = '{ apiGroups: [""], resources: [secrets], verbs: [list] }';

const role = (rules: string, more = '') => `apiVersion: ${API}
kind: ClusterRole
metadata: { name: reader }
rules: [${rules}]
${more}---
`;
const binding = (subjects: string, name = 'reader', more = '') => `apiVersion: ${API}
kind: ClusterRoleBinding
metadata: { name: b${more} }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ${name} }
subjects: [${subjects}]
---
`;
const ADA = '{ kind: User, name: ada }';
const account = (name: string) => `{ kind: ServiceAccount, name: ${name}, namespace: shop }`;
const ORDERS = `apiVersion: v1
kind: Pod
metadata: { name: orders, namespace: shop }
spec: { serviceAccountName: orders, containers: [{ name: a, image: a }] }
---
`;

function told(text: string): string[] {
  return readTexts(kubernetes([coreReader]), { 'all.yaml': text }).observations.flatMap((one) =>
    one.kind === 'weakness' && one.control.startsWith('secrets/rbac')
      ? [`${one.subject?.by === 'name' ? one.subject.name : '-'}: ${one.message}`]
      : [],
  );
}

const EVERYWHERE = 'may read Secrets in every namespace, by ClusterRole reader';
const CASES: readonly [sentence: string, text: string, told: string[]][] = [
  ['of people', role(READS) + binding(ADA), [`-: User ada ${EVERYWHERE}`]],
  [
    'of a workload by itself, and of all others of the binding together',
    ORDERS +
      role(READS) +
      binding(`${account('orders')}, ${ADA}, ${account('idle')}, { kind: Group, name: devs }`),
    [
      `orders: the account orders of orders ${EVERYWHERE}`,
      `-: Group devs, ServiceAccount shop/idle, User ada ${EVERYWHERE}`,
    ],
  ],
  [
    'of no more than three by name',
    role(READS) +
      binding(['a', 'b', 'c', 'd', 'e'].map((n) => `{ kind: User, name: ${n} }`).join()),
    [`-: User a, User b, User c and 2 more ${EVERYWHERE}`],
  ],
  [
    'of everyone who can log in, beside the workloads that can',
    ORDERS + role(READS) + binding('{ kind: Group, name: "system:authenticated" }'),
    [
      `orders: the account orders of orders ${EVERYWHERE}`,
      `-: everyone who can log in ${EVERYWHERE}`,
    ],
  ],
  [
    'of all accounts of a namespace that nothing runs in here',
    role(READS) + binding('{ kind: Group, name: "system:serviceaccounts:jobs" }'),
    [`-: every ServiceAccount of jobs ${EVERYWHERE}`],
  ],
  [
    'by a role that takes over the rules of others',
    role('', 'aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: b } }] }\n') +
      role(READS).replace('name: reader', 'name: part, labels: { a: b }') +
      role(READS).replace('name: reader', 'name: other, labels: { a: c }') +
      binding(ADA),
    [`-: User ada ${EVERYWHERE}`],
  ],
  [
    'by a role that adds itself to one that comes with Kubernetes',
    role(READS).replace(
      'name: reader',
      'name: part, labels: { rbac.authorization.k8s.io/aggregate-to-view: "true" }',
    ) + binding(ADA, 'view'),
    ['-: User ada may read Secrets in every namespace, by ClusterRole view'],
  ],
  ['not by `view` as it comes', binding(ADA, 'view'), []],
  [
    'by `edit` as it comes',
    binding(ADA, 'edit'),
    [
      '-: User ada may create Pods in every namespace, by ClusterRole edit',
      '-: User ada may read Secrets in every namespace, by ClusterRole edit',
    ],
  ],
  [
    'by wildcards',
    role('{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }') + binding(ADA),
    [
      `-: User ada may create tokens of ServiceAccounts in every namespace, by ClusterRole reader`,
      `-: User ada ${EVERYWHERE}`,
    ],
  ],
  [
    'not of Secrets by their names',
    role('{ apiGroups: [""], resources: [secrets], resourceNames: [db], verbs: [get] }') +
      binding(ADA),
    [],
  ],
  ['not of a role that nobody is bound to', role(READS), []],
  [
    'not of what comes with Kubernetes',
    role(READS) +
      binding(ADA, 'reader', ', labels: { kubernetes.io/bootstrapping: rbac-defaults }') +
      binding(ADA).replace('name: b', 'name: "system:b"') +
      binding(ADA).replace('name: b', 'name: "kubeadm:b"') +
      binding('{ kind: Group, name: "system:masters" }, { kind: User, name: "system:kube-proxy" }'),
    [],
  ],
];

describe('who may read Secrets is told', () => {
  it.each(CASES)('%s', (_, text, expected) => {
    expect(told(text).sort()).toEqual([...expected].sort());
  });
});
