import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { reeveSecrets, X509Source } from '@reeve/sdk';
import { type Random, seeded } from '../../../bench/templates/random.ts';
import { type RunningShop, runShop } from '../../../examples/shop/run.ts';
import { visit } from '../../../examples/shop/traffic.ts';
import { identitiesFor } from '../../../scripts/example.ts';
import { keepSecrets, secretsOf, type WantedSecret } from '../../../scripts/shop-secrets.ts';
import { freePort } from '../../../src/base/testing/free-port.ts';
import type { RunningServer } from '../../../src/server/main.ts';
import { LogIns } from './log-ins.ts';
import { WeekServer } from './process.ts';
import type { WeekTarget } from './target.ts';
import { Visitors } from './visitors.ts';

const ENVIRONMENT = 'test';
const ORDERS = `${ENVIRONMENT}/shop/orders`;
const HOUR = 3_600;
const WEEK_MS = 7 * 24 * HOUR * 1_000;
/** So long Reeve is left alone, between two troubles. */
const QUIET_MS = { from: 1_500, to: 5_000 };
const TROUBLE_MS = { from: 100, to: 2_000 };
/** Nothing is late on a busy machine that comes within this. */
const PATIENCE_MS = 60_000;
/** So much slower time passes while plans are changed, which is done between two rotations. */
const CALM = 4;
/** What is due by the week's end is done, and nothing is due any more. */
const NEVER_SECONDS = 3_650 * 24 * HOUR;

/** What the shop's services read, renewed as often as this. A receipt is good for longer than it takes a service to hear of
 *  the next key from a Reeve that was away, as it is in weeks that last a week. */
const RETRY_MS = 100;
const PLANS = {
  receipts: {
    everySeconds: 8 * HOUR,
    overlapSeconds: 4 * HOUR,
    config: { publishSeconds: 2 * HOUR, tokenSeconds: 48 * HOUR },
  },
  paymentsApi: { everySeconds: 12 * HOUR, overlapSeconds: 10 * HOUR },
};

/** Of users of targets. */
const OVERLAP_SECONDS = 6 * HOUR;

/** That are published of the receipts: those of their tokens' life, and the one of now. */
const MOST_KEYS = 48 / 8 + 3;

export interface WeekOptions {
  readonly seed: number;
  /** Real time in which the week passes, at least. */
  readonly lastsMs: number;
  readonly targets: readonly WeekTarget[];
}

/** What became of a week. */
export interface WeekOutcome {
  /** Real time in which it passed. */
  readonly lastedMs: number;
  readonly visits: number;
  readonly logIns: number;
  /** Requests of visitors, and logins of consumers, that failed. */
  readonly failures: readonly string[];
  readonly kills: number;
  readonly outages: number;
  /** Of secrets, what is left to be done for them, hours after their last rotation. */
  readonly left: readonly string[];
  /** Values that were used once, and are still taken, though they are not current. */
  readonly taken: readonly string[];
}

interface SecretShown {
  readonly id: string;
  readonly run: object | null;
}

/** A week of simulated time over the shop: Reeve is killed, hangs, and does not reach its targets, by lot. */
export class Week {
  readonly server: WeekServer;
  readonly #options: WeekOptions;
  readonly #random: Random;
  readonly #wanted: readonly WantedSecret[];
  #lastsMs: number;
  #kills = 0;
  #outages = 0;

