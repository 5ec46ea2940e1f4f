import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryDocuments } from '../../estate/store/testing/memory-documents.ts';
import { People } from '../../server/auth/people.ts';
import { peopleOperations } from '../../server/http/routes/people.ts';
import { type ApiServer, serveOperations } from '../../server/testing/api-server.ts';
import { type Ended, expectDone, expectRefused, runReeve } from '../testing/run.ts';

let server: ApiServer;
let documents: MemoryDocuments;
beforeAll(async () => {
  documents = new MemoryDocuments();
  const people = new People(documents, Date.now);
  server = await serveOperations(peopleOperations(people), Date.now, {}, people);
});
afterAll(() => server?.close());

const reeve = (token: string, ...args: string[]): Promise<Ended> =>
  runReeve(['people', ...args, '--server', server.origin], token);
const people = async (...args: string[]): Promise<Ended> =>
  expectDone(await reeve(server.token, ...args));

describe('reeve people', () => {
  it('gives somebody a token, which is shown once, and takes it away', async () => {
    const added = await people('add', 'ana', '--role', 'admin', '--reason', 'joins');
    const token = added.stdout.trimEnd();
    expect(token).toMatch(/^rvp_[\w-]{43}$/);
    expect(added.stderr).toMatch(/^The token of ana, until [\d: -]{16} UTC\./);
    expect(added.stderr).not.toContain(token);
    expect(expectDone(await reeve(token, 'list')).stdout).toMatch(
      /^ana +admin +all +[\d: -]{16} +admin$/m,
    );
    const renewed = (await people('renew', 'ana', '--days', '1')).stdout.trimEnd();
    expectRefused(await reeve(token, 'list'), '401', 'one of your own that has not ended');
    const removed = await people('remove', 'ana', '--yes', '--reason', 'has left');
    expect(removed.stdout).toBe('removed ana\n');
    expectRefused(await reeve(renewed, 'list'), '401', 'one of your own that has not ended');
    expect((await people('list')).stdout).toBe('Nobody beside the holder of `admin.token`.\n');
    expect(documents.log.map(({ action, reason }) => [action, reason])).toEqual([
      ['person.add', 'joins'],
      ['person.renew', ''],
      ['person.remove', 'has left'],
    ]);
  });

  it('tells whose token may do less what it lacks', async () => {
    const roles = ['--role', 'viewer', '--role', 'secret-operator', '--role', 'viewer'];
    const { stdout } = await people('add', 'bot', ...roles, '--team', 'team-orders');
    const ended = await reeve(stdout.trimEnd(), 'list');
    expectRefused(ended, 'bot may not ask for this', 'a role with people.write');
    expect((await people('list')).stdout).toMatch(/^bot +viewer, secret-operator +team-orders /m);
    expectRefused(
      await reeve(server.token, 'add', 'bot', '--role', 'viewer'),
      '`bot` has a token already',
      'remove it first',
    );
    expectRefused(
      await reeve(server.token, 'remove', 'nobody', '--yes'),
      'There is no `nobody`',
      '`reeve people list`',
    );
  });

  it.each([
    [['add', 'x'], '--role'],
    [['add', 'x', '--role', 'root'], 'use one of viewer, auditor'],
    [['renew', 'x', '--days', 'soon'], '--days'],
  ])('%j is told as usage', async (args, usage) => {
    const { status, stdout, stderr } = await reeve(server.token, ...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(usage);
  });
});
