import { expect, it } from 'vitest';
import { KeeperRig } from '../../../../identity/authority/testing/keeper.ts';
import { RegistrarRig } from '../../../../identity/registration/registrar/testing/registrars.ts';
import { serveOperations } from '../../../testing/api-server.ts';
import { denialOperations } from './denials.ts';
import { DenyFeed } from './deny-feed.ts';

const idOf = (name: string) => `spiffe://example.org/${name}`;

it('tells whoever revokes what has come to the list, where another server has changed it too', async () => {
  const rig = new KeeperRig();
  const [keeper, other] = [await rig.open(), await rig.open()];
  const registrars = new RegistrarRig();
  const registrar = await registrars.registrar(await registrars.store());
  const feed = new DenyFeed(keeper);
  const server = await serveOperations(denialOperations({ keeper, registrar }, feed), Date.now);
  const revoke = async (...names: string[]) => {
    const body = { spiffeIds: names.map(idOf), reason: '' };
    const answer = await server.post('/api/v1/identity/denials', body);
    const { denials } = (await answer.json()) as { denials: { value: string }[] };
    return denials.map(({ value }) => value);
  };
  try {
    expect(await revoke('a', 'b')).toEqual([idOf('a'), idOf('b')]);
    await other.revoke([{ spiffeId: idOf('c'), mayReturn: false, why: 'unspecified' }], BY);
    expect(await revoke('d')).toEqual([idOf('c'), idOf('d')]);
  } finally {
    feed.close();
    await server.close();
    await keeper.close();
    await other.close();
    await registrar.close();
    await registrars.close();
  }
});

const BY = { actor: 'ada', reason: '' };
