import type { DependingVerdict, GuardVerdict } from '../../model/index.ts';
import type { CompiledGuardrail } from './compiled.ts';

const CLEAR: GuardVerdict = { kind: 'clear' };

/** What each guardrail says of one call, summed up: the same in whatever order they are asked. */
export class Tally {
  #failed: { readonly id: string; readonly problem: string } | undefined;
  #forbidding: CompiledGuardrail | undefined;
  #depending: string[] | undefined;

  fail({ id }: CompiledGuardrail, problem: string): void {
    if (this.#failed === undefined || id < this.#failed.id) this.#failed = { id, problem };
  }

  forbid(guardrail: CompiledGuardrail): void {
    if (this.#forbidding === undefined || guardrail.id < this.#forbidding.id) {
      this.#forbidding = guardrail;
    }
  }

  depend({ id }: CompiledGuardrail): void {
    this.#depending ??= [];
    this.#depending.push(id);
  }

  /** Where nothing depends on what is not given. */
  verdict(): GuardVerdict {
    if (this.#failed !== undefined) return { kind: 'failed', ...this.#failed };
    if (this.#forbidding === undefined) return CLEAR;
    const { id, reason } = this.#forbidding;
    return { kind: 'forbids', id, reason };
  }

  standing(): GuardVerdict | DependingVerdict {
    if (this.#depending === undefined) return this.verdict();
    const ids = this.#depending.sort();
    const verdict = this.verdict();
    if (verdict.kind === 'clear') return { kind: 'depends', ids };
    return { kind: 'depends', ids: [...ids, verdict.id].sort(), denies: true };
  }
}
