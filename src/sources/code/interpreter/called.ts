import type { Expression, Statement } from './program.ts';

/** The last names of everything that is called in a body, functions within it included. */
export function calledNames(body: readonly Statement[]): Set<string> {
  const names = new Set<string>();
  const pending: (Statement | Expression)[] = [...body];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.is === 'call') {
      const { callee } = node;
      if (callee.is === 'name' || callee.is === 'member') names.add(callee.name);
    }
    pending.push(...partsOf(node));
  }
  return names;
}

function partsOf(node: Statement | Expression): readonly (Statement | Expression)[] {
  switch (node.is) {
    case 'do':
      return [node.expression];
    case 'assign':
      return [...node.targets, ...node.values];
    case 'each':
      return [node.of, ...node.body];
    case 'return':
      return node.values;
    case 'block':
      return node.body;
    case 'choose':
      return [node.by, ...node.branches.flatMap(({ body }) => body)];
    case 'collect':
      return [node.loop];
    case 'function':
      return [...node.function.decorators, ...node.function.body];
    case 'class':
      return node.class.body;
    case 'join':
    case 'other':
      return node.parts;
    case 'member':
      return [node.object];
    case 'item':
      return [node.object, node.key];
    case 'call':
      return [node.callee, ...node.arguments.map(({ value }) => value)];
    case 'list':
      return node.items;
    case 'record':
      return node.entries.map(({ value }) => value);
    case 'either':
      return node.options;
    case 'spread':
      return [node.of];
    default:
      return [];
  }
}
