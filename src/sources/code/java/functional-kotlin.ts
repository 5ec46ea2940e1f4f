import { positionOf, type SyntaxNode } from '../parse.ts';
import { routerId } from '../routes.ts';
import { joinTemplates, toTemplates } from '../template.ts';
import { textsOf } from './constants.ts';
import type { JavaFramework, JavaReading } from './reading.ts';
import type { JavaType } from './types.ts';

const METHODS = new Set(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS']);
const MAX_LEVELS = 400;

/** Spring's router DSL: `router { "/orders".nest { GET("/{id}", h::get) } }`, and `coRouter`.
 *  @see Spring Framework reference, "Kotlin: Router DSL" */
export const functionalKotlin: JavaFramework = (file, reading) => {
  const [type] = file.types;
  const isWanted = file.path.endsWith('.kt') && /\b(?:coR|r)outer\s*\{/.test(file.text);
  if (type === undefined || !isWanted) return;
  for (const node of file.root.findAll({ rule: { kind: 'call_expression' } })) {
    const callee = node.child(0);
    const method = callee?.text() ?? '';
    if (callee === null || !METHODS.has(method)) continue;
    for (const path of textsOf(firstArgument(node), type, reading.program)) {
      for (const template of toTemplates(path, 'brace')) {
        reading.model.routes.push({
          router: routerId(file.path, 'router'),
          reader: 'spring',
          method,
          template: joinTemplates(prefixAround(node, type, reading), template),
          place: { file: file.path, ...positionOf(callee) },
        });
      }
    }
  }
};

/** The receivers of the `nest { … }` blocks around a call: `"/x"`, `path("/x")`. */
function prefixAround(node: SyntaxNode, type: JavaType, reading: JavaReading): string {
  let prefix = '';
  let parent = node.parent();
  for (let level = 0; parent !== null && level < MAX_LEVELS; level++) {
    const callee = parent.kind() === 'call_expression' ? parent.child(0) : null;
    if (callee?.kind() === 'navigation_expression' && callee.text().endsWith('.nest')) {
      const [text] = textsOf(pathIn(callee.child(0)), type, reading.program);
      if (text !== undefined) prefix = joinTemplates(toTemplates(text, 'brace')[0] ?? '', prefix);
    }
    parent = parent.parent();
  }
  return prefix;
}

function pathIn(receiver: SyntaxNode | null): SyntaxNode | undefined {
  if (receiver?.kind() === 'call_expression') {
    // `accept(APPLICATION_JSON).nest` asks for no path.
    const asksForPath = /^(?:RequestPredicates\.)?path$/.test(receiver.child(0)?.text() ?? '');
    return asksForPath ? firstArgument(receiver) : undefined;
  }
  if (receiver?.kind() !== 'parenthesized_expression') return receiver ?? undefined;
  return receiver.find({ rule: { kind: 'string_literal' } }) ?? undefined;
}

function firstArgument(call: SyntaxNode): SyntaxNode | undefined {
  const suffix = call.children().find((child) => child.kind() === 'call_suffix');
  const list = suffix?.children().find((child) => child.kind() === 'value_arguments');
  return list?.children().find((child) => child.kind() === 'value_argument');
}
