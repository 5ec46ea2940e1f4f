import type { SecretAccessConfig } from '../../../secrets/access/index.ts';
import { type SvidListener, type SvidListenerPorts, serveWithSvid } from '../../svid-https.ts';

const REQUESTS_PER_CONNECTION = 1_000_000;

/** Listens for workloads over HTTPS: whoever connects may show a certificate, which the gate judges.
 *  @throws {Fault} `server/port-unavailable` */
export const serveWorkloadSecrets = ({
  config,
  svid,
  answer,
}: Pick<SvidListenerPorts, 'svid' | 'answer'> & {
  readonly config: SecretAccessConfig;
}): Promise<SvidListener> =>
  serveWithSvid({
    ...{ at: config, setting: 'secrets.access.port', svid, answer },
    // a token may stand in for it
    requestCert: true,
    requestMs: config.requestSeconds * 1_000,
    // who waits for news sends nothing meanwhile
    answerMs: config.watchSeconds * 1_000,
    requestsPerConnection: REQUESTS_PER_CONNECTION,
  });
