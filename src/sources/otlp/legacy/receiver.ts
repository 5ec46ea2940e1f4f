import type { IncomingMessage, ServerResponse } from 'node:http';
import { Fault } from '../../../base/fault.ts';
import type { Taken } from '../taken.ts';
import { type BodyLimits, encodingOf, readBody } from './request.ts';
import { type Encoding, sendFault, sendTaken } from './response.ts';

export interface ReceiverLimits extends BodyLimits {
  readonly maxConcurrentRequests: number;
}

export interface ReceiverPorts {
  /** Throws a Fault for a caller who may not send (unknown host name, no token). */
  readonly admit: (request: IncomingMessage) => void;
  /** Resolves when what the spans say is durable. */
  readonly take: (body: Buffer, encoding: Encoding) => Promise<Taken>;
}

/** Answers OTLP/HTTP requests for traces; a listener of `node:http`.
 *  @see OTLP 1.10, OTLP/HTTP */
export function createReceiver(
  limits: ReceiverLimits,
  ports: ReceiverPorts,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  let concurrent = 0;
  return async (request, response) => {
    let encoding: Encoding = 'json';
    concurrent++;
    try {
      ports.admit(request);
      checkTarget(request);
      encoding = encodingOf(request);
      if (concurrent > limits.maxConcurrentRequests) throw tooMany();
      sendTaken(response, encoding, await ports.take(await readBody(request, limits), encoding));
    } catch (thrown) {
      if (response.destroyed || response.headersSent) return;
      // The rest of a body that is not read must not be taken for the next request.
      if (!request.complete) response.setHeader('connection', 'close');
      sendFault(response, encoding, thrown);
    } finally {
      concurrent--;
    }
  };
}

function checkTarget(request: IncomingMessage): void {
  if (request.url?.split('?', 1)[0] !== '/v1/traces') {
    throw new Fault('otlp/not-found', 'Only traces are taken, at `/v1/traces`', {
      hint: 'set OTEL_METRICS_EXPORTER=none and OTEL_LOGS_EXPORTER=none',
    });
  }
  if (request.method !== 'POST') {
    throw new Fault('otlp/method-invalid', 'Traces are sent with POST');
  }
}

function tooMany(): Fault {
  return new Fault('otlp/requests-too-many', 'Too many requests at once');
}
