/** Who calls whom, both by id. */
export interface Edge {
  readonly from: string;
  readonly to: string;
}

const ARROW = ' -> ';

/** An edge as subject of an action. */
export const edgeSubject = ({ from, to }: Edge): string => `${from}${ARROW}${to}`;

/** The edge that a subject names; undefined: it names none. */
export function edgeOf(subject: string): Edge | undefined {
  const at = subject.indexOf(ARROW);
  if (at <= 0) return undefined;
  const to = subject.slice(at + ARROW.length);
  return to === '' ? undefined : { from: subject.slice(0, at), to };
}

/** A guardrail that forbids every call of an edge, or one operation of it.
 *  @param id of the guardrail
 *  @param operation undefined: all
 *  @see docs/guardrails.md */
export function edgeGuardrail(
  { from, to }: Edge,
  id: string,
  reason: string,
  operation?: { readonly method: string; readonly template: string },
): string {
  const when = operation && [
    `when { context.method == ${cedarText(operation.method)} && resource.template == ${cedarText(operation.template)} };`,
  ];
  return [
    `@id(${cedarText(id)})`,
    `@reason(${cedarText(reason)})`,
    '@severity("high")',
    'forbid (',
    `  principal == Reeve::Service::${cedarText(from)},`,
    '  action,',
    `  resource in Reeve::Service::${cedarText(to)}`,
    ...(when ? [')', ...when] : [');']),
    '',
  ].join('\n');
}

/** A string of Cedar: quotes, backslashes and everything that is not printable ASCII are escaped. */
function cedarText(text: string): string {
  const escaped = text.replace(/[^ !#-[\]-~]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    // half of a surrogate pair is no character of Cedar's
    return `\\u{${(code >= 0xd800 && code <= 0xdfff ? 0xfffd : code).toString(16)}}`;
  });
  return `"${escaped}"`;
}
