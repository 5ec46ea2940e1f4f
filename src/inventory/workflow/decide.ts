import { auditEntryOf, withoutSecrets } from '../../audit/index.ts';
import { Fault, quote } from '../../base/fault.ts';
import {
  correctionId,
  type Endpoint,
  type EndpointAction,
  type NewAuditEntry,
  type StoredCorrection,
  type StoredDecision,
  type TemplateCorrection,
} from '../../estate/index.ts';
import { checkAction } from './rules.ts';

/** Who changes something, why, and when (milliseconds since 1970). */
export interface Deciding {
  readonly actor: string;
  readonly reason: string;
  readonly now: number;
}

export interface DecisionMade {
  readonly decision: StoredDecision;
  readonly entry: NewAuditEntry;
}

/** Decides about one endpoint.
 *  @param endpoint as it is judged now; undefined where the estate has none of this id
 *  @param before its decisions in force: a tag that says nothing of the criticality keeps the one
 *  before, and the other way round
 *  @throws {Fault} `inventory/endpoint-not-found`, `inventory/decision-invalid` */
export function decide(
  id: string,
  endpoint: Endpoint | undefined,
  before: readonly StoredDecision[],
  action: EndpointAction,
  deciding: Deciding,
): DecisionMade {
  if (endpoint === undefined) {
    throw new Fault('inventory/endpoint-not-found', `There is no endpoint ${quote(id, 200)}`, {
      hint: '`reeve endpoints --visibility all` lists every endpoint',
    });
  }
  const reason = withoutSecrets(deciding.reason.trim());
  checkAction(endpoint, action, reason, deciding.now);
  const said = toSaid(action, before);
  const at = new Date(deciding.now).toISOString();
  return {
    decision: { ...said, endpoint: id, by: deciding.actor, at, reason },
    entry: auditEntryOf(`endpoint.${action.action}`, id, said, { ...deciding, reason }),
  };
}

/** What is decided, with what it leaves standing of the decision before. */
function toSaid(action: EndpointAction, before: readonly StoredDecision[]): EndpointAction {
  if (action.action === 'assign') return { ...action, owner: action.owner.trim() };
  if (action.action !== 'tag') return action;
  return { ...tagBefore(before), ...withoutAbsent(action) };
}

function tagBefore(before: readonly StoredDecision[]) {
  const tag = before.find((decision) => decision.action === 'tag');
  if (tag?.action !== 'tag') return {};
  const { sensitivity, criticality } = tag;
  return withoutAbsent({ sensitivity, criticality });
}

/** A member that is undefined takes no one's place. */
function withoutAbsent<Value extends object>(value: Value): Value {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Value;
}

/** Takes a decision back. The endpoint need not be there any more.
 *  @throws {Fault} `inventory/decision-not-found` where no such decision is in force */
export function undo(
  id: string,
  before: readonly StoredDecision[],
  action: EndpointAction['action'],
  deciding: Deciding,
): NewAuditEntry {
  if (!before.some((decision) => decision.action === action)) {
    const others = before.map((decision) => decision.action).join(', ');
    throw new Fault(
      'inventory/decision-not-found',
      `Nobody has decided to ${action} ${quote(id, 200)}`,
      { hint: others ? `what is in force: ${others}` : 'nothing is decided about it' },
    );
  }
  return auditEntryOf('endpoint.undo', id, { action }, deciding);
}

export interface Correcting {
  readonly correction: StoredCorrection;
  readonly entry: NewAuditEntry;
}

const PARAMETER = /\{([^{}/]+)\}/g;

/** Corrects how templates of a service are learnt.
 *  @throws {Fault} `inventory/correction-invalid` */
export function correct(service: string, said: TemplateCorrection, deciding: Deciding): Correcting {
  checkCorrection(said);
  const reason = withoutSecrets(deciding.reason.trim());
  const at = new Date(deciding.now).toISOString();
  const id = correctionId(service, said);
  return {
    correction: { id, service, correction: said, by: deciding.actor, at, reason },
    entry: auditEntryOf(`template.${said.correction}`, service, said, deciding),
  };
}

function checkCorrection(said: TemplateCorrection): void {
  const parameters = parametersOf(said.template);
  if (said.correction === 'split' && !parameters.includes(said.parameter)) {
    refuse(`${quote(said.template)} has no parameter ${quote(said.parameter)}`, {
      hint: parameters.length > 0 ? `its parameters: ${parameters.join(', ')}` : 'it has none',
    });
  }
  if (said.correction === 'split') {
    const odd = said.values.find((value) => value.includes('/'));
    if (odd !== undefined) {
      refuse(`${quote(odd)} is more than one segment of a path`, {
        hint: 'name values without `/`',
      });
    }
  }
  if (said.correction === 'merge' && parameters.length === 0) {
    refuse(`${quote(said.template)} has no parameter, so there is nothing to merge`, {
      hint: 'write what varies as `{name}`: `/orders/{id}`',
    });
  }
  if (said.correction === 'rename' && shapeOf(said.template) !== shapeOf(said.to)) {
    refuse(`${quote(said.to)} is not the shape of ${quote(said.template)}`, {
      hint: 'rename parameters only; merge or split to change the shape',
    });
  }
}

function parametersOf(template: string): string[] {
  return [...template.matchAll(PARAMETER)].map(([, name = '']) => name);
}

function shapeOf(template: string): string {
  return template.replaceAll(PARAMETER, '{}');
}

function refuse(message: string, details: { readonly hint: string }): never {
  throw new Fault('inventory/correction-invalid', message, details);
}
