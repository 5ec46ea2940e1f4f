import { z } from 'zod';
import { stableId } from '../base/ids.ts';
import { Criticality, Tag } from './model.ts';

/** What people decide. A decision is kept with its audit entry, and becomes facts of the scope
 *  `decisions`, so that it is judged like everything else that is known. */

/** What each action says of an endpoint, as a fact. */
export const EndpointDecision = z.discriminatedUnion('action', [
  /** It belongs to the estate: declared by a person until a specification has it. */
  z.strictObject({ action: z.literal('adopt') }),
  z.strictObject({ action: z.literal('assign'), owner: z.string().min(1).max(200) }),
  /** Deprecated; gone after `until`. */
  z.strictObject({ action: z.literal('deprecate'), until: z.iso.date() }),
  /** No call of it is allowed any more. */
  z.strictObject({ action: z.literal('block') }),
  /** Known, and not to be reported until the date. */
  z.strictObject({ action: z.literal('accept'), until: z.iso.date() }),
  /** What data it handles and how much depends on it, whatever Reeve derives. */
  z.strictObject({
    action: z.literal('tag'),
    sensitivity: z.array(Tag.shape.tag.min(1).max(60)).max(20).optional(),
    criticality: Criticality.optional(),
  }),
]);
/** What is decided, before it has who, when and why. */
export type EndpointAction = z.infer<typeof EndpointDecision>;
export type EndpointDecision = EndpointAction & {
  readonly by: string;
  /** RFC 3339. */
  readonly at: string;
  readonly reason: string;
};

/** Who answers for a credential, as a person has said. */
export interface CredentialAssignment {
  readonly owner: string;
  readonly by: string;
  /** RFC 3339. */
  readonly at: string;
  readonly reason: string;
}

/** How a person corrects templates that were learnt, for one service and method-independent. */
export const TemplateCorrection = z.discriminatedUnion('correction', [
  /** Paths of this shape are one endpoint: its `{name}`s are parameters, the rest is literal. */
  z.strictObject({ correction: z.literal('merge'), template: z.string().startsWith('/').max(512) }),
  /** The parameter's values named here are endpoints of their own: `/users/{id}`, `id`, [`me`]. */
  z.strictObject({
    correction: z.literal('split'),
    template: z.string().startsWith('/').max(512),
    parameter: z.string().min(1).max(100),
    values: z.array(z.string().min(1).max(200)).min(1).max(100),
  }),
  /** The same shape under better names. */
  z.strictObject({
    correction: z.literal('rename'),
    template: z.string().startsWith('/').max(512),
    to: z.string().startsWith('/').max(512),
  }),
]);
export type TemplateCorrection = z.infer<typeof TemplateCorrection>;

/** Names what a correction speaks of: a later one of the same name takes its place. */
export function correctionId(service: string, said: TemplateCorrection): string {
  const parameter = said.correction === 'split' ? said.parameter : '';
  return stableId('correction', service, said.correction, said.template, parameter);
}

/** One entry of the audit log: who changed what, and why. Never a secret. */
export const AuditEntry = z.strictObject({
  /** Rises by one. */
  sequence: z.int(),
  at: z.iso.datetime(),
  /** Who: `admin`, a user, a service. */
  actor: z.string(),
  /** `endpoint.adopt`, `template.merge` … */
  action: z.string(),
  subject: z.string(),
  reason: z.string(),
  /** The change itself. */
  detail: z.record(z.string(), z.unknown()),
});
export type AuditEntry = z.infer<typeof AuditEntry>;
