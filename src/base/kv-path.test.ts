import { expect, it } from 'vitest';
import { isPrivateAddress, KV_PATH, kvKeyOf } from './kv-path.ts';

it.each([
  ['https://bao.example.org:8200', true],
  ['http://127.0.0.1:8200', true],
  ['http://bao.example.org:8200', false],
  ['https://ada@bao.example.org', false],
  ['https://:word@bao.example.org', false],
  ['no address', true],
])('whether %s may be sent tokens: %s', (address, isPrivate) => {
  expect(isPrivateAddress(address)).toBe(isPrivate);
});

it.each([
  ['shop/orders-db', true],
  ['a.b/..c', true],
  ['shop/../root', false],
  ['./shop', false],
  ['shop/', false],
  ['shop?x=1', false],
])('whether %s is a path: %s', (path, isPath) => {
  expect(KV_PATH.test(path)).toBe(isPath);
});

it('one secret of a store has one key, however its address is written', () => {
  const place = { mount: 'secret', path: 'shop/db' };
  const key = 'kv:https://bao.example.org/secret/shop/db';
  expect(kvKeyOf({ ...place, url: 'https://bao.example.org:443/' })).toBe(key);
  expect(kvKeyOf({ ...place, url: 'https://BAO.example.org', namespace: undefined })).toBe(key);
});
