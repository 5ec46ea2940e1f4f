import { expect, it } from 'vitest';
import { ROLE, World } from '../../secrets/dynamic/testing/world.ts';
import { leaseOperations } from '../../server/http/routes/leases.ts';
import { serveOperations } from '../../server/testing/api-server.ts';
import { expectDone, runReeve } from '../testing/run.ts';

it('a role is removed, or told why it is not yet', async () => {
  const world = new World();
  await world.withRole();
  const { lease } = await world.dynamic.ask(ROLE, world.caller());
  const ownerOf = async () => null;
  const operations = leaseOperations({
    ...{ credentials: world.dynamic, ownerOf, ownerOfSecret: ownerOf },
  });
  const server = await serveOperations(operations, Date.now);
  const remove = ['secret', 'lease-role', 'remove', ROLE, '--yes', '--server', server.origin];
  try {
    const refused = await runReeve(remove, server.token);
    expect([refused.status, refused.stderr]).toEqual([
      2,
      expect.stringContaining('gives no more leases, and 1 have not ended yet'),
    ]);
    await world.dynamic.end(lease.id, { actor: 'ada', reason: '' });
    await world.work();
    const removed = expectDone(await runReeve(remove, server.token));
    expect([removed.stdout.trim(), world.dynamic.roles()]).toEqual([`removed ${ROLE}`, []]);
  } finally {
    await server.close();
  }
});
