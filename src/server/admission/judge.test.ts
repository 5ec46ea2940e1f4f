import { describe, expect, it } from 'vitest';
import type { ReviewedChange } from '../../authorization/admission/index.ts';
import { EMPTY_STATE } from '../../authorization/check/index.ts';
import { parseYaml } from '../../base/data.ts';
import { type Fields, isFields, textAt } from '../../base/pick.ts';
import type { Fact } from '../../estate/index.ts';
import { auditApart } from './audit.ts';
import { AdmissionJudge, type FollowedObjects } from './judge.ts';

const workload = (name: string, env = '[]') => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { serviceAccountName: ${name}, containers: [{ name: a, ports: [{ containerPort: 8080 }], env: ${env} }] }
---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: [{ port: 80, targetPort: 8080 }] }
---
`;
const CALLS_PAYMENTS = '[{ name: PAYMENTS_URL, value: "http://payments" }]';

const objectsOf = (manifest: string): Fields[] =>
  parseYaml(manifest).documents.flatMap(({ value }) => (isFields(value) ? [value] : []));

class Objects implements FollowedObjects {
  readings = 0;
  kept: Fields[];

  constructor(manifest: string) {
    this.kept = objectsOf(manifest);
  }

  values(): Iterable<Fields> {
    this.readings += 1;
    return this.kept;
  }

  valuesWith({ kind, name, object }: ReviewedChange): Iterable<Fields> {
    const others = this.kept.filter(
      (one) => textAt(one, 'kind') !== kind || textAt(one, 'metadata', 'name') !== name,
    );
    return object ? [...others, object] : others;
  }
}

const changeTo = (manifest: string): ReviewedChange => {
  const object = objectsOf(manifest)[0] ?? {};
  return {
    ...{ group: 'apps', version: 'v1', kind: 'Deployment', plural: 'deployments' },
    ...{ namespace: 'shop', name: textAt(object, 'metadata', 'name') ?? '', object },
  };
};

/** What a file says of `shop/orders`: it declares its calls, and none of them. */
const DECLARED: Fact = {
  ...{ entity: 'service', id: 'test/shop/orders', environment: 'test', namespace: 'shop' },
  ...{ name: 'orders', declaresCalls: true },
  source: {
    reader: 'declarations',
    how: 'declared',
    file: 'orders/reeve.yaml',
    line: 1,
    column: 1,
  },
} as Fact;

function judgeOf(objects: FollowedObjects): AdmissionJudge {
  const options = { name: 'eu-1', environment: 'test', trustDomains: ['example.org'] };
  return new AdmissionJudge(objects, { ...options, sensitive: [], maxBlast: 10 }, Date.now);
}

describe('the judgement of an object', () => {
  it('knows what files declare, and finds a call that they do not', () => {
    const judge = judgeOf(new Objects(workload('orders') + workload('payments')));
    const calling = changeTo(workload('orders', CALLS_PAYMENTS));
    const rulesOf = () => judge.judge(calling).violations.map(({ rule }) => rule);
    expect(rulesOf()).not.toContain('check/undeclared-call');
    judge.know({ facts: [DECLARED], sources: { guardrails: [], groups: [] } });
    expect(rulesOf()).toContain('check/undeclared-call');
  });

  it('reads what is there once, until that changes', () => {
    const objects = new Objects(workload('orders'));
    const judge = judgeOf(objects);
    for (const name of ['a', 'b', 'c']) judge.judge(changeTo(workload(name)));
    expect(objects.readings).toBe(1);
    judge.changed();
    judge.judge(changeTo(workload('d')));
    expect(objects.readings).toBe(2);
  });
});

describe('the audit', () => {
  it('gives up what takes too long, and says so', async () => {
    const options = { sensitive: [], maxBlast: 10 };
    const none = await auditApart(EMPTY_STATE, options, { maxMs: 1, maxHeapMb: 512 });
    expect(none).toMatchObject({
      violations: [],
      leftOut: expect.stringContaining('too much time'),
    });
    expect(await auditApart(EMPTY_STATE, options)).toMatchObject({ violations: [], leftOut: '' });
  });
});
