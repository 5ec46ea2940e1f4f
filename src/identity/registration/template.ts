import { Fault, messageOf, quote } from '../../base/fault.ts';
import { parseSpiffeId, spiffeIdOf } from '../spiffe/index.ts';
import { idProblem } from './register.ts';

/** What a template may name of a service of the estate. */
export const TEMPLATE_FIELDS = ['environment', 'namespace', 'account', 'service'] as const;
export type TemplateField = (typeof TEMPLATE_FIELDS)[number];
export type TemplateValues = Readonly<Record<TemplateField, string | undefined>>;

/** How SPIRE's users and every mesh on Kubernetes name a workload. */
export const DEFAULT_TEMPLATE = '/ns/{namespace}/sa/{account}';

const MAX_TEMPLATE_LENGTH = 512;
const FITTING = /^[A-Za-z0-9._-]+$/;

/** The path of a SPIFFE ID with fields of a service in braces. */
export interface IdTemplate {
  readonly text: string;
  /** Each segment's parts: text and fields take turns, text first. */
  readonly segments: readonly (readonly string[])[];
}

/** An ID, or why there is none. */
export type Templated =
  | { readonly spiffeId: string; readonly because?: never }
  | { readonly spiffeId?: never; readonly because: string };

/** Parses a template such as `/ns/{namespace}/sa/{account}`. It must tell services apart, by
 *  `{account}` or `{service}`, and give IDs that are allowed for workloads.
 *  @throws {Fault} `identity/template-malformed` */
export function parseTemplate(text: string): IdTemplate {
  const segments = text
    .slice(1)
    .split('/')
    .map((segment) => segment.split(/[{}]/));
  const flaw = flawOf(text, segments);
  if (flaw === undefined) return { text, segments };
  throw new Fault(
    'identity/template-malformed',
    `${quote(text)} is no template of SPIFFE IDs: ${flaw}`,
    { hint: `write it as ${DEFAULT_TEMPLATE}` },
  );
}

function flawOf(text: string, segments: readonly (readonly string[])[]): string | undefined {
  if (text.length > MAX_TEMPLATE_LENGTH)
    return `it is longer than ${MAX_TEMPLATE_LENGTH} characters`;
  if (!text.startsWith('/')) return 'it does not begin with a slash';
  if (!text.split('/').every(hasWholeBraces)) return 'a brace has no partner in its segment';
  const fields = segments.flatMap((parts) => parts.filter((_, index) => index % 2 === 1));
  const unknown = fields.find((field) => !isField(field));
  if (unknown !== undefined) {
    return `${quote(unknown)} is none of ${TEMPLATE_FIELDS.join(', ')}`;
  }
  if (!fields.includes('account') && !fields.includes('service')) {
    return 'without {account} or {service}, all services of a namespace would be one';
  }
  return flawOfExample(segments);
}

function hasWholeBraces(segment: string): boolean {
  return /^(?:[^{}]*\{[^{}]*\})*[^{}]*$/.test(segment);
}

function isField(text: string): text is TemplateField {
  return TEMPLATE_FIELDS.some((field) => field === text);
}

/** What is wrong with the text between the fields is wrong with any ID of the template. */
function flawOfExample(segments: readonly (readonly string[])[]): string | undefined {
  const path = segments.map(
    (parts) => `/${parts.map((part, at) => (at % 2 ? 'x' : part)).join('')}`,
  );
  const uri = `spiffe://example.org${path.join('')}`;
  try {
    parseSpiffeId(uri);
  } catch (thrown) {
    return messageOf(thrown);
  }
  return idProblem(uri, 'example.org');
}

/** The SPIFFE ID of a service. A value that does not fit into a path is refused and never rewritten: a
 *  rewritten name could be another service's. */
export function applyTemplate(
  { segments }: IdTemplate,
  trustDomain: string,
  values: TemplateValues,
): Templated {
  const path: string[] = [];
  for (const parts of segments) {
    let segment = '';
    for (const [index, part] of parts.entries()) {
      const value = index % 2 === 0 ? part : values[part as TemplateField];
      if (value === undefined) return { because: `no ${part} of it is known` };
      if (index % 2 === 1 && !FITTING.test(value)) {
        return { because: `its ${part} ${quote(value)} does not fit into a SPIFFE ID` };
      }
      segment += value;
    }
    path.push(segment);
  }
  return idOf(trustDomain, path);
}

function idOf(trustDomain: string, path: readonly string[]): Templated {
  try {
    const { uri } = spiffeIdOf(trustDomain, ...path);
    const because = idProblem(uri, trustDomain);
    return because === undefined ? { spiffeId: uri } : { because };
  } catch (thrown) {
    return { because: messageOf(thrown) };
  }
}
