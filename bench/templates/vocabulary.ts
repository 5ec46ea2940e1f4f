import { type Operation, shapeOf } from './api.ts';

/** The literal segments that stand where a parameter may, by the shape of what stands before. */
export function literalsOf(operations: readonly Operation[]): Map<string, Set<string>> {
  const literals = new Map<string, Set<string>>();
  for (const { template } of operations) {
    const segments = template.split('/');
    segments.forEach((segment, index) => {
      if (index === 0 || segment.includes('{')) return;
      const key = shapeOf(`${segments.slice(0, index).join('/')}/`);
      literals.set(key, (literals.get(key) ?? new Set()).add(segment));
    });
  }
  return literals;
}

/** The words of an API's literals: `invoice` and `items` of `/invoiceItems`. */
export function ownWords(operations: readonly Operation[]): string[] {
  const words = new Set<string>();
  for (const { template } of operations) {
    const literal = template.replace(/\{[^{}]*\}/g, '/');
    for (const word of literal.match(/[A-Z]?[a-z]{3,}/g) ?? []) words.add(word.toLowerCase());
  }
  return words.size > 0 ? [...words].sort() : ['item'];
}
