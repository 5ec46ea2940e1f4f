import { Engine } from '../../engine/index.ts';
import { CedarJudge } from '../../guardrails/index.ts';
import type { CallerRules, GuardrailJudge, Policy, Question } from '../../model/index.ts';
import { minSegments, type PathPattern, parsePattern } from '../../operations/index.ts';
import type { OpaDenial } from './data.ts';

/** A judge without guardrails. */
const CLEAR: GuardrailJudge = {
  standing: () => ({ kind: 'clear' }),
  judge: () => ({ kind: 'clear' }),
};

/** The engine of a policy without its guardrails and blocked endpoints: what its declarations cover. */
export function coveringEngine(policy: Policy): Engine {
  const endpoints = policy.endpoints.map((one) => ({ ...one, blocked: false }));
  return new Engine({ ...policy, endpoints, guardrails: [] }, CLEAR);
}

/** What guardrails say of what a caller's declarations cover, by what it is called: found by asking the engine once about
 *  each operation that is known. */
export class Denials {
  readonly #engine: Engine | undefined;

  constructor(policy: Policy) {
    if (policy.guardrails.length === 0) return;
    this.#engine = new Engine(policy, new CedarJudge(policy.guardrails));
  }

  of(service: string, { identities, allowed }: CallerRules): Record<string, OpaDenial> {
    const denials = new Map<string, OpaDenial>();
    if (!this.#engine) return {};
    for (const { protocol, method, path } of allowed) {
      const sample = protocol === 'http' ? sampleOf(path) : path;
      if (sample === undefined) continue;
      const asked: Question = {
        caller: identities[0],
        proof: 'mtls',
        service,
        protocol,
        method: method === '*' ? 'GET' : method,
        path: sample,
      };
      const { reason, message, operation } = this.#engine.decide(asked);
      if (!reason.startsWith('guardrail-') || operation === undefined) continue;
      denials.set(operation, { reason, message });
    }
    return Object.fromEntries([...denials].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** What stands for a parameter; in nobody's literal, or the operation has another name. */
const VALUE = 'zq0-Zq.9';

/** A path that a pattern matches. */
function sampleOf(text: string): string | undefined {
  const pattern = parsePattern(text);
  return pattern && `/${segmentsOf(pattern).join('/')}`;
}

function segmentsOf(pattern: PathPattern): string[] {
  const segments = pattern.segments.map((segment) => {
    if (segment.kind === 'literal') return segment.exact;
    return segment.kind === 'mixed' ? segment.exact.join(VALUE) : VALUE;
  });
  return [...segments, ...Array(minSegments(pattern) - segments.length).fill(VALUE)];
}
