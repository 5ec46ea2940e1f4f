import { ATTACK_KINDS, type Attack, type AttackKind, type Step } from './attack.ts';
import type { Choice } from './choice.ts';
import { DAY_MS, HOUR_MS } from './model.ts';
import { PLANS, type Tools } from './plans.ts';

/** Attacks keep this far from each other wherever they have a workload in common. */
const APART_MS = 36 * HOUR_MS;
const TRIES = 80;

interface Span {
  readonly startsAt: number;
  readonly endsAt: number;
  readonly services: ReadonlySet<string>;
}

/** Attacks of all kinds, spread over the time that is judged, none of which touches another. */
export function planAttacks(
  choice: Choice,
  tools: Tools,
  count: number,
  from: number,
  until: number,
): Attack[] {
  const attacks: Attack[] = [];
  const spans: Span[] = [];
  const kinds = choice.random.shuffled(ATTACK_KINDS.flatMap((kind) => Array(count).fill(kind)));
  // What takes longest is placed first.
  kinds.sort((a, b) => Number(b === 'an edge a day') - Number(a === 'an edge a day'));
  for (const kind of kinds as AttackKind[]) {
    for (let tries = 0; tries < TRIES; tries++) {
      const steps = tryPlan(choice, tools, kind);
      if (!steps) continue;
      const span = place(choice, steps, from, until);
      if (!span || spans.some((other) => touches(span, other))) continue;
      spans.push(span);
      const { startsAt, services } = span;
      attacks.push({ number: attacks.length + 1, kind, startsAt, steps, services, hops: [] });
      break;
    }
  }
  return attacks;
}

function tryPlan(choice: Choice, tools: Tools, kind: AttackKind): Step[] | undefined {
  try {
    return PLANS[kind](choice, tools);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function place(
  choice: Choice,
  steps: readonly Step[],
  from: number,
  until: number,
): Span | undefined {
  const takes = steps.reduce((sum, { afterMs }) => sum + afterMs, 0) + 2 * HOUR_MS;
  const latest = until - DAY_MS / 4 - takes;
  if (latest < from) return undefined;
  const startsAt = choice.random.between(from, latest);
  const services = new Set(
    steps.flatMap((step) => [
      step.from.id,
      step.target.workload.id,
      ...(step.shownAs ? [step.shownAs.id] : []),
    ]),
  );
  return { startsAt, endsAt: startsAt + takes, services };
}

function touches(a: Span, b: Span): boolean {
  const isNear = a.startsAt < b.endsAt + APART_MS && b.startsAt < a.endsAt + APART_MS;
  return isNear && !a.services.isDisjointFrom(b.services);
}
