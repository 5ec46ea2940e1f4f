import fc from 'fast-check';
import type { GuardContext, GuardedCall, GuardrailJudge, GuardVerdict } from '../../model/index.ts';

/** A guardrail without Cedar: whom and what it is about (undefined: all), and what it looks at. */
export interface SampleGuardrail {
  readonly caller: string | undefined;
  readonly callee: string | undefined;
  /** Endpoints with that template; `unknown`: where none is known. */
  readonly template: string | undefined;
  readonly proof: 'mtls' | 'token' | undefined;
  readonly does: 'forbids' | 'failed';
}

/** A judge of samples; their ids are `g0`, `g1` … */
export function sampleJudge(samples: readonly SampleGuardrail[]): GuardrailJudge {
  const about = (call: GuardedCall) =>
    samples
      .map((sample, index) => ({ ...sample, id: `g${index}` }))
      .filter((sample) => isAbout(sample, call));
  const verdictOf = (applying: ReturnType<typeof about>): GuardVerdict => {
    const failed = applying.find(({ does }) => does === 'failed');
    if (failed) return { kind: 'failed', id: failed.id, problem: 'an attribute is missing' };
    const [first] = applying;
    return first ? { kind: 'forbids', id: first.id, reason: undefined } : { kind: 'clear' };
  };
  return {
    standing(call) {
      const applying = about(call);
      const fixed = verdictOf(applying.filter(({ proof }) => proof === undefined));
      const dependent = applying.filter(({ proof }) => proof !== undefined);
      if (dependent.length === 0) return fixed;
      const ids = dependent.map(({ id }) => id);
      return fixed.kind === 'clear'
        ? { kind: 'depends', ids }
        : { kind: 'depends', ids: [...ids, fixed.id].sort(), denies: true };
    },
    judge: (call: GuardedCall, context: GuardContext) =>
      verdictOf(about(call).filter(({ proof }) => proof === undefined || proof === context.proof)),
  };
}

function isAbout(
  { caller, callee, template }: SampleGuardrail,
  { caller: from, callee: to, endpoint }: GuardedCall,
): boolean {
  return (
    (caller === undefined || caller === from.id) &&
    (callee === undefined || callee === to.id) &&
    (template === undefined || template === (endpoint?.template ?? 'unknown'))
  );
}

/** Guardrails about the given services and templates; often none. */
export function arbitraryGuardrails(
  services: readonly string[],
  templates: readonly string[],
): fc.Arbitrary<SampleGuardrail[]> {
  const maybe = <Value>(...values: Value[]) => fc.constantFrom(undefined, ...values);
  return fc.array(
    fc.record({
      caller: maybe(...services),
      callee: maybe(...services),
      template: fc.constantFrom('unknown', ...templates),
      proof: maybe('mtls' as const, 'token' as const),
      does: fc.constantFrom('forbids' as const, 'failed' as const),
    }),
    { maxLength: 3 },
  );
}
