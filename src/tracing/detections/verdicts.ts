import type { Sign } from '../model.ts';
import type { ScopePart } from './detection.ts';

/** What of a sign tells whether another shows the same. */
export type ShownSign = Pick<Sign, 'kind' | 'from' | 'to' | 'operation' | 'evidence'>;
export type Verdict = 'expected' | 'malicious';

/** What people have said of signs, by kind and parties: it holds for the same of the same, and for nothing else. */
export class Verdicts {
  readonly #most: number;
  readonly #verdicts = new Map<string, Verdict>();

  constructor(most: number) {
    this.#most = most;
  }

  set(key: string, verdict: Verdict): void {
    this.#verdicts.delete(key);
    this.#verdicts.set(key, verdict);
    for (const oldest of this.#verdicts.keys()) {
      if (this.#verdicts.size <= this.#most) return;
      this.#verdicts.delete(oldest);
    }
  }

  delete(key: string): void {
    this.#verdicts.delete(key);
  }

  /** What holds for a sign. */
  of(sign: ShownSign, scope: readonly ScopePart[]): Verdict | undefined {
    return this.#verdicts.size === 0 ? undefined : this.#verdicts.get(scopeKey(sign, scope));
  }

  entries(): [string, Verdict][] {
    return [...this.#verdicts];
  }
}

/** What a verdict about a sign holds for. */
export function scopeKey(sign: ShownSign, scope: readonly ScopePart[]): string {
  const parts = scope.map((part) => {
    if (part === 'from' || part === 'to' || part === 'operation') return sign[part];
    return `${sign.evidence[part] ?? ''}`;
  });
  return JSON.stringify([sign.kind, ...parts]);
}
