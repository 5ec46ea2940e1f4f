import { valueBox } from '../../../../secrets/rotation/testing/world.ts';
import { ORDERS, startWorld } from './world.ts';

/** Run in a process of its own: a server that gives the secrets `s-0`, `s-1` … of one service, and that is killed just
 *  when so many values are on their way, with nothing done behind that. */
export interface ChildReady {
  readonly port: number;
  readonly cert: string;
  readonly key: string;
}

const [folder = '', count = '1', last = '1'] = process.argv.slice(2);
let given = 0;
const world = await startWorld({
  ...{ values: valueBox(), folder },
  onAnswer: (_, status) => {
    if (status !== 200 || ++given < Number(last)) return;
    // what was written to sockets leaves within this turn
    setImmediate(() => process.kill(process.pid, 'SIGKILL'));
  },
});
const names = Array.from({ length: Number(count) }, (_, at) => `s-${at}`);
for (const name of names) {
  await world.keeping.create(
    { name, service: ORDERS, kind: 'api-key', value: { value: name } },
    world.by,
  );
}
world.access.setKnown([{ id: ORDERS, declaredSecrets: names.map((name) => ({ name })) }]);
const { cert, key } = await world.svid(ORDERS);
const ready: ChildReady = { port: world.access.port, cert, key };
process.send?.(ready);
