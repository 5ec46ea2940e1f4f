import { describe, expect, it } from 'vitest';
import { clusterOf } from '../mesh/cluster.fixture.ts';
import { workloadsOf } from './workload.ts';

const workload = (name: string, labels: string, kind = 'apps/v1 Deployment') => {
  const [apiVersion, plain] = kind.split(' ');
  return `
apiVersion: ${apiVersion}
kind: ${plain}
metadata: { name: ${name} }
spec:
  template:
    metadata: { labels: ${labels} }
    spec: { containers: [{ name: a, image: a }] }`;
};
const service = (name: string, selector: string) => `
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { selector: ${selector}, ports: [{ port: 80 }] }`;

function namesOf(...documents: string[]): string[] {
  return workloadsOf(clusterOf(documents.join('\n---')))
    .map(({ resource, serviceName }) => `${resource.name} is ${serviceName}`)
    .sort();
}

describe('a workload named after another', () => {
  const pay = workload('pay', '{ app: pay, stage: prod }');
  const fix = workload('pay-fix', '{ app: pay, stage: test }');
  it('is a variant of it where one Service of its name selects both', () => {
    expect(namesOf(pay, fix, service('pay', '{ app: pay }'))).toEqual([
      'pay is pay',
      'pay-fix is pay',
    ]);
  });
  const cases: [sentence: string, documents: string[]][] = [
    ['no Service selects both', [pay, fix, service('pay', '{ app: pay, stage: prod }')]],
    ['the Service has another name', [pay, fix, service('money', '{ app: pay }')]],
    ['there is no Service', [pay, fix]],
    ['the Service has no selector', [pay, fix, service('pay', '{}')]],
    ['no workload has the name of the Service', [fix, service('pay', '{ app: pay }')]],
    [
      'it is a Job',
      [pay, workload('pay-fix', '{ app: pay }', 'batch/v1 Job'), service('pay', '{ app: pay }')],
    ],
  ];
  it.each(cases)('is another service where %s', (_, documents) => {
    expect(namesOf(...documents)).toContain('pay-fix is pay-fix');
  });
});
