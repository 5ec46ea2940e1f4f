import { type Operation, shapeOf } from './api.ts';

/** Whether a parameter may take a value, by the template cut off before the parameter. */
export type IsFree = (prefix: string, value: string) => boolean;

/** No value is a literal that stands beside its parameter, nor holds what divides it from the rest of
 *  its segment: the service itself could not tell. */
export function freeValues(operations: readonly Operation[]): IsFree {
  const literals = new Map<string, Set<string>>();
  const dividers = new Map<string, Set<string>>();
  for (const { template } of operations) {
    const segments = template.split('/');
    segments.forEach((segment, index) => {
      if (index === 0 || segment.includes('{')) return;
      add(literals, `${segments.slice(0, index).join('/')}/`, segment);
    });
    for (const match of template.matchAll(/\{[^{}]*\}/g)) {
      const prefix = template.slice(0, match.index);
      const around = [prefix.at(-1), template[match.index + match[0].length]];
      for (const divider of around) {
        if (divider && divider !== '/' && divider !== '{') add(dividers, prefix, divider);
      }
    }
  }
  return (prefix, value) => {
    const place = shapeOf(prefix);
    if (literals.get(place)?.has(value)) return false;
    for (const divider of dividers.get(place) ?? []) if (value.includes(divider)) return false;
    return true;
  };
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

function add(sets: Map<string, Set<string>>, prefix: string, text: string): void {
  const place = shapeOf(prefix);
  sets.set(place, (sets.get(place) ?? new Set()).add(text));
}
