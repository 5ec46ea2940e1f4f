import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type AdmissionConfig,
  type Review,
  readReview,
  toAdmissionAnswer,
  type Verdict,
} from '../../authorization/admission/index.ts';
import { Fault, statusOf } from '../../base/fault.ts';
import { type SvidListener, type SvidListenerPorts, serveWithSvid } from '../svid-https.ts';
import { readBody } from './body.ts';
import { callerCheck } from './caller.ts';
import { routeOf } from './route.ts';

export interface AdmissionEndpointPorts {
  readonly config: AdmissionConfig;
  readonly svid: SvidListenerPorts['svid'];
  /** Names of the clusters that may ask. */
  readonly clusters: readonly string[];
  readonly decide: (cluster: string, review: Review, timeoutSeconds?: number) => Promise<Verdict>;
  /** Told of requests that were no reviews, by the code of what was wrong. */
  readonly onRefused: (code: string) => void;
}

const REQUESTS_PER_CONNECTION = 10_000;

/** Answers the validating webhooks of API servers over HTTPS.
 *  @throws {Fault} `server/port-unavailable`, `admission/file-…` */
export async function serveAdmission(ports: AdmissionEndpointPorts): Promise<SvidListener> {
  const { config, svid } = ports;
  const callers = callerCheck(config);
  const { authorities: ca } = callers;
  const timeout = config.timeoutSeconds * 1_000;
  return serveWithSvid({
    ...{ at: config, setting: 'admission.port', svid },
    ...(ca !== undefined && { ca }),
    // a token may stand in for it
    requestCert: ca !== undefined,
    ...{ requestMs: timeout, answerMs: timeout },
    requestsPerConnection: REQUESTS_PER_CONNECTION,
    answer: (request, response) => answer(request, response, ports, callers.isKnown),
  });
}

/** Every request has an answer, or its connection ends. */
async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { config, clusters, decide, onRefused }: AdmissionEndpointPorts,
  isKnown: (request: IncomingMessage) => boolean,
): Promise<void> {
  try {
    if (!isKnown(request)) throw unknownCaller();
    const { cluster, timeoutSeconds } = routeOf(request, clusters);
    const review = readReview(await readBody(request, config.maxBodyBytes));
    const verdict = await decide(cluster, review, timeoutSeconds);
    send(response, 200, toAdmissionAnswer(review.uid, verdict));
  } catch (thrown) {
    const fault = thrown instanceof Fault ? thrown : new Fault('admission/fault', 'It failed');
    onRefused(fault.code);
    // what comes with the request is not waited for
    response.setHeader('connection', 'close');
    const { http } = statusOf(fault.code);
    send(response, http, { code: fault.code, message: fault.message, hint: fault.hint });
  }
}

const unknownCaller = (): Fault =>
  new Fault('admission/unauthenticated', 'Only API servers that are known may ask', {
    hint: 'show a client certificate, or a token as `Authorization: Bearer`',
  });

function send(response: ServerResponse, status: number, value: object): void {
  if (response.destroyed) return;
  const text = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'x-content-type-options': 'nosniff',
  });
  response.end(text);
}
