import { listAt, numberAt, textAt } from '../../base/pick.ts';
import { namespaceOf, type Workload } from '../kubernetes/workload.ts';
import { type InboundVerdict, titleOf } from '../mesh/verdict.ts';
import { demandsAuthentication } from './admission.ts';
import { isEmptyRule } from './callers.ts';
import { type CiliumFacts, ENROLLED, type IngressRule, rulesOf, specsFor } from './facts.ts';

/** Judges what a workload lets in. Every rule that lets somebody in must demand authentication; a
 *  workload that no policy selects demands none. A namespace with ztunnel's mTLS encrypts between
 *  enrolled pods and takes plain text from others.
 *  @see https://docs.cilium.io/en/stable/network/servicemesh/mutual-authentication/mutual-authentication/ */
export function inboundMtls(workload: Workload, facts: CiliumFacts): readonly InboundVerdict[] {
  const specs = specsFor(workload, facts);
  const rules = specs
    .flatMap(rulesOf)
    .filter((rule) => rule.effect === 'allow' && !isEmptyRule(rule));
  if (!rules.some(demandsAuthentication)) return [withoutDemand(workload, rules)];
  const general = verdictOf(rules, undefined);
  const ports = workload.ports.flatMap(({ number }) => {
    const covering = rules.filter((rule) => covers(rule, number, workload));
    const verdict = covering.length === 0 ? undefined : verdictOf(covering, number);
    return verdict && verdict.inbound !== general.inbound ? [verdict] : [];
  });
  return [general, ...ports];
}

function withoutDemand(workload: Workload, rules: readonly IngressRule[]): InboundVerdict {
  const at = { resource: workload.resource, path: ['metadata', 'name'] };
  if (workload.namespaceLabels[ENROLLED] === 'true') {
    const because = `namespace ${namespaceOf(workload)} has ${ENROLLED}=true, which still takes plain text from pods that are not enrolled`;
    return { inbound: 'permissive', because, at, explicit: false };
  }
  const off = rules.find(({ value }) => textAt(value, 'authentication', 'mode') === 'disabled');
  if (off) {
    const because = `${titleOf(off.policy)} disables authentication`;
    const path = [...off.path, 'authentication', 'mode'];
    return { inbound: 'disabled', because, at: { resource: off.policy, path }, explicit: true };
  }
  const because = 'no policy of Cilium demands authentication, and the default is none';
  return { inbound: 'disabled', because, at, explicit: false };
}

function verdictOf(rules: readonly IngressRule[], port: number | undefined): InboundVerdict {
  const lax = rules.find((rule) => !demandsAuthentication(rule));
  const [first] = rules;
  const rule = lax ?? first;
  // The callers hand in at least one rule; an empty list would demand nothing.
  if (!rule) throw new RangeError('no rule to judge');
  const path = lax ? rule.path : [...rule.path, 'authentication', 'mode'];
  return {
    inbound: lax ? 'permissive' : 'strict',
    ...(port !== undefined && { port }),
    because: `${titleOf(rule.policy)} ${lax ? 'lets callers in without authentication' : 'requires authentication'}`,
    at: { resource: rule.policy, path },
    explicit: true,
  };
}

/** A rule without ports is for all of them; 0 stands for any. */
function covers({ value }: IngressRule, port: number, workload: Workload): boolean {
  const items = listAt(value, 'toPorts');
  return (
    items.length === 0 ||
    items.some((item) =>
      listAt(item, 'ports').some((one) => {
        const text = textAt(one, 'port') ?? '';
        const number = Number(text);
        const named = workload.ports.find(({ name }) => name !== undefined && name === text);
        if (named) return named.number === port;
        return number === 0 || (port >= number && port <= (numberAt(one, 'endPort') ?? number));
      }),
    )
  );
}
