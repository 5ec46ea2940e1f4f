import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceError } from '@grpc/grpc-js';
import { workloadClient } from '../../src/identity/workload-api/testing/client.ts';

/** A workload that asks the socket it is given for its identities, again and again, and says as lines of JSON what it
 *  is told. */
const [address = ''] = process.argv.slice(2);
for (;;) {
  const client = workloadClient(address);
  const stream = client.stream('FetchX509SVID');
  try {
    for (;;) {
      const { svids } = await stream.next<{ svids: { spiffe_id: string }[] }>();
      say({ ids: svids.map(({ spiffe_id }) => spiffe_id) });
    }
  } catch (thrown) {
    const { code, details } = thrown as ServiceError;
    say({ code, message: details });
  } finally {
    client.close();
  }
  await sleep(200);
}

function say(what: object): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}