  private constructor(options: WeekOptions, server: WeekServer) {
    this.#options = options;
    this.#lastsMs = options.lastsMs;
    this.#random = seeded(options.seed);
    this.server = server;
    this.#wanted = [
      ...secretsOf(ENVIRONMENT, PLANS),
      ...options.targets.flatMap(secretsFor),
      ...FURTHER,
    ];
  }

  static async of(options: WeekOptions): Promise<Week> {
    return new Week(options, await WeekServer.create(ENVIRONMENT));
  }

  /** How many times faster than the clock on the wall secrets age. */
  get #pace(): number {
    return WEEK_MS / this.#lastsMs;
  }

  /** How long is waited for what takes its time of the week, too. */
  get #patienceMs(): number {
    return PATIENCE_MS + this.#lastsMs;
  }

  /** Ends with a server that has stopped. */
  async run(): Promise<WeekOutcome> {
    const { targets } = this.#options;
    await using opened = new AsyncDisposableStack();
    opened.defer(() => this.server.kill());
    this.#declareReporting();
    await this.server.start();
    await this.#untilKnown();
    this.#lastsMs = Math.max(this.#lastsMs, await this.#shortestMs());
    await this.server.goOnAt(this.#pace);
    const { shop, logIns } = await this.#open(opened);
    const visitors = new Visitors(shop.webUrl);
    opened.defer(() => visitors.stop());
    await this.#trouble();
    const left = await this.#settle();
    await visitors.stop();
    await logIns.stop();
    const taken = await logIns.takenStill();
    const outcome = {
      lastedMs: Math.round(this.#lastsMs),
      ...{ visits: visitors.visits, logIns: logIns.count, kills: this.#kills },
      ...{ outages: this.#outages, left, taken },
      failures: [...visitors.failures, ...logIns.failures],
    };
    await shop.stop();
    await this.server.stop();
    for (const { way } of targets) way.cut();
    return outcome;
  }

  /** Of weeks in which a Reeve that is killed is back before the values of then have ended: on a busy machine it takes
   *  long to start. */
  async #shortestMs(): Promise<number> {
    const began = performance.now();
    await this.server.kill();
    await this.server.start();
    const awayMs = 1.5 * (performance.now() - began) + TROUBLE_MS.to;
    return (awayMs * WEEK_MS) / (OVERLAP_SECONDS * 1_000);
  }

  async #open(opened: AsyncDisposableStack): Promise<{ shop: RunningShop; logIns: LogIns }> {
    const { targets } = this.#options;
    const said = this.server.said as unknown as RunningServer;
    const identities = identitiesFor(said, this.server.folder, ENVIRONMENT);
    if (!identities) throw new Error('the Workload API is not served on this machine');
    await identities.register({
      ...{ service: 'reporting', owner: 'team-reporting' },
      selectors: [`unix:path:${process.execPath}`],
    });
    const places = await keepSecrets(said, this.#wanted);
    if (!places) throw new Error('no secrets are served');
    const shop = await runShop({
      ...{ otlpEndpoint: this.server.said.otlpOrigin, environment: ENVIRONMENT, freePort },
      ...{ identities, secrets: { ...places, keysEveryMs: RETRY_MS, retryMs: RETRY_MS } },
    });
    opened.defer(() => shop.stop());
    const source = new X509Source({ address: this.server.said.workloadApiAddress });
    opened.defer(() => source.close());
    await source.ready();
    const secrets = reeveSecrets({
      ...{ source, address: places.address, requestMs: 2_000, maxBackoffMs: RETRY_MS },
    });
    opened.defer(() => secrets.close());
    // whoever has read what he needs goes on without Reeve, and nobody before
    for (const { name } of targets) {
      await this.#until(() => secrets.get(name, { service: 'orders' }));
    }
    await this.#until(() => visit(shop.webUrl, 0));
    const logIns = new LogIns(secrets, targets);
    opened.defer(() => logIns.stop());
    return { shop, logIns };
  }

  /** Tries until it is done. */
  async #until<Result>(work: () => Promise<Result>): Promise<Result> {
    for (const until = Date.now() + this.#patienceMs; ; await sleep(20)) {
      try {
        return await work();
      } catch (thrown) {
        if (Date.now() > until) throw thrown;
      }
    }
  }

  /** The test is a service of the shop, too: it logs in with the secrets of orders. */
  #declareReporting(): void {
    const names = this.#options.targets.map(({ name }) => ({ name, service: 'orders' }));
    const declaration = {
      ...{ apiVersion: 'reeve.dev/v1', kind: 'Service' },
      metadata: { name: 'reporting', namespace: 'shop', owner: 'team-reporting' },
      spec: { credentials: names },
    };
    writeFileSync(join(this.server.more, 'reeve.yaml'), JSON.stringify(declaration));
  }

  /** What happens to Reeve and its targets, until the week is over. */
  async #trouble(): Promise<void> {
    const until = performance.now() + this.#lastsMs;
    const between = ({ from, to }: typeof QUIET_MS) => sleep(this.#random.between(from, to));
    while (performance.now() < until) {
      await between(QUIET_MS);
      const trouble = this.#random.pick(TROUBLES);
      if (trouble === 'kill') {
        this.#kills++;
        await this.server.kill();
        if (this.#random.chance(0.5)) await between(TROUBLE_MS);
        await this.server.start();
        continue;
      }
      this.#outages++;
      if (trouble === 'hang') {
        this.server.pause();
        await between(TROUBLE_MS);
        this.server.goOn();
        continue;
      }
      const ways = this.#options.targets.map(({ way }) => way);
      for (const way of ways) {
        way.mode = trouble;
        way.cut();
      }
      await between(TROUBLE_MS);
      for (const way of ways) {
        way.mode = 'open';
        way.cut();
      }
    }
  }

  /** Has nothing more become due, and waits until nothing is under way. @returns what is left all the same */
  async #settle(): Promise<string[]> {
    // a machine that is busy is at one rotation after the other
    await this.server.goOnAt(this.#pace / CALM);
    for (const { service, name, plan } of this.#wanted) {
      if (plan === undefined) continue;
      const calm = { ...plan, everySeconds: NEVER_SECONDS };
      await this.#plan(`${service}/${name}`, calm);
    }
    await this.server.goOnAt(this.#pace);
    for (const until = Date.now() + this.#patienceMs; ; await sleep(100)) {
      const left = await this.#left();
      if (left.length === 0 || Date.now() > until) return left;
    }
  }

  /** A plan is not changed while a rotation is under way. */
  async #plan(id: string, plan: object): Promise<void> {
    await this.#until(() => this.#ask(`secrets/${encodeURIComponent(id)}/plan`, { plan }));
  }

  async #left(): Promise<string[]> {
    const { items } = await this.#ask<{ items: { id: string }[] }>('secrets?limit=1000');
    const shown = await Promise.all(
      items.map(({ id }) => this.#ask<SecretShown>(`secrets/${encodeURIComponent(id)}`)),
    );
    const { items: revocations } = await this.#ask<{ items: { secret: string }[] }>('revocations');
    const keys = await this.#ask<{ items: { revokedAt: string | null }[] }>('api-keys?limit=1000');
    const active = keys.items.filter(({ revokedAt }) => revokedAt === null);
    const set = await this.#ask<{ keys: object[] }>(
      `key-sets/${encodeURIComponent(`${ORDERS}/receipts`)}`,
    );
    return [
      ...shown.flatMap(({ id, run }) => (run === null ? [] : [`${id}: ${JSON.stringify(run)}`])),
      ...revocations.map(({ secret }) => `revocation of ${secret}`),
      ...(active.length === 1 ? [] : [`${active.length} API keys are taken`]),
      ...(set.keys.length <= MOST_KEYS ? [] : [`${set.keys.length} public keys are published`]),
    ];
  }

  /** Resolves when Reeve has read what the services declare. */
  async #untilKnown(): Promise<void> {
    for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await sleep(50)) {
      const { items } = await this.#ask<{ items: { name: string }[] }>('services?limit=100');
      const names = items.map(({ name }) => name);
      if (['orders', 'payments', 'reporting'].every((name) => names.includes(name))) return;
    }
    throw new Error('the shop was not read');
  }

  async #ask<Answer>(path: string, body?: object): Promise<Answer> {
    const { origin, adminTokenFile } = this.server.said;
    const response = await fetch(`${origin}/api/v1/${path}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        authorization: `Bearer ${readFileSync(adminTokenFile, 'utf8').trim()}`,
        'content-type': 'application/json',
      },
      ...(body && { body: JSON.stringify({ reason: 'the week is over', ...body }) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return JSON.parse(text) as Answer;
  }
}

/** What nobody reads is renewed all the same. */
const FURTHER: readonly WantedSecret[] = ['inventory', 'payments', 'reviews', 'web'].map(
  (name, at) => {
    // plans that are alike have one target, which is changed for one secret after the other
    const config = { publishSeconds: 600, tokenSeconds: HOUR + at };
    return {
      ...{ service: `${ENVIRONMENT}/shop/${name}`, name: 'session-signing', kind: 'jwt-key' },
      plan: { rotator: 'jwt-key', everySeconds: 2 * HOUR, overlapSeconds: 1_800, config },
    };
  },
);

/** The users of a target, who are renewed by another one. */
function secretsFor({ name, rotator, config, admin }: WeekTarget): WantedSecret[] {
  const service = ORDERS;
  const plan = { rotator, config, everySeconds: 8 * HOUR, overlapSeconds: OVERLAP_SECONDS };
  return [
    { service, name: `${name}-admin`, kind: rotator, value: admin },
    {
      ...{ service, name, kind: rotator, consumers: [`${ENVIRONMENT}/shop/reporting`] },
      plan: { ...plan, admin: `${service}/${name}-admin` },
    },
  ];
}

const TROUBLES = ['kill', 'kill', 'hang', 'refuses', 'stalls'] as const;
