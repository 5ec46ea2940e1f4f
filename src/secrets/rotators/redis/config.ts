import { z } from 'zod';
import { connectionShape, Host, nameOf, Port, turns } from '../config.ts';

const PORT = 6_379;

const User = nameOf(128).regex(/^\S+$/, 'without spaces, which no user of Redis has');

/** How users of Redis are rotated. */
export const RedisRotation = z
  .strictObject({
    ...connectionShape,
    port: Port.default(PORT),
    nodes: z
      .array(z.strictObject({ host: Host, port: Port.default(PORT) }))
      .max(64)
      .default([])
      .describe(
        'Every server that consumers may come to: masters, replicas, nodes of a cluster. Users are not replicated, so they ' +
          'are set at each. None: `host` is the only one',
      ),
    otherNodes: z
      .enum(['refuse', 'leave'])
      .default('refuse')
      .describe(
        'Where the servers know of replicas or nodes that `nodes` lacks: `refuse` changes nothing, `leave` goes on',
      ),
    persistence: z
      .enum(['save', 'memory'])
      .default('save')
      .describe(
        '`save`: users are written to `aclfile`, or with the configuration, and a server that has neither is refused. ' +
          '`memory`: a restart forgets them, and something else has to set them again',
      ),
    accounts: turns(User),
  })
  .superRefine(({ accounts }, { addIssue }) => {
    if (accounts.strategy === 'single' || !accounts.users.includes('default')) return;
    const message = 'the user `default` is of whoever does not say who he is, and cannot alternate';
    addIssue({ code: 'custom', path: ['accounts', 'users'], message });
  });
export type RedisRotation = z.infer<typeof RedisRotation>;

/** One server. */
export interface Node {
  readonly host: string;
  readonly port: number;
}

/** The servers at which users are set. */
export function nodesOf({ host, port, nodes }: RedisRotation): readonly Node[] {
  return nodes.length === 0 ? [{ host, port }] : nodes;
}

/** The servers at which consumers log in. */
export function doorsOf(config: RedisRotation): readonly Node[] {
  const { host, port } = config;
  const others = nodesOf(config).filter((node) => node.host !== host || node.port !== port);
  return [{ host, port }, ...others];
}
