import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { Fault, messageOf } from '../../../base/fault.ts';
import type { Log } from '../../../base/log.ts';
import {
  type Denial,
  nextNews,
  type SecretAccess,
  type SecretAccessConfig,
  type SecretWaiters,
  type WantedSecret,
  type Workload,
} from '../../../secrets/access/index.ts';
import type { Asked as AskedOfKey, Verdict } from '../../../secrets/api-keys/index.ts';
import type { RateLimiter } from '../../auth/rate.ts';
import { RetryFault } from '../../http/problem.ts';
import { readJson } from './body.ts';
import type { IdentityConnections } from './connections.ts';
import type { Proved, WorkloadGate } from './gate.ts';
import type { LeaseDesk } from './leases.ts';
import { type Question, questionOf, shownKeyOf, watchOf } from './question.ts';
import { sendJson, sendProblem } from './send.ts';

export interface AnswerParts {
  readonly config: SecretAccessConfig;
  readonly gate: WorkloadGate;
  readonly connections: IdentityConnections;
  readonly rate: RateLimiter;
  readonly access: SecretAccess;
  readonly waiters: SecretWaiters;
  /** Undefined where none are given. */
  readonly leases: LeaseDesk | undefined;
  /** Whether an API key that was shown to a service lets its holder do what is asked for there. */
  readonly verifyKey: VerifyKey;
  /** Ids of the services that an identity is of. */
  readonly servicesOf: (spiffeId: string) => readonly string[];
  readonly denials: { hear(denial: Denial): void };
  /** Hears of every answer by the status that it has. */
  readonly count: (ask: string, status: number) => void;
  /** Ends what waits. */
  readonly closing: AbortSignal;
  readonly log: Log;
}

export type VerifyKey = (key: string, asked: AskedOfKey) => Verdict;

/** Who asks, on which connection. */
export interface Asker {
  readonly proved: Proved;
  readonly workload: Workload;
}

/** Answers one request: every one has an answer, or its connection ends. */
export async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  parts: AnswerParts,
): Promise<void> {
  let question: Question | undefined;
  try {
    // what is asked is read first: a refusal says what it was for
    question = questionOf(request);
    const asker = admit(request, parts);
    const value = await answerOf(question, asker, { request, response, parts });
    sendJson(response, 200, value);
    parts.count(question.ask, 200);
  } catch (thrown) {
    tell(thrown, request, question, parts);
    parts.count(question?.ask ?? 'unknown', sendProblem(response, thrown));
  }
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly parts: AnswerParts;
}

function answerOf(question: Question, asker: Asker, exchange: Exchange): Promise<unknown> {
  const { request, parts } = exchange;
  switch (question.ask) {
    case 'read':
      return parts.access.read(asker.workload, question.wanted, question.label);
    case 'watch':
      return watch(exchange);
    case 'verify':
      return verify(asker, exchange);
    default:
      return desk(parts).answer(question, asker, () => readJson(request));
  }
}

/** @throws {Fault} `secrets/unauthenticated/…`, `secrets/read-forbidden/revoked`, `secrets/…-too-many` */
function admit(
  request: IncomingMessage,
  { gate, connections, rate, servicesOf }: AnswerParts,
): Asker {
  const proved = gate.admit(request);
  const spiffeId = proved.id.uri;
  connections.admit(request.socket as TLSSocket, spiffeId);
  const taken = rate.take(spiffeId);
  if (taken.ok) return { proved, workload: { spiffeId, services: servicesOf(spiffeId) } };
  const why = 'This identity asks more often than it may';
  throw new RetryFault('secrets/requests-too-many', why, taken.retrySeconds);
}

async function watch({ request, response, parts }: Exchange): Promise<unknown> {
  const { gate, servicesOf, config, closing } = parts;
  const { secrets, waitSeconds } = watchOf(await readJson(request), config);
  const over = new AbortController();
  const end = () => over.abort();
  const timer = setTimeout(end, waitSeconds * 1_000);
  response.once('close', end);
  // who was revoked, or is another service by now, is told nothing more
  const workload = (): Workload => {
    const { uri } = gate.admit(request).id;
    return { spiffeId: uri, services: servicesOf(uri) };
  };
  try {
    const signal = AbortSignal.any([over.signal, closing]);
    return { secrets: await nextNews(parts, workload, secrets, signal) };
  } finally {
    clearTimeout(timer);
    response.off('close', end);
  }
}

/** A key that was shown to who asks. */
async function verify({ workload }: Asker, { request, parts }: Exchange): Promise<Verdict> {
  const { key, operation, service: name } = shownKeyOf(await readJson(request));
  const [service, ...others] = workload.services.filter(
    (id) => name === undefined || id.endsWith(`/${name}`),
  );
  if (service === undefined || others.length > 0) {
    throw new Fault(
      'secrets/request-malformed',
      'It is not known which service the key was shown to',
      {
        hint: 'name one that this identity is of in `service`',
      },
    );
  }
  const [environment = ''] = service.split('/');
  return parts.verifyKey(key, { environment, service, operation });
}

function desk({ leases }: AnswerParts): LeaseDesk {
  if (leases !== undefined) return leases;
  throw new Fault('secrets/leases-unimplemented', 'No leases are given here');
}

/** Who was turned away at the gate stands in the audit log, too; what broke inside is for the log. */
function tell(
  thrown: unknown,
  request: IncomingMessage,
  question: Question | undefined,
  { gate, denials, log }: AnswerParts,
): void {
  const code = thrown instanceof Fault ? thrown.code : '';
  if (code.startsWith('secrets/unauthenticated/') || code === 'secrets/read-forbidden/revoked') {
    const socket = request.socket as TLSSocket;
    const from = socket.remoteAddress ?? 'nowhere';
    const actor = gate.nameOf(socket) ?? `address ${from}`;
    denials.hear({ actor, secret: subjectOf(question), label: labelOf(question), why: code });
  } else if (!(thrown instanceof Fault) || code === 'secrets/failed') {
    log.error({ err: thrown }, messageOf(thrown));
  }
}

function subjectOf(question: Question | undefined): string {
  const wanted: WantedSecret | undefined = question?.ask === 'read' ? question.wanted : undefined;
  return wanted === undefined ? 'secrets' : `${wanted.service ?? 'own'}/${wanted.name}`;
}

const labelOf = (question: Question | undefined): string =>
  question?.ask === 'read' ? String(question.label) : (question?.ask ?? 'unknown');
