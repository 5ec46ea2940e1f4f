import type { Location, Severity, Source } from '../estate/index.ts';

/** One subject that fails one control. */
export interface Failure {
  readonly control: string;
  readonly subject: string;
  readonly message: string;
  readonly location: Location | undefined;
  /** Where it is not the control's own. */
  readonly severity?: Severity;
  /** Tells several failures of one control by one subject apart. */
  readonly detail?: string;
}

export function toLocation({ file, line, column }: Partial<Source>): Location | undefined {
  if (file === undefined) return undefined;
  return { file, ...(line !== undefined && { line }), ...(column !== undefined && { column }) };
}

const NAMES_SHOWN = 3;

/** `a, b, c and 4 more`. */
export function someOf(names: readonly string[]): string {
  const rest = names.length - NAMES_SHOWN;
  const shown = names.slice(0, rest > 1 ? NAMES_SHOWN : undefined).join(', ');
  return rest > 1 ? `${shown} and ${rest} more` : shown;
}
