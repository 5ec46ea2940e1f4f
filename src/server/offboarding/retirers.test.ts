import { expect, it } from 'vitest';
import { BY, ROLE, SERVICE, World } from '../../secrets/dynamic/testing/world.ts';
import { roles } from './retirers.ts';

it('a role is removed when the last of its users is gone, and told until then', async () => {
  const world = new World();
  await world.withRole();
  await world.dynamic.ask(ROLE, world.caller());
  const retirer = roles(world.dynamic);
  const leaving = { services: new Set([SERVICE]), team: undefined };
  const [before] = await retirer.left(leaving);
  expect(before).toMatchObject({ id: ROLE, isUnderWay: false });
  await expect(retirer.retire?.(ROLE, leaving, BY)).rejects.toThrow('have not ended yet');
  expect(await retirer.left(leaving)).toMatchObject([{ id: ROLE, isUnderWay: true }]);
  await world.work();
  const [after] = await retirer.left(leaving);
  expect(after).toMatchObject({ id: ROLE, isUnderWay: false });
  await retirer.retire?.(ROLE, leaving, BY);
  expect([await retirer.left(leaving), world.dynamic.roles()]).toEqual([[], []]);
});
