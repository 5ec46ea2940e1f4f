import { quote } from '../base/fault.ts';
import type { TemplateCorrection } from '../estate/index.ts';

export interface PreviewedEndpoint {
  readonly method: string;
  readonly template: string;
  readonly requests: number;
}

/** Where requests of one endpoint would be counted. */
export interface Moved {
  readonly method: string;
  readonly before: string;
  readonly after: string;
}

/** What a correction would change. */
export interface TemplatePreview {
  /** Endpoints that would go. */
  readonly before: readonly PreviewedEndpoint[];
  /** Endpoints that would come. */
  readonly after: readonly PreviewedEndpoint[];
  /** At most 3, of those with the most requests. */
  readonly examples: readonly Moved[];
  /** Why nothing would change; null where something would. */
  readonly note: string | null;
}

const MAX_EXAMPLES = 3;
/** Endpoints that examples are looked for among: each is compared with all others. */
const MAX_ASKED = 20;

/** @param before every HTTP endpoint as it is counted now
 *  @param after every one under the correction */
export function previewOf(
  said: TemplateCorrection,
  before: readonly PreviewedEndpoint[],
  after: readonly PreviewedEndpoint[],
): TemplatePreview {
  const gone = without(before, after);
  const come = without(after, before);
  return {
    before: gone,
    after: come,
    examples: examplesOf({ gone, come, before, after }),
    note: gone.length + come.length > 0 ? null : noteOf(said, before),
  };
}

function without(
  endpoints: readonly PreviewedEndpoint[],
  others: readonly PreviewedEndpoint[],
): PreviewedEndpoint[] {
  const nameOf = ({ method, template }: PreviewedEndpoint) => `${method} ${template}`;
  const named = new Set(others.map(nameOf));
  return endpoints.filter((endpoint) => !named.has(nameOf(endpoint)));
}

interface Sides {
  readonly gone: readonly PreviewedEndpoint[];
  readonly come: readonly PreviewedEndpoint[];
  readonly before: readonly PreviewedEndpoint[];
  readonly after: readonly PreviewedEndpoint[];
}

/** What goes, with where it goes to; what comes out of an endpoint that stays, with that. */
function examplesOf({ gone, come, before, after }: Sides): Moved[] {
  const examples: Moved[] = [];
  const pair = (
    endpoint: PreviewedEndpoint,
    others: readonly PreviewedEndpoint[],
    toMoved: (other: string) => Omit<Moved, 'method'>,
  ): void => {
    const { method, template } = endpoint;
    if (examples.length === MAX_EXAMPLES) return;
    const other = others.find((one) => one.method === method && isAkin(one.template, template));
    if (other) examples.push({ method, ...toMoved(other.template) });
  };
  for (const one of mostAsked(gone)) {
    pair(one, [...come, ...after], (other) => ({ before: one.template, after: other }));
  }
  const told = new Set(examples.map(({ method, after: to }) => `${method} ${to}`));
  for (const one of mostAsked(come)) {
    if (told.has(`${one.method} ${one.template}`)) continue;
    pair(one, [...gone, ...before], (other) => ({ before: other, after: one.template }));
  }
  return examples;
}

function mostAsked(endpoints: readonly PreviewedEndpoint[]): readonly PreviewedEndpoint[] {
  return endpoints.toSorted((a, b) => b.requests - a.requests).slice(0, MAX_ASKED);
}

/** Whether one of two templates stands for paths of the other. */
function isAkin(one: string, other: string): boolean {
  const [ours, theirs] = [one.split('/'), other.split('/')];
  const covers = (general: readonly string[], special: readonly string[]): boolean =>
    general.every((segment, index) => coversSegment(segment, special[index] ?? ''));
  return ours.length === theirs.length && (covers(ours, theirs) || covers(theirs, ours));
}

/** `{id}.json` stands for `latest.json`. */
function coversSegment(general: string, special: string): boolean {
  const [start, end] = [general.indexOf('{'), general.lastIndexOf('}')];
  if (start < 0) return general === special;
  return special.startsWith(general.slice(0, start)) && special.endsWith(general.slice(end + 1));
}

/** Why a correction changes nothing of what was seen, and what it would take. */
function noteOf(said: TemplateCorrection, seen: readonly PreviewedEndpoint[]): string {
  const template = quote(said.template, 200);
  if (!seen.some((one) => isAkin(said.template, one.template))) {
    return `Nothing that was seen so far falls under ${template}; it holds for what comes.`;
  }
  switch (said.correction) {
    case 'merge':
      return `All that falls under ${template} is one endpoint already; it stays one.`;
    case 'rename':
      return seen.some((one) => one.template === said.to)
        ? `It is called ${quote(said.to, 200)} already; it stays so.`
        : `No template that was seen so far has the shape of ${template}; it holds for what comes.`;
    case 'split':
      return `None of these values is counted by itself below ${template}: either none was asked for, or they are numbers, ids or dates, of which only those that come from now on are told apart.`;
  }
}
