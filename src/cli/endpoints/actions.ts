import { type Command, InvalidArgumentError, Option } from 'commander';
import { CRITICALITIES, type EndpointAction } from '../../estate/index.ts';

/** One thing to do about endpoints: the command's own options, and the decision that they come to. */
export interface Action {
  readonly name: EndpointAction['action'];
  readonly summary: string;
  readonly options: readonly Option[];
  /** Options that have been given, by name. */
  readonly toDecision: (flags: Readonly<Record<string, unknown>>) => EndpointAction;
  /** What has become of an endpoint. */
  readonly done: (decision: never) => string;
  /** What to do next, if anything. */
  readonly next?: string;
}

function action<Name extends EndpointAction['action']>(
  name: Name,
  rest: Omit<Action, 'name' | 'done'> & {
    readonly done: (decision: Extract<EndpointAction, { action: Name }>) => string;
  },
): Action {
  return { name, ...rest };
}

const until = (what: string) =>
  new Option('--until <date>', what).argParser(toDate).makeOptionMandatory();

function toDate(text: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))) return text;
  throw new InvalidArgumentError('use a day: 2026-05-03.');
}

function toList(text: string): string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

/** Every action, in the order of the help. */
export const ACTIONS: readonly Action[] = [
  action('adopt', {
    summary: 'make endpoints part of the estate until a specification has them',
    options: [
      new Option('--specification <file>', 'write what was seen of them as OpenAPI (- prints it)'),
    ],
    toDecision: () => ({ action: 'adopt' }),
    done: () => 'adopted',
    next: '`reeve endpoints specification` writes what was seen as OpenAPI to commit',
  }),
  action('assign', {
    summary: 'name the team that answers for endpoints',
    options: [new Option('--owner <team>', 'who answers').makeOptionMandatory()],
    toDecision: ({ owner }) => ({ action: 'assign', owner: String(owner) }),
    done: ({ owner }) => `assigned to ${owner}`,
  }),
  action('deprecate', {
    summary: 'give endpoints a last day',
    options: [until('last day; whoever calls it later calls a zombie')],
    toDecision: ({ until: day }) => ({ action: 'deprecate', until: String(day) }),
    done: ({ until: day }) => `deprecated, and gone after ${day}`,
  }),
  action('block', {
    summary: 'forbid every call of endpoints, and report those that come all the same',
    options: [],
    toDecision: () => ({ action: 'block' }),
    done: () => 'blocked',
    next: 'nothing refuses its calls yet: those that come from now on are reported; `reeve endpoints undo` takes it back',
  }),
  action('accept', {
    summary: 'accept the risk of endpoints until a day, at most a year ahead',
    options: [until('day until which it is not reported')],
    toDecision: ({ until: day }) => ({ action: 'accept', until: String(day) }),
    done: ({ until: day }) => `accepted until ${day}`,
  }),
  action('tag', {
    summary: 'say what data endpoints handle and how much depends on them',
    options: [
      new Option('--sensitivity <tags>', 'pii,pci …; empty for none').argParser(toList),
      new Option('--criticality <level>').choices(CRITICALITIES),
    ],
    toDecision: ({ sensitivity, criticality }) => ({
      action: 'tag',
      ...(sensitivity !== undefined && { sensitivity: sensitivity as string[] }),
      ...(criticality !== undefined && {
        criticality: criticality as (typeof CRITICALITIES)[number],
      }),
    }),
    done: () => 'tagged',
  }),
];

export function addOptions(command: Command, options: readonly Option[]): Command {
  for (const option of options) command.addOption(option);
  return command;
}
