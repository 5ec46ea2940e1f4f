import { listAt, textAt } from '../../base/pick.ts';

/** Who answers for the folder that an OWNERS file lies in. */
export interface ApproverRule {
  /** Lower-case handles, or names out of OWNERS_ALIASES, which name teams. */
  readonly approvers: readonly string[];
  /** The step in the document that holds the approvers. */
  readonly path: readonly (string | number)[];
}

/** Reads the approvers of a Kubernetes OWNERS file. Filters other than `.*` speak of single files,
 *  in a regular expression, and are not read; nor are reviewers, who do not answer for anything.
 *  @see https://www.kubernetes.dev/docs/guide/owners/ */
export function approversOf(value: unknown): ApproverRule | undefined {
  const places = [['approvers'], ['filters', '.*', 'approvers']];
  for (const path of places) {
    const approvers = namesAt(value, path);
    if (approvers.length > 0) return { approvers, path };
  }
  return undefined;
}

function namesAt(value: unknown, path: readonly string[]): string[] {
  return listAt(value, ...path).flatMap((item) => {
    const name = textAt(item)?.trim().replace(/^@/, '').toLowerCase();
    return name ? [name] : [];
  });
}
