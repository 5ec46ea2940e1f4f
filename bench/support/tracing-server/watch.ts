import { setTimeout as sleep } from 'node:timers/promises';
import type { TracingReeve } from './reeve.ts';

/** What a person sees of the server while spans come in. */
export interface Seen {
  /** Milliseconds of each answer, sorted, by the name of what is asked. */
  readonly routes: ReadonlyMap<string, readonly number[]>;
  /** Bytes of the last answer. */
  readonly bytes: ReadonlyMap<string, number>;
  /** Statuses of answers other than 200. */
  readonly failures: ReadonlyMap<string, number>;
  /** Milliseconds that an answer to nothing took. */
  readonly idle: readonly number[];
  /** Longest that the event loop of the main thread stood still, by the server's own figure. */
  readonly stallMs: number;
  readonly megabytes: number;
  /** Longest that spans had waited when they were looked at. */
  readonly lagMs: number;
}

const BEAT_MS = 20;
const PAUSE_MS = 30;
const FIGURES_MS = 1_000;

/** Asks everything again and again until `until` resolves. */
export async function watch(
  reeve: TracingReeve,
  asks: Readonly<Record<string, () => string | undefined>>,
  until: Promise<unknown>,
): Promise<Seen> {
  let goesOn = true;
  void until.finally(() => {
    goesOn = false;
  });
  const routes = new Map<string, number[]>(Object.keys(asks).map((name) => [name, []]));
  const bytes = new Map<string, number>();
  const failures = new Map<string, number>();
  const idle: number[] = [];
  let [stallMs, megabytes, lagMs] = [0, 0, 0];
  const beat = async (): Promise<void> => {
    while (goesOn) {
      idle.push((await reeve.ask('/healthz')).milliseconds);
      await sleep(BEAT_MS);
    }
  };
  const visit = async (): Promise<void> => {
    while (goesOn) {
      for (const [name, pathOf] of Object.entries(asks)) {
        const path = pathOf();
        if (path === undefined) continue;
        const answer = await reeve.ask(path);
        routes.get(name)?.push(answer.milliseconds);
        bytes.set(name, answer.bytes.length);
        if (answer.status !== 200) {
          const failure = `${name} ${answer.status}`;
          failures.set(failure, (failures.get(failure) ?? 0) + 1);
        }
        await sleep(PAUSE_MS);
      }
    }
  };
  const look = async (): Promise<void> => {
    while (goesOn) {
      const figures = await figuresOf(reeve);
      stallMs = Math.max(
        stallMs,
        (figures.get('reeve_nodejs_eventloop_lag_max_seconds') ?? 0) * 1_000,
      );
      lagMs = Math.max(lagMs, figures.get('reeve_tracing{what="lagMilliseconds"}') ?? 0);
      megabytes = Math.max(megabytes, reeve.megabytes);
      await sleep(FIGURES_MS);
    }
  };
  await figuresOf(reeve);
  await Promise.all([beat(), visit(), look()]);
  for (const one of [idle, ...routes.values()]) one.sort((a, b) => a - b);
  return { routes, bytes, failures, idle, stallMs, megabytes, lagMs };
}

/** The server's own figures, by name and labels as they are written. */
export async function figuresOf(reeve: TracingReeve): Promise<ReadonlyMap<string, number>> {
  const { bytes } = await reeve.ask('/metrics');
  const lines = bytes.toString().split('\n');
  return new Map(
    lines.flatMap((line): [string, number][] => {
      const at = line.lastIndexOf(' ');
      return at < 0 || line.startsWith('#')
        ? []
        : [[line.slice(0, at), Number(line.slice(at + 1))]];
    }),
  );
}

/** Of sorted values. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
}
