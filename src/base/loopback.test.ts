import { expect, test } from 'vitest';
import { isLoopback, isTlsOrLoopback } from './loopback.ts';

test.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['::1', true],
  ['[::1]', true],
  ['::ffff:127.0.0.1', true],
  ['localhost', true],
  ['127.evil.example', false],
  ['localhost.example.org', false],
  ['0.0.0.0', false],
  ['::', false],
  ['', false],
])('whether %s is this machine alone: %s', (host, isIt) => {
  expect(isLoopback(host)).toBe(isIt);
});

test.each([
  ['https://bao.example.org:8200', true],
  ['http://bao.example.org:8200', false],
  ['http://127.0.0.1:8200', true],
  ['http://[::1]:8200', true],
  ['http://127.0.0.1.example.org', false],
  ['none at all', true],
])('whether what is sent to %s stays unread, or is no address: %s', (address, isIt) => {
  expect(isTlsOrLoopback(address)).toBe(isIt);
});
