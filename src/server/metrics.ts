import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Answers } from '../estate/index.ts';
import type { IdentityFigures } from './identity/figures.ts';
import type { IntakeStatus } from './intake/index.ts';
import type { RotationsStanding } from './secrets/standing.ts';
import type { TracingStatus } from './tracing/status.ts';

export interface Metrics {
  readonly registry: Registry;
  readonly requests: Counter<'route' | 'method' | 'status'>;
  readonly requestSeconds: Histogram<'route'>;
  readonly judgeSeconds: Histogram<string>;
  readonly scanSeconds: Histogram<'folder'>;
  /** Sets what traffic came in since the start, and what of it is held. */
  setIntake(status: IntakeStatus): void;
  /** What happens with Envoys that ask for secrets: events of a closed table. */
  readonly secretDiscovery: Counter<'event'>;
  /** To workloads that read their secrets. */
  readonly secretAnswers: Counter<'ask' | 'status'>;
  /** Calls that Envoys asked about, by what became of them and why: closed tables. */
  readonly checks: Counter<'outcome' | 'reason'>;
  /** Time to make a policy of the estate. */
  readonly policySeconds: Histogram<string>;
  /** Reviews of API servers, by what became of them, and why they were not judged: closed tables. */
  readonly admissionReviews: Counter<'outcome' | 'why'>;
  readonly admissionSeconds: Histogram<string>;
  /** Asks for what clusters have already that rules of admission are broken by, whenever figures are read. */
  watchStanding(
    read: () => readonly {
      readonly cluster: string;
      readonly counts: Readonly<Record<string, number>>;
    }[],
  ): void;
  /** Asks for what identity is and did whenever figures are read. */
  watchIdentity(read: () => Promise<IdentityFigures>): void;
  /** Asks for how secrets stand whenever figures are read. */
  watchSecrets(read: () => SecretFigures): void;
  /** Sets what tracing has followed, and what it left out. */
  setTracing(status: TracingStatus): void;
  /** Sets the three answers. */
  setAnswers(answers: Answers): void;
}

/** What is told of secrets. */
export interface SecretFigures extends RotationsStanding {
  readonly isSealed: boolean;
}

