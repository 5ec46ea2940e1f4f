import { positionOf, type SyntaxNode } from '../parse.ts';
import { routerId } from '../routes.ts';
import { joinTemplates, toTemplates } from '../template.ts';
import { textsOf } from './constants.ts';
import type { JavaFramework, JavaReading } from './reading.ts';
import type { JavaType } from './types.ts';

const METHODS = new Set(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS']);

/** Spring's functional endpoints: `route(GET("/x"), h)` and `route().GET("/x", h)`, under `path` and
 *  `nest`. @see Spring Framework reference, "Functional Endpoints" */
export const functional: JavaFramework = (file, reading) => {
  const [type] = file.types;
  if (type === undefined || !file.path.endsWith('.java')) return;
  if (!/\bRouterFunctions?\b/.test(file.text)) return;
  const router = routerId(file.path, 'router functions');
  for (const node of file.root.findAll({ rule: { kind: 'method_invocation' } })) {
    const method = node.field('name')?.text() ?? '';
    if (!METHODS.has(method)) continue;
    for (const path of textsOf(argumentsOf(node)[0], type, reading.program)) {
      for (const template of toTemplates(path, 'brace')) {
        reading.model.routes.push({
          router,
          reader: 'spring',
          method,
          template: joinTemplates(prefixAround(node, type, reading), template),
          place: { file: file.path, ...positionOf(node.field('name') ?? node) },
        });
      }
    }
  }
};

const MAX_LEVELS = 400;

/** The prefixes of the `path("/x", …)` and `nest(path("/x"), …)` that a call stands inside of. */
function prefixAround(node: SyntaxNode, type: JavaType, reading: JavaReading, calls = 0): string {
  let prefix = '';
  let inside = node;
  let parent = node.parent();
  for (let level = 0; parent !== null && level < MAX_LEVELS; level++) {
    if (parent.kind() === 'argument_list') {
      const call = parent.parent();
      const first = parent.children().find((child) => child.isNamed());
      if (call?.kind() === 'method_invocation' && first && first.id() !== inside.id()) {
        prefix = joinTemplates(prefixOf(call, first, type, reading), prefix);
      }
    }
    if (parent.kind() === 'method_declaration') {
      const call = calls < MAX_CALLS ? userOf(parent, type.file.text) : undefined;
      if (call === undefined) return prefix;
      return joinTemplates(prefixAround(call, type, reading, calls + 1), prefix);
    }
    inside = parent;
    parent = parent.parent();
  }
  return prefix;
}

/** Methods of one class that put each other under prefixes. */
const MAX_CALLS = 8;

/** Where a method's routes are put under a prefix: `path("/x", this::routes)`, `nest(…, routes(h))`;
 *  gives the argument. */
function userOf(method: SyntaxNode, text: string): SyntaxNode | undefined {
  const name = method.field('name')?.text() ?? '';
  // Most methods are named where they are declared and nowhere else.
  if (!text.includes(`::${name}`) && text.split(`${name}(`, 3).length < 3) return undefined;
  const body = method.parent();
  const uses = body?.findAll({
    rule: { any: [{ kind: 'method_reference' }, { kind: 'method_invocation' }] },
  });
  return uses?.find((use) => {
    const isNamed =
      use.kind() === 'method_invocation'
        ? use.field('name')?.text() === name && use.field('object') === null
        : use.text().endsWith(`::${name}`);
    const call = use.parent()?.parent();
    return isNamed && /^(?:path|nest|add|and)$/.test(call?.field('name')?.text() ?? '');
  });
}

function prefixOf(
  call: SyntaxNode,
  first: SyntaxNode,
  type: JavaType,
  reading: JavaReading,
): string {
  const name = call.field('name')?.text();
  const path = name === 'path' ? first : name === 'nest' ? pathPredicate(first) : undefined;
  const [text] = textsOf(path, type, reading.program);
  return text === undefined ? '' : (toTemplates(text, 'brace')[0] ?? '');
}

/** The path in `path("/x")` or `path("/x").and(accept(JSON))`. */
function pathPredicate(node: SyntaxNode): SyntaxNode | undefined {
  const calls = [node, ...node.findAll({ rule: { kind: 'method_invocation' } })];
  const path = calls.find(
    (each) => each.kind() === 'method_invocation' && each.field('name')?.text() === 'path',
  );
  return path && argumentsOf(path)[0];
}

function argumentsOf(call: SyntaxNode): SyntaxNode[] {
  return (
    call
      .field('arguments')
      ?.children()
      .filter((child) => child.isNamed()) ?? []
  );
}
