import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toTemplate } from './route-template.ts';

describe('toTemplate', () => {
  it.each([
    ['/orders/:id', '()', '/orders/{id}'],
    ['/orders/:id/items/:item', '()', '/orders/{id}/items/{item}'],
    ['/', '()', '/'],
    ['/orders/', '()', '/orders'],
    ['/orders/:id(\\d+)', '()', '/orders/{id}'],
    ['/orders/:id((a|b)+)/x', '()', '/orders/{id}/x'],
    ['/orders/:id{[0-9]{3}}', '{}', '/orders/{id}'],
    ['/files/*rest', '()', '/files/{rest}'],
    ['/files/*', '()', '/files/{path}'],
    ['/flights/:from-:to', '()', '/flights/{from}-{to}'],
    ['/orders::cancel', '()', '/orders:cancel'],
    ['orders', '()', '/orders'],
  ] as const)('%s with constraints in %s is %s', (route, brackets, template) => {
    expect(toTemplate(route, brackets)).toBe(template);
  });

  it.each([
    ['/orders{/:id}', '()', 'parts that may be missing'],
    ['/orders/:id?', '()', 'a parameter that may be missing'],
    ['/orders/:id?', '{}', 'a parameter that may be missing'],
    ['/a(b)?', '()', 'a group'],
    ['/a\\:b', '()', 'an escape'],
    ['/orders/:id(\\d+', '()', 'a constraint that never ends'],
    ['/orders/:', '()', 'a parameter without a name'],
    ['/orders/:ids+', '()', 'a parameter that repeats'],
  ] as const)('%s (%s) has no one template: %s', (route, brackets, _) => {
    expect(toTemplate(route, brackets)).toBeUndefined();
  });

  it('gives for any text a template that has no framework in it, or none', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('()' as const, '{}' as const), (route, brackets) => {
        const template = toTemplate(route, brackets);
        if (template === undefined) return;
        expect(template).toMatch(/^\//);
        expect(template.replaceAll(/\{[\w$]+\}/g, '')).not.toMatch(/[{}()?+\\*[\]]/);
      }),
    );
  });
});
