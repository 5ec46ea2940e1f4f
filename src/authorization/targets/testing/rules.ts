import fc from 'fast-check';
import { arbitraryPolicy, arbitraryTemplate } from '../../engine/testing/index.ts';
import type {
  CalleeRules,
  OperationRule,
  Policy,
  PolicyService,
  Question,
} from '../../model/index.ts';
import {
  matchesExactly,
  matchesLoosely,
  parsePattern,
  toWireMethod,
  toWirePath,
} from '../../operations/index.ts';

/** Rules, with the policy whose services they are about; its grants mean nothing. */
export interface SampleRules {
  readonly policy: Policy;
  readonly rules: readonly CalleeRules[];
}

const METHODS = ['GET', 'GET', 'POST', 'DELETE', '*'] as const;

/** Any rules about requests over HTTP, such as policies come to and such as they never would. */
export function arbitraryRules(): fc.Arbitrary<SampleRules> {
  return arbitraryPolicy().chain((policy) =>
    fc
      .tuple(...policy.services.map((service) => arbitraryCallee(service, policy.services)))
      .map((rules) => ({ policy: { ...policy, grants: [], endpoints: [] }, rules })),
  );
}

const arbitraryCallee = (
  service: PolicyService,
  services: readonly PolicyService[],
): fc.Arbitrary<CalleeRules> =>
  fc
    .array(fc.array(arbitraryRule, { minLength: 1, maxLength: 4 }), {
      maxLength: identitiesOf(services).length,
    })
    .map((lists) => ({
      service,
      mode: service.mode,
      callers: identitiesOf(services).flatMap((identity, at) => {
        const allowed = lists[at];
        const having = services.filter(({ identities }) => identities.includes(identity));
        return allowed ? [{ identities: [identity], services: having, allowed }] : [];
      }),
    }));

const identitiesOf = (services: readonly PolicyService[]): string[] => [
  ...new Set(services.flatMap(({ identities }) => identities)),
];

const arbitraryRule: fc.Arbitrary<OperationRule> = fc.record({
  protocol: fc.oneof(
    { weight: 15, arbitrary: fc.constant('http' as const) },
    { weight: 1, arbitrary: fc.constant('graphql' as const) },
  ),
  method: fc.constantFrom(...METHODS),
  exceptMethods: fc.constantFrom([], [], ['GET'], ['POST', 'PURGE']),
  path: fc.oneof(
    { weight: 9, arbitrary: arbitraryTemplate(true) },
    { weight: 1, arbitrary: fc.constantFrom('/**', '**') },
  ),
  also: fc.oneof(
    { weight: 9, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(arbitraryTemplate(false), { maxLength: 1 }) },
  ),
  except: fc.array(arbitraryTemplate(false), { maxLength: 3 }),
  conditions: fc.oneof(
    { weight: 9, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.constant(['g0']) },
  ),
  because: fc.constant([]),
});

/** What rules let in, by the words of their contract alone; a rule with conditions lets nothing in here. */
export function isLetIn(rules: readonly CalleeRules[], question: Question): boolean {
  const callee = rules.find(({ service }) => service.id === question.service);
  if (!callee) return false;
  if (callee.mode === 'shadow') return true;
  const { caller } = question;
  return callee.callers
    .filter(({ identities }) => caller !== undefined && identities.includes(caller))
    .some(({ allowed }) => allowed.some((rule) => isMatch(rule, question)));
}

export function isMatch(rule: OperationRule, question: Question): boolean {
  if (rule.conditions.length > 0 || rule.protocol !== question.protocol) return false;
  if (question.protocol !== 'http') return false;
  const [method, path] = [toWireMethod(question.method), toWirePath(question.path)];
  if (typeof method !== 'string' || typeof path !== 'string') return false;
  const isMethod =
    rule.method === '*' ? !rule.exceptMethods.includes(method) : rule.method === method;
  const pattern = (text: string) => parsePattern(text === '**' ? '/**' : text);
  const loosely = (text: string) => {
    const parsed = pattern(text);
    return parsed !== undefined && matchesLoosely(parsed, path);
  };
  const parsed = pattern(rule.path);
  return (
    isMethod &&
    parsed !== undefined &&
    matchesExactly(parsed, path) &&
    rule.also.every(loosely) &&
    !rule.except.some(loosely)
  );
}
