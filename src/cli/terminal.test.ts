import { expect, it } from 'vitest';
import { shown } from './terminal.ts';

it('a value that is shown does nothing to a terminal, and is piped as it is', () => {
  const value = '-----BEGIN\n\u001b]0;mine\u0007\u001b[2Jabc\r\u202e\n';
  expect(shown(value, { isTTY: true })).toBe('-----BEGIN\nabc  \n');
  expect(shown(value, {})).toBe(value);
});
