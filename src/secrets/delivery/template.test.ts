import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TargetFault } from '../rotation/rotator.ts';
import { render } from './template.ts';

const odd = 'a"b\\c/@:?#[]%é\n\'(*)!';

describe('a template', () => {
  it.each([
    ['plain text', 'plain text'],
    ['{username}', 'orders'],
    ['{username}:{password}@{username}', `orders:${odd}@orders`],
    ['{password:uri}', 'a%22b%5Cc%2F%40%3A%3F%23%5B%5D%25%C3%A9%0A%27%28%2A%29%21'],
    ['{password:base64}', Buffer.from(odd).toString('base64')],
    ['{{"p":"{password:json}"}}', JSON.stringify({ p: odd })],
    ['{{username}}', '{username}'],
    ['{{{username}}}', '{orders}'],
    ['$1 $& $$', '$1 $& $$'],
    ['', ''],
  ])('%j is written with the members of a value', (template, text) => {
    expect(render(template, { username: 'orders', password: odd })).toBe(text);
  });

  it('does not look for templates in values', () => {
    expect(render('{a}', { a: '{b}', b: 'two' })).toBe('{b}');
  });

  it.each([
    ['{none}', 'A template of the delivery names `none`, which the value does not have'],
    ['{constructor}', 'names `constructor`, which the value does not have'],
    ['{username:html}', 'has `html` behind a colon'],
    ['{username:constructor}', 'has `constructor` behind a colon'],
    ['{', 'has a brace alone'],
    ['a}', 'has a brace alone'],
    ['{}', 'has a brace alone'],
    ['{a{b}}', 'has a brace alone'],
    ['{username:}', 'has a brace alone'],
  ])('%j is refused', (template, message) => {
    expect(() => render(template, { username: 'orders' })).toThrow(message);
  });

  it('gives no more than its bound', () => {
    const value = { a: 'x'.repeat(65_536) };
    expect(() => render('{a}'.repeat(5), value)).toThrow('gives more than 262144 characters');
  });

  it('gives text or a fault without the value, whatever it is', () => {
    const value = { password: randomUUID() };
    const part = fc.oneof(fc.string(), fc.constantFrom('{', '}', '{password}', ':uri', 'password'));
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        try {
          expect(typeof render(parts.join(''), value)).toBe('string');
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(TargetFault);
          expect(String(thrown)).not.toContain(value.password);
        }
      }),
    );
  });

  it('takes any value back out of an address and of JSON', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (password) => {
        const text = render('p://u:{password:uri}@h/', { password });
        expect(decodeURIComponent(new URL(text).password)).toBe(password);
        expect(JSON.parse(render('"{password:json}"', { password }))).toBe(password);
      }),
    );
  });
});