/** The server's figures; labels hold routes and configured names, never what requests bring. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'reeve_' });
  const registers = [registry];
  const answers = new Gauge({
    name: 'reeve_answers',
    help: 'What each of the three questions counts, and how much of it is as it should be',
    labelNames: ['question', 'count'] as const,
    registers,
  });
  const intake = new Counter({
    name: 'reeve_intake_total',
    help: 'Traffic that came in since the start, by source, what became of it, and why',
    labelNames: ['source', 'outcome', 'reason'] as const,
    registers,
  });
  const held = new Gauge({
    name: 'reeve_intake_held',
    help: 'What of traffic is held: services, nodes of paths, waiting submissions, journal bytes',
    labelNames: ['what'] as const,
    registers,
  });
  const traced = new Gauge({
    name: 'reeve_tracing',
    help: 'What tracing has followed and holds: spans, hops, stories, services, edges, traces, and its lag',
    labelNames: ['what'] as const,
    registers,
  });
  const traceLosses = new Counter({
    name: 'reeve_tracing_losses_total',
    help: 'What tracing refused, dropped or could not tell, by stage and reason',
    labelNames: ['stage', 'reason'] as const,
    registers,
  });
  return {
    registry,
    requests: new Counter({
      name: 'reeve_http_requests_total',
      help: 'Requests to the API and the console',
      labelNames: ['route', 'method', 'status'] as const,
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'reeve_http_request_seconds',
      help: 'Time to answer a request',
      labelNames: ['route'] as const,
      buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
      registers,
    }),
    judgeSeconds: new Histogram({
      name: 'reeve_judge_seconds',
      help: 'Time to judge and publish the estate',
      buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60],
      registers,
    }),
    secretAnswers: new Counter({
      name: 'reeve_secret_answers_total',
      help: 'What workloads asked of their secrets, and the status that it was answered with',
      labelNames: ['ask', 'status'],
      registers: [registry],
    }),
    secretDiscovery: new Counter({
      name: 'reeve_envoy_secrets_total',
      help: 'Secrets of Envoys: sent, accepted, rejected, missing, of another type, revocations not enforced',
      labelNames: ['event'] as const,
      registers,
    }),
    checks: new Counter({
      name: 'reeve_checks_total',
      help: 'Calls that Envoys asked about: allowed, denied, or denied and let through (shadowed), and why',
      labelNames: ['outcome', 'reason'] as const,
      registers,
    }),
    policySeconds: new Histogram({
      name: 'reeve_policy_seconds',
      help: 'Time to make a policy of the estate, and to put it in force',
      buckets: [0.001, 0.01, 0.1, 0.5, 1, 2, 5, 10],
      registers,
    }),
    scanSeconds: new Histogram({
      name: 'reeve_scan_seconds',
      help: 'Time to read a folder',
      labelNames: ['folder'] as const,
      buckets: [0.1, 0.5, 1, 5, 10, 60, 300],
      registers,
    }),
    setIntake: ({ counts, ...amounts }) => {
      // the thread tells sums
      intake.reset();
      for (const { source, outcome, reason, count } of counts) {
        intake.inc({ source, outcome, reason }, count);
      }
      for (const [what, amount] of Object.entries(amounts)) held.set({ what }, amount);
    },
    admissionReviews: new Counter({
      name: 'reeve_admission_reviews_total',
      help: 'Reviews of API servers: allowed, warned, denied, exempt, unjudged (and why), or refused because they were none',
      labelNames: ['outcome', 'why'] as const,
      registers,
    }),
    admissionSeconds: new Histogram({
      name: 'reeve_admission_seconds',
      help: 'Time to decide about an object',
      buckets: [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30],
      registers,
    }),
    watchStanding: (read) => {
      new Gauge({
        name: 'reeve_admission_standing',
        help: 'What clusters have already that rules of admission are broken by, by severity',
        labelNames: ['cluster', 'severity'] as const,
        registers,
        collect() {
          this.reset();
          for (const { cluster, counts } of read()) {
            for (const [severity, count] of Object.entries(counts)) {
              this.set({ cluster, severity }, count);
            }
          }
        },
      });
    },
    watchIdentity: (read) => {
      new Gauge({
        name: 'reeve_identity_held',
        help: 'Entries, services without one, authorities, denials, agents, other trust domains, streams of workloads, SVIDs kept fresh',
        labelNames: ['what'] as const,
        registers,
        async collect() {
          const { issued: _, ...amounts } = await read();
          for (const [what, amount] of Object.entries(amounts)) this.set({ what }, amount);
        },
      });
      new Counter({
        name: 'reeve_identity_issued_total',
        help: 'SVIDs that were issued, by kind, and requests that were refused, since the first start',
        labelNames: ['what'] as const,
        registers,
        async collect() {
          const { issued } = await read();
          this.reset();
          for (const [what, count] of Object.entries(issued)) this.inc({ what }, count);
        },
      });
    },
    watchSecrets: (read) => {
      new Gauge({
        name: 'reeve_vault_sealed',
        help: 'Whether the vault is sealed: 1, or not: 0',
        registers,
        collect() {
          this.set(read().isSealed ? 1 : 0);
        },
      });
      new Gauge({
        name: 'reeve_secrets',
        help: 'Secrets in all, with a plan, being rotated, and with each problem (missed, stuck, waiting …); values that are to be revoked and are not yet',
        labelNames: ['what'] as const,
        registers,
        collect() {
          const { secrets: total, planned, underWay, unrevoked, problems } = read();
          this.reset();
          const counts = { ...problems, total, planned, underWay, unrevokedValues: unrevoked };
          for (const [what, count] of Object.entries(counts)) this.set({ what }, count);
        },
      });
      new Counter({
        name: 'reeve_rotations_total',
        help: 'What came of rotations since the start: promoted, waits (for a person), ended',
        labelNames: ['outcome'] as const,
        registers,
        collect() {
          this.reset();
          for (const [outcome, count] of Object.entries(read().outcomes)) {
            this.inc({ outcome }, count);
          }
        },
      });
    },
    setTracing: ({ losses, snapshotAt: _, ...amounts }) => {
      for (const [what, amount] of Object.entries(amounts)) traced.set({ what }, amount);
      // the thread tells sums
      traceLosses.reset();
      for (const { stage, reason, count } of losses) traceLosses.inc({ stage, reason }, count);
    },
    setAnswers: (latest) => {
      for (const [question, { total, satisfied }] of Object.entries(latest)) {
        answers.set({ question, count: 'total' }, total);
        answers.set({ question, count: 'satisfied' }, satisfied);
      }
    },
  };
}
