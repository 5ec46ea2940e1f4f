import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Left, Offboardings } from '../../assurance/offboarding/index.ts';
import { Fault } from '../../base/fault.ts';
import { MemoryDocuments } from '../../estate/store/testing/memory-documents.ts';
import { offboardingOperations } from '../../server/http/routes/offboarding.ts';
import { type ApiServer, serveOperations } from '../../server/testing/api-server.ts';
import { type Ended, expectDone, expectRefused, flat, runReeve } from '../testing/run.ts';

const ORDERS = 'production/shop/orders';
const left = (id: string, what: string, where: string | null = null): Left => ({
  ...{ id, what, where, isUnderWay: false, problem: null },
});

let server: ApiServer;
let secrets: Map<string, Left>;
let files: Left[];
beforeEach(async () => {
  secrets = new Map([['db', left('db', `revoke all values of ${ORDERS}/db`)]]);
  files = [left('declaration', `take what declares ${ORDERS} out`, 'orders/reeve.yaml:3')];
  const offboardings = new Offboardings({
    store: new MemoryDocuments(),
    retirers: [
      {
        kind: 'secret',
        left: async () => [...secrets.values()],
        retire: async (id) => {
          secrets.delete(id);
        },
      },
      { kind: 'repository', left: async () => files },
    ],
    servicesOf: async ({ kind, name }) => {
      if (kind === 'team') return [ORDERS, 'production/shop/web'];
      if (name === ORDERS) return [name];
      throw new Fault('offboarding/retired-not-found', 'There is no such service', {
        hint: '`reeve services` lists them',
      });
    },
    onRetired: () => undefined,
    clock: Date.now,
    warn: () => undefined,
  });
  server = await serveOperations(offboardingOperations(offboardings), Date.now);
});
afterEach(() => server.close());

const reeve = (...args: string[]): Promise<Ended> =>
  runReeve(['offboard', ...args, '--server', server.origin], server.token);
const offboard = async (...args: string[]): Promise<Ended> => expectDone(await reeve(...args));

describe('reeve offboard', () => {
  it('shows what retiring takes, does that alone, and says what is left for people', async () => {
    const plan = await offboard('plan', ORDERS);
    expect(plan.stdout).toMatch(/^retire +service production\/shop\/orders$/m);
    expect(plan.stdout).toMatch(/^Reeve does:\n {2}secret +revoke all values of/m);
    expect(plan.stdout).toMatch(/^People have to:\n {2}repository +take what declares/m);
    expect(plan.stdout).toMatch(/^ +orders\/reeve\.yaml:3$/m);
    expect(secrets.size).toBe(1);
    const [, digest = ''] = /^plan +([0-9a-f]{16})$/m.exec(plan.stdout) ?? [];
    const run = await offboard('run', ORDERS, '--yes', '--digest', digest, '--reason', 'replaced');
    expect(secrets.size).toBe(0);
    expect(run.stderr).toBe(plan.stdout);
    expect(run.stdout).toMatch(/^state +1 thing left$/m);
    const [, id = ''] = /^id +(\S+)$/m.exec(run.stdout) ?? [];
    expect((await offboard('list')).stdout).toMatch(new RegExp(`^${id} .* 1$`, 'm'));
    files = [];
    expect(flat((await offboard('show', id)).stdout)).toContain('nothing is left');
    expect((await offboard('cancel', id)).stdout).toBe(`cancelled ${id}\n`);
    expect((await offboard('list')).stdout).toBe('Nothing is retired.\n');
    expectRefused(await reeve('show', id), 'There is no', '`reeve offboard list`');
  });

  it('retires a team with its services', async () => {
    const { stdout } = await offboard('plan', 'team-orders', '--team');
    expect(stdout).toMatch(/^retire +team team-orders$/m);
    expect(flat(stdout)).toContain('services production/shop/orders production/shop/web');
  });

  it('does nothing but what was seen', async () => {
    const { stdout } = await offboard('plan', ORDERS, '--format', 'json');
    const { digest } = JSON.parse(stdout) as { readonly digest: string };
    secrets.set('new', left('new', 'revoke what nobody has seen'));
    expectRefused(
      await reeve('run', ORDERS, '--yes', '--digest', digest, '--reason', 'replaced'),
      'What is to be done has changed since it was shown',
      '`reeve offboard plan`',
    );
    expect(secrets.size).toBe(2);
  });

  it('says what to do about a service that there is not, and asks why', async () => {
    expectRefused(await reeve('plan', 'none'), 'There is no such service', '`reeve services`');
    const { status, stderr } = await reeve('run', ORDERS, '--yes');
    expect([status, stderr]).toEqual([2, expect.stringContaining('--reason')]);
  });
});
