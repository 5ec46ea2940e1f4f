import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/fault.ts';
import type { IntakeCount } from '../../estate/index.ts';
import type { JudgePayload } from '../../estate/sighting/index.ts';
import { KongParties, type ParsedKongLog, parseKongLog } from '../../sources/kong-log/index.ts';
import type { BodyReader } from '../../sources/otlp/index.ts';
import { answerFault } from './answer-fault.ts';
import type { Submission } from './hub.ts';

export interface KongReceiverPorts {
  /** Throws a Fault for a caller who may not send. */
  readonly admit: (request: IncomingMessage) => void;
  readonly submit: (submission: Submission) => Promise<void>;
  readonly count: (outcome: IntakeCount['outcome'], reason: string, count: number) => void;
  readonly clock: Clock;
  /** Judges values of queries; without it, none is looked at. */
  readonly judge?: JudgePayload | undefined;
}

/** Answers what Kong's http-log plugin posts, once it is durable. The plugin sends again what was not
 *  answered with a success, up to its `queue.max_retry_time`. */
export function kongReceiver(
  reader: BodyReader,
  ports: KongReceiverPorts,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const parties = new KongParties();
  const read = async (request: IncomingMessage): Promise<ParsedKongLog> => {
    const { bytes, release } = await reader.read(request);
    try {
      return parseKongLog(bytes, ports.clock(), parties, ports.judge);
    } finally {
      release();
    }
  };
  return async (request, response) => {
    try {
      ports.admit(request);
      if (request.method !== 'POST') throw new Fault('kong/method-invalid', 'Logs come with POST');
      const { sightings, taken, dropped } = await read(request);
      await ports.submit({ sightings });
      ports.count('taken', '', taken);
      for (const [reason, count] of dropped) ports.count('dropped', reason, count);
      response.writeHead(200).end();
    } catch (thrown) {
      answerFault(request, response, thrown, 'kong/unavailable', ports.count);
    }
  };
}
