/** The team or person behind a handle as CODEOWNERS writes it: `@acme/team-orders` is `team-orders`,
 *  `@alice` is `alice`, an e-mail address stays. Undefined for what names nobody: a GitLab role
 *  (`@@maintainer`), or text that is neither a handle nor an address. */
export function ownerOfHandle(text: string): string | undefined {
  if (text.startsWith('@@')) return undefined;
  if (text.startsWith('@'))
    return text.slice(text.lastIndexOf('/') + 1).replace(/^@/, '') || undefined;
  return isEmail(text) ? text : undefined;
}

/** A GitLab role, such as `@@maintainer`: valid, but no team that could answer. */
export function isRole(text: string): boolean {
  return text.startsWith('@@') && text.length > 2;
}

/** The name in a Backstage entity reference `[kind:][namespace/]name`.
 *  @see https://backstage.io/docs/features/software-catalog/references */
export function nameOfEntityRef(text: string): string | undefined {
  const withoutKind = text.slice(text.indexOf(':') + 1);
  return withoutKind.slice(withoutKind.lastIndexOf('/') + 1).trim() || undefined;
}

function isEmail(text: string): boolean {
  const at = text.indexOf('@');
  return at > 0 && at === text.lastIndexOf('@') && at < text.length - 1;
}
