import { isFields, pick } from '../../../base/pick.ts';
import type { Decision, Question } from '../../model/index.ts';
import { questionOf } from './question.ts';

/** What answers in OPA's place. */
export interface DataApiPorts {
  readonly decide: (question: Question) => Decision;
  /** Ids of services by what enforcement points call them. */
  readonly names: ReadonlyMap<string, string>;
  /** A name for each answer, by which logs tell of it. */
  readonly newId: () => string;
}

/** A request to `/v1/data/…`. */
export interface DataRequest {
  /** Behind `/v1/data/`, as it was sent: `reeve/authz/allow`. */
  readonly path: string;
  /** With POST the body, of which the member `input` counts; with GET the text of the parameter `input`. */
  readonly asked:
    | { readonly by: 'POST'; readonly body: unknown }
    | { readonly by: 'GET'; readonly input: string | undefined };
}

export interface DataAnswer {
  readonly status: 200 | 400;
  readonly body: Readonly<Record<string, unknown>>;
}

/** More text in `input` is refused. */
const MAX_INPUT = 65_536;

/** Answers as OPA answers that has loaded our bundle.
 *  @see https://www.openpolicyagent.org/docs/rest-api#data-api */
export function answerData({ path, asked }: DataRequest, ports: DataApiPorts): DataAnswer {
  const read = inputOf(asked);
  if (read.problem !== undefined) return invalid(read.problem);
  const steps = stepsOf(path);
  const found = pick(documentFor(steps, read.input, ports), ...steps);
  return {
    status: 200,
    body: {
      decision_id: ports.newId(),
      ...(found !== undefined && { result: found }),
      ...(asked.by === 'POST' && read.input === undefined && { warning: NO_INPUT }),
    },
  };
}

/** The document of a decision, as our policy in Rego gives it. */
export function decisionDocument(decision: Decision) {
  const { allowed, mode, reason, message } = decision;
  return { allow: allowed || mode === 'shadow', allowed, mode, reason, message };
}

const NO_INPUT = { code: 'api_usage_warning', message: "'input' key missing from the request" };

type Read =
  | { readonly input: unknown; readonly problem?: undefined }
  | { readonly input?: undefined; readonly problem: string };

function inputOf(asked: DataRequest['asked']): Read {
  if (asked.by === 'POST') {
    if (isFields(asked.body)) return { input: pick(asked.body, 'input') };
    return { problem: 'body contains malformed input document: it must be an object of JSON' };
  }
  if (asked.input === undefined) return { input: undefined };
  if (asked.input.length > MAX_INPUT) {
    return { problem: `parameter \`input\` is longer than ${MAX_INPUT} characters` };
  }
  try {
    return { input: JSON.parse(asked.input) };
  } catch {
    return { problem: 'parameter contains malformed input document: it is not JSON' };
  }
}

/** @see OPA REST API, Errors */
const invalid = (message: string): DataAnswer => ({
  status: 400,
  body: { code: 'invalid_parameter', message },
});

/** The names of a path. One that is broken is taken as it was sent, as OPA does it. */
function stepsOf(path: string): string[] {
  return path
    .split('/')
    .filter((step) => step !== '')
    .map((step) => {
      try {
        return decodeURIComponent(step);
      } catch {
        return step;
      }
    });
}

/** All documents that there are. Nothing is decided for who asks for others. */
function documentFor(steps: readonly string[], input: unknown, ports: DataApiPorts): unknown {
  const isOurs = ['reeve', 'authz'].every((step, at) => (steps[at] ?? step) === step);
  if (!isOurs) return undefined;
  const decision = decisionDocument(ports.decide(questionOf(input, ports.names)));
  return { reeve: { authz: { allow: decision.allow, decision } } };
}
