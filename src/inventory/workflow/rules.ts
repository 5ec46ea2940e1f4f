import { Fault, quote } from '../../base/fault.ts';
import type { Endpoint, EndpointAction } from '../../estate/index.ts';

/** Longest time for which a risk can be accepted. */
const MAX_ACCEPTED_DAYS = 366;
const MAX_REASON_LENGTH = 500;
const DAY_MS = 86_400_000;

/** What a rule looks at. Dates are whole days in UTC (`2026-05-03`). */
interface Asked<Action extends EndpointAction = EndpointAction> {
  readonly endpoint: Endpoint;
  readonly said: Action;
  readonly reason: string;
  readonly today: string;
  readonly now: number;
}

interface Complaint {
  readonly message: string;
  readonly hint: string;
}

type Rules = {
  readonly [Name in EndpointAction['action']]: (
    asked: Asked<Extract<EndpointAction, { action: Name }>>,
  ) => Complaint | undefined;
};

/** What each action demands, beside the shape of what is said. */
const RULES: Rules = {
  adopt: ({ endpoint }) => {
    const [declared] = endpoint.declaredIn;
    if (declared) {
      return {
        message: `It is declared already, in ${quote(declared.file, 200)}`,
        hint: 'there is nothing to adopt',
      };
    }
    if (endpoint.visibility !== 'probe') return undefined;
    return {
      message: 'It only ever answered 404, so there is nothing to adopt',
      hint: 'declare it in a specification if it is going to be there',
    };
  },
  assign: ({ said }) =>
    said.owner.trim() === '' || hasControlCharacters(said.owner)
      ? { message: 'The owner has no name', hint: 'name the team that answers: `team-orders`' }
      : undefined,
  deprecate: ({ said, today }) =>
    said.until < today
      ? {
          message: `${said.until} is past`,
          hint: `name the last day of its life, ${today} or later`,
        }
      : undefined,
  block: ({ reason }) =>
    reason === ''
      ? { message: 'A block needs a reason', hint: 'say why no call of it is allowed' }
      : undefined,
  accept: ({ said, reason, today, now }) => {
    const last = toDay(now + MAX_ACCEPTED_DAYS * DAY_MS);
    if (reason === '') {
      return { message: 'Accepting a risk needs a reason', hint: 'say why it can wait' };
    }
    if (said.until < today) {
      return { message: `${said.until} is past`, hint: `name a day from ${today} to ${last}` };
    }
    if (said.until <= last) return undefined;
    return {
      message: `A risk is accepted for a year at most, and ${said.until} is later`,
      hint: `name a day from ${today} to ${last}`,
    };
  },
  tag: ({ said }) =>
    said.sensitivity === undefined && said.criticality === undefined
      ? { message: 'The tag says nothing', hint: 'name the data, the criticality, or both' }
      : undefined,
};

/** @throws {Fault} `inventory/decision-invalid` */
export function checkAction(
  endpoint: Endpoint,
  said: EndpointAction,
  reason: string,
  now: number,
): void {
  if (reason.length > MAX_REASON_LENGTH) {
    refuse({
      message: `A reason has at most ${MAX_REASON_LENGTH} characters, not ${reason.length}`,
      hint: 'put the rest where the reason can point to',
    });
  }
  const rule = RULES[said.action] as (asked: Asked) => Complaint | undefined;
  const complaint = rule({ endpoint, said, reason, today: toDay(now), now });
  if (complaint) refuse(complaint);
}

function refuse({ message, hint }: Complaint): never {
  throw new Fault('inventory/decision-invalid', message, { hint });
}

function toDay(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}

function hasControlCharacters(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to refuse
  return /[\u0000-\u001f\u007f-\u009f]/.test(text);
}
