import { toPlace } from '../../base/diagnostic.ts';
import type { Reason } from '../model/index.ts';
import { type Inspection, operationOf, type worstDenial } from './inspection.ts';
import { quoteAscii, toMessage } from './text.ts';

type Denial = ReturnType<typeof worstDenial>;

/** Who, whom and what a sentence is about, quoted. */
interface Names {
  readonly caller: string;
  readonly callee: string;
  readonly operation: string;
}

type Sentence = (inspection: Inspection, names: Names, denial: Denial) => string;

const SENTENCES: Readonly<Record<Reason, Sentence>> = {
  declared: ({ covering }, { caller, callee, operation }) => {
    const [place = ''] = covering.map(({ source }) => toPlace(source)).sort();
    const where = place === '' ? '' : `, as declared in ${quoteAscii(place)}`;
    return `${caller} may call ${operation} of ${callee}${where}.`;
  },
  'caller-unproved': () => 'The caller has not proved who it is.',
  'caller-unknown': ({ question }) =>
    `No service is known by the identity ${quoteAscii(question.caller ?? '')}.`,
  'service-unknown': ({ question }) => `No service ${quoteAscii(question.service)} is known.`,
  'operation-malformed': ({ question, refusal }) => {
    const isMethod = refusal?.code.startsWith('method-');
    const what = isMethod ? 'method' : 'path';
    const problem = refusal?.problem ?? 'is malformed';
    return `The ${what} ${quoteAscii(isMethod ? question.method : withoutQuery(question.path))} ${problem}.`;
  },
  'call-undeclared': (_, { caller, callee }) => `${caller} does not declare calls of ${callee}.`,
  'operation-undeclared': ({ nearest }, { caller, callee, operation }) => {
    const isLoose =
      nearest.length > 0 &&
      nearest.every(({ isExact, coveredBy }) => !isExact && coveredBy.length > 0);
    const but = isLoose ? `only ${operation}, as it is spelt there` : `not ${operation}`;
    return `${caller} declares calls of ${callee}, but ${but}.`;
  },
  'endpoint-blocked': (_, { callee, operation }) =>
    `${operation} of ${callee} is blocked for everybody.`,
  'guardrail-forbids': (_, names, denial) => {
    const verdict = denial?.verdict;
    const reason = verdict?.kind === 'forbids' && verdict.reason ? `: ${verdict.reason}` : '';
    return `${forbidden('forbids', names, denial)}${reason}`;
  },
  'guardrail-failed': (_, names, denial) => {
    const verdict = denial?.verdict;
    const problem = verdict?.kind === 'failed' ? `: ${verdict.problem}` : '';
    return `${forbidden('failed, which denies', names, denial)}${problem}`;
  },
};

function forbidden(does: string, { callee, operation }: Names, denial: Denial): string {
  const caller = quoteAscii(denial?.call.caller.id ?? '', 50);
  const id = quoteAscii(denial?.verdict.id ?? '', 50);
  return `Guardrail ${id} ${does} that ${caller} calls ${operation} of ${callee}`;
}

/** A sentence for people: printable ASCII of at most 300 characters, foreign text quoted, without the query. */
export function messageOf(inspection: Inspection, denial: Denial): string {
  const { question, callers, request } = inspection;
  const asked = `${request?.method ?? question.method} ${withoutQuery(request?.path ?? question.path)}`;
  const names = {
    caller: quoteAscii(callers[0]?.id ?? ''),
    callee: quoteAscii(question.service),
    operation: quoteAscii(operationOf(inspection) ?? asked),
  };
  return toMessage(SENTENCES[inspection.reason](inspection, names, denial));
}

function withoutQuery(path: string): string {
  const query = path.indexOf('?');
  return query === -1 ? path : path.slice(0, query);
}
