import type { CalleeRules, OperationRule, Question } from '../../model/index.ts';
import {
  EVERY_METHOD,
  matchesExactly,
  matchesLoosely,
  parsePattern,
  toWireMethod,
  toWirePath,
} from '../../operations/index.ts';

/** The rules that let a question in, read as they are documented, one after the other; conditions are not asked. */
export function rulesFor(rules: readonly CalleeRules[], question: Question): OperationRule[] {
  const { caller, proof, protocol } = question;
  if (caller === undefined || proof === undefined) return [];
  const isHttp = protocol === 'http';
  const method = isHttp ? toWireMethod(question.method) : question.method;
  const path = isHttp ? toWirePath(question.path) : question.path;
  if (typeof method !== 'string' || typeof path !== 'string') return [];
  return rules
    .filter(({ service }) => service.id === question.service)
    .flatMap(({ callers }) => callers)
    .filter(({ identities }) => identities.includes(caller))
    .flatMap(({ allowed }) => allowed)
    .filter((rule) => rule.protocol === protocol && isOfMethod(rule, method))
    .filter((rule) => (isHttp ? matchesPath(rule, path) : matchesName(rule, path)));
}

function isOfMethod({ method, exceptMethods }: OperationRule, asked: string): boolean {
  return method === EVERY_METHOD ? !exceptMethods.includes(asked) : method === asked;
}

function matchesPath({ path, also, except }: OperationRule, asked: string): boolean {
  const loosely = (text: string) => matchesLoosely(read(text), asked);
  return matchesExactly(read(path), asked) && also.every(loosely) && !except.some(loosely);
}

function matchesName({ path, except }: OperationRule, asked: string): boolean {
  return (path === '**' || path === asked) && !except.includes(asked);
}

function read(text: string) {
  const pattern = parsePattern(text);
  if (!pattern) throw new Error(`${text} is no pattern`);
  return pattern;
}
