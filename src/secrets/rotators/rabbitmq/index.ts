import type { Rotator } from '../../rotation/rotator.ts';
import type { Division } from '../accounts/login.ts';
import { accountRotator } from '../accounts/rotator.ts';
import { rabbitmqAccounts } from './accounts.ts';
import { RabbitmqRotation } from './config.ts';

export { RabbitmqRotation } from './config.ts';

const VHOSTS: Division<RabbitmqRotation> = {
  called: 'virtual host',
  member: 'vhost',
  of: ({ vhosts }) => vhosts[0] ?? '/',
};

/** Renews passwords of users of RabbitMQ. */
export const rabbitmqRotator: Rotator<RabbitmqRotation> = {
  ...accountRotator('rabbitmq', RabbitmqRotation, rabbitmqAccounts, VHOSTS),
  // users cannot change their own password
  needsAdmin: true,
};
