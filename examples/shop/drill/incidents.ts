import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the drill asks Reeve's API: the part of the answers that it uses. */
export interface IncidentSummary {
  readonly id: string;
  readonly state: string;
  readonly path: readonly string[];
  readonly lastTime: string;
}

export interface IncidentHop {
  readonly from: string;
  readonly to: string;
  readonly operation: string;
  readonly policy: string;
  readonly outcome: string;
  readonly signs: readonly string[];
}

export interface Incident {
  readonly summary: IncidentSummary & { readonly severity: string; readonly reason: string };
  readonly hops: readonly IncidentHop[];
  readonly reached: {
    readonly data: readonly string[];
    readonly credentials: readonly { readonly name: string }[];
  };
  readonly proposed: readonly {
    readonly id: string;
    readonly what: string;
    readonly breaks: string;
    readonly isHarmless: boolean;
  }[];
  readonly fixes: readonly {
    readonly what: string;
    readonly because: string;
    readonly file: string | null;
    readonly line: number | null;
  }[];
  readonly actions: readonly { readonly id: string; readonly standing: string }[];
}

export interface Reeve {
  readonly origin: string;
  readonly tokenFile: string;
}

const EVERY_MS = 100;
/** An action may take its time at a target. */
const REQUEST_MS = 60_000;

/** @throws {Error} where Reeve refuses */
async function ask<Answer>({ origin, tokenFile }: Reeve, path: string, body?: object) {
  const response = await fetch(`${origin}/api/v1/${path}`, {
    method: body ? 'POST' : 'GET',
    headers: {
      authorization: `Bearer ${readFileSync(tokenFile, 'utf8').trim()}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(REQUEST_MS),
  });
  if (!response.ok) throw new Error(`Reeve answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Answer;
}

/** Waits until one incident names all services that were asked.
 *  @param since when the drill began: milliseconds since 1970
 *  @returns undefined where there is none in time */
export async function awaitIncident(
  reeve: Reeve,
  services: readonly string[],
  since: number,
  withinMs: number,
): Promise<Incident | undefined> {
  const until = performance.now() + withinMs;
  for (;;) {
    const { items } = await ask<{ readonly items: readonly IncidentSummary[] }>(reeve, 'incidents');
    const found = items.find(
      ({ path, lastTime }) =>
        Date.parse(lastTime) >= since &&
        services.every((name) => path.some((id) => id.endsWith(`/${name}`))),
    );
    if (found) return incident(reeve, found.id);
    if (performance.now() > until) return undefined;
    await sleep(EVERY_MS);
  }
}

/** Those that nobody has closed, the newest first. */
export async function openIncidents(reeve: Reeve): Promise<readonly IncidentSummary[]> {
  const { items } = await ask<{ readonly items: readonly IncidentSummary[] }>(reeve, 'incidents');
  return items.filter(({ state }) => state === 'open' || state === 'acknowledged');
}

export function incident(reeve: Reeve, id: string): Promise<Incident> {
  return ask(reeve, `incidents/${encodeURIComponent(id)}`);
}

/** Has everything done that is proposed and keeps nobody from what he needs.
 *  @returns what was done, in sentences */
export async function actOn(reeve: Reeve, { summary }: Incident, reason: string) {
  const done: string[] = [];
  const { proposed } = await incident(reeve, summary.id);
  for (const { id, what } of proposed.filter(({ isHarmless }) => isHarmless)) {
    const path = `incidents/${encodeURIComponent(summary.id)}/actions`;
    const { actions } = await ask<Incident>(reeve, path, { action: id, reason });
    const standing = actions.find((one) => one.id === id)?.standing ?? 'unknown';
    done.push(standing === 'done' ? what : `${what} (${standing})`);
  }
  return done;
}
