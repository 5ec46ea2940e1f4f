import { auditEntryOf, withoutSecrets } from '../../audit/index.ts';
import { Fault, quote } from '../../base/fault.ts';
import {
  type CredentialFact,
  type DecisionChange,
  namesOfCredential,
  toCredentialRecord,
} from '../../estate/index.ts';

/** Who says something of a credential, why, and when (milliseconds since 1970). */
export interface Assigning {
  readonly actor: string;
  readonly reason: string;
  readonly now: number;
}

/** A person says who answers for a credential. It holds under every name that the credential has now: when its id
 *  changes, too, because others begin to know its value.
 *  @param facts all about it, at least one
 *  @param owner a team, not empty */
export function assignment(
  facts: readonly CredentialFact[],
  owner: string,
  by: Assigning,
): DecisionChange {
  const { id, name, kind } = toCredentialRecord(facts);
  const reason = withoutSecrets(by.reason.trim());
  const at = new Date(by.now).toISOString();
  return {
    change: 'assign',
    fact: {
      entity: 'credential',
      id,
      name,
      credentialKind: kind,
      keys: namesOfCredential(facts),
      decision: { owner, by: by.actor, at, reason },
      source: { reader: 'person', how: 'declared' },
    },
    entry: auditEntryOf('credential.assign', id, { owner }, { ...by, reason }),
  };
}

/** Takes back all that people have said of who answers for a credential, under whichever id it had then.
 *  @throws {Fault} `secrets/assignment-not-found` */
export function unassignments(facts: readonly CredentialFact[], by: Assigning): DecisionChange[] {
  const { id, name } = toCredentialRecord(facts);
  const said = facts.flatMap(({ id: credential, decision }) =>
    decision === undefined ? [] : [{ credential, owner: decision.owner }],
  );
  if (said.length === 0) {
    throw new Fault(
      'secrets/assignment-not-found',
      `Nobody has said who answers for ${quote(name)} (${id})`,
      {
        hint: 'what declarations, catalogues and CODEOWNERS say is changed there; a person can say otherwise',
      },
    );
  }
  return said.map(({ credential, owner }) => ({
    change: 'unassign',
    credential,
    entry: auditEntryOf('credential.unassign', credential, { owner }, by),
  }));
}
