import type { ApiKeyPort } from './api-key/port.ts';
import type { KeySetPort } from './jwt-key/port.ts';
import type { WebhookReceivers } from './webhook/config.ts';
import type { CertificatePort } from './x509/port.ts';

export type { ApiKeyPort } from './api-key/port.ts';
export type { KeySetPort } from './jwt-key/port.ts';
export type { CertificatePort, CertificateRequest, Standing } from './x509/port.ts';

/** The parts of Reeve that are targets of rotations themselves, as the server hands them in. A rotator whose port is
 *  missing is not there. */
export interface RotatorPorts {
  /** `ApiKeys` of `../api-keys`. */
  readonly apiKeys?: ApiKeyPort;
  /** `KeySets` of `../key-sets`. */
  readonly keySets?: KeySetPort;
  /** The signing authority of the trust domain. */
  readonly certificates?: CertificatePort;
  /** Where webhooks may be sent to, as the configuration of the server says. */
  readonly webhooks?: WebhookReceivers;
}
