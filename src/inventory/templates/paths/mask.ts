import { type Characters, charactersOf } from './characters.ts';
import { type Kind, kindOf } from './kinds.ts';
import { suffixOf } from './suffix.ts';
import { isVersion } from './version.ts';

/** Values of a segment are cut off here; what is longer is no name that anybody gave. */
const MAX_NAME = 120;
/** What programs put where they have no value. */
const NO_VALUE = /^(?:undefined|null|NaN|None|nil)$/;
const NOT_IN_A_NAME = /[%"<>\\^`{|}\s\u0080-\uffff]/;
const QUOTED = /^'.*'$/;
const CALL = /^([A-Za-z_][\w.]*)\(([^()]+)\)$/;
const RANGE = /^(.+?)(\.{2,3})(.+)$/;
const URN = /^[A-Za-z][A-Za-z0-9-]*:[^:]*:/;

/** A segment with what is certainly a value replaced by `{kind}`: `{integer}`, `{uuid}.json`,
 *  `{integer}:cancel`, `{any}...{any}`, `Users({integer})`. Undefined for what may be a literal.
 *  Takes a segment that `cleanSegment` returned; a literal never holds a brace. */
export function maskOf(segment: string): string | undefined {
  if (segment.length > MAX_NAME) return isJwt(segment) ? '{jwt}' : '{long}';
  const seen = charactersOf(segment);
  if (seen.digits > 0 && isVersion(segment)) return undefined;
  if (isWord(seen)) return NO_VALUE.test(segment) ? '{text}' : undefined;
  if (seen.others > 0) {
    const odd = oddOf(segment);
    if (odd !== undefined) return odd;
  }
  if (seen.dots >= 2) {
    if (isJwt(segment)) return '{jwt}';
    if (RANGE.test(segment)) return segment.replace(RANGE, '{any}$2{any}');
  }
  if (seen.colons >= 2 && URN.test(segment)) return kindMask(segment, seen) ?? '{urn}';
  return kindMask(segment, seen) ?? suffixMask(segment, seen);
}

function isWord({ length, lower, upper, hyphens, underscores }: Characters): boolean {
  return lower + hyphens + underscores === length || (upper === 1 && lower + 1 === length);
}

function isJwt(segment: string): boolean {
  return /^eyJ[\w-]{5,}\.[\w-]+\./.test(segment);
}

/** Segments with characters that names do not have. */
function oddOf(segment: string): string | undefined {
  const at = segment.indexOf('@');
  if (at === 0) return segment.length > 1 ? '{handle}' : undefined;
  if (at > 0) return '{email}';
  if (NOT_IN_A_NAME.test(segment) || QUOTED.test(segment)) return '{text}';
  const call = CALL.exec(segment);
  if (call) return `${call[1]}(${(call[2] ?? '').split(',').map(argumentMask).join(',')})`;
  return segment.includes(',') ? '{list}' : undefined;
}

/** An argument of an OData key, `5` or `id=5`.
 *  @see OData URL Conventions 4.01 §4.3.1 */
function argumentMask(argument: string): string {
  const equals = argument.indexOf('=');
  const name = equals < 0 ? '' : argument.slice(0, equals + 1);
  const value = argument.slice(name.length);
  return `${name}{${kindOf(value) ?? 'any'}}`;
}

function kindMask(segment: string, seen: Characters): string | undefined {
  const kind: Kind | undefined = kindOf(segment, seen);
  return kind && `{${kind}}`;
}

function suffixMask(segment: string, { dots, colons }: Characters): string | undefined {
  if (dots + colons === 0) return undefined;
  const suffix = suffixOf(segment);
  if (suffix === '') return undefined;
  const kind = kindOf(segment.slice(0, -suffix.length));
  return kind && `{${kind}}${suffix}`;
}
