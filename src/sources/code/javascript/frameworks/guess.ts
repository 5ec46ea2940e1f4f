import type { SyntaxNode } from '../../parse.ts';
import { fieldOf, textOf } from '../syntax.ts';
import type { ClassValue, FunctionValue } from '../values.ts';
import type { RouterKind } from './framework.ts';
import { FRAMEWORKS, frameworkOf } from './index.ts';

/** What a parameter of a function that no file calls is, where its type or its name together with
 *  its use tells. */
export function guessParameter(
  parameter: SyntaxNode,
  owner: FunctionValue,
): RouterKind | undefined {
  return byType(parameter, owner) ?? byName(parameter, owner);
}

/** The program's own class that a parameter is typed with, as containers inject it. */
export function typeOf(parameter: SyntaxNode, owner: FunctionValue): ClassValue | undefined {
  const type = textOf(fieldOf(parameter, 'type')).replace(/^:\s*/, '');
  const named = /^\w+$/.test(type) ? owner.scope.get(type) : undefined;
  return named?.kind === 'class' ? named : undefined;
}

function byType(parameter: SyntaxNode, owner: FunctionValue): RouterKind | undefined {
  const type = textOf(fieldOf(parameter, 'type'))
    .replace(/^:\s*/, '')
    .replace(/<[\s\S]*$/, '');
  if (type === '') return undefined;
  const [root = '', ...rest] = type.split('.');
  const last = rest.at(-1) ?? root;
  const imported = owner.scope.get(root);
  const framework = imported.kind === 'external' ? frameworkOf(imported.module) : undefined;
  if (framework !== undefined) {
    const { parameter: known } = framework;
    return known?.types.includes(last) ? known.kind : undefined;
  }
  // A `Router` of another package routes pages of a browser, if the name does not say otherwise.
  const isForeign =
    imported.kind === 'external' &&
    !FRAMEWORKS.some(({ reader }) => imported.module.includes(reader));
  if (isForeign) return undefined;
  return FRAMEWORKS.find((each) => each.parameter?.types.includes(last))?.parameter?.kind;
}

function byName(parameter: SyntaxNode, owner: FunctionValue): RouterKind | undefined {
  const pattern = fieldOf(parameter, 'pattern') ?? parameter;
  if (pattern.kind() !== 'identifier' || fieldOf(parameter, 'type') !== undefined) return undefined;
  const name = pattern.text();
  if (!registersOn(name, owner.node.text())) return undefined;
  const { text } = owner.scope.module;
  const fits = FRAMEWORKS.filter(({ parameter: known }) => known?.names.includes(name));
  const mentioned = fits.find(({ modules }) =>
    modules.some((module) => text.includes(`'${module}'`) || text.includes(`"${module}"`)),
  );
  const named = fits.find(({ reader }) => reader === name);
  const usual = ROUTER_NAMES.has(name) ? fits[0] : undefined;
  return (mentioned ?? named ?? usual)?.parameter?.kind;
}

/** Names that HTTP clients do not go by: `api.get('/users')` is as often a call. */
const ROUTER_NAMES = new Set(['app', 'router', 'expressApp']);

const REGISTRATION =
  /([A-Za-z_$][\w$]*)\s*\.\s*(?:get|post|put|patch|delete|all|route|use)\s*\(\s*['"`]\/[^'"`]{0,300}['"`]\s*[,)]|([A-Za-z_$][\w$]*)\s*\.\s*register\s*\(/g;

/** Whether `name.get('/…', …)`, `name.register(` or their like stand in a text. */
function registersOn(name: string, text: string): boolean {
  return text.matchAll(REGISTRATION).some((match) => (match[1] ?? match[2]) === name);
}
