import { plainRun, quotedAt, sticky, valueAt } from './literals.ts';
import type { Syntax } from './match.ts';
import { secretClassOf } from './names.ts';

/** A literal that something which speaks of a credential is set to. Whether it is one is not yet said. */
export interface Candidate {
  readonly name: string;
  /** Offsets of the value. */
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
  /** How the name came to the value. */
  readonly form:
    | 'assignment'
    | 'comparison'
    | 'pair'
    | 'call'
    | 'arguments'
    | 'default'
    | 'conversion'
    | 'element'
    | 'fallback'
    | 'option';
}

const KEYWORD = /pass|pwd|psw|secret|token|cred|key|salt|pepper|auth|pw(?![a-z])/gi;
const NAME_CHARACTER = /[A-Za-z0-9_$.-]/;
const MAX_NAME = 100;

/** Finds candidates in a text; each name is looked at once and every look is bounded, so the work is
 *  linear. Values never reach beyond the end of a line, save in pairs of `name` and `value`. Lines
 *  longer than `maxLineLength` are passed over. */
export function* candidatesOf(
  text: string,
  syntax: Syntax,
  maxLineLength = Number.POSITIVE_INFINITY,
): Iterable<Candidate> {
  const keyword = new RegExp(KEYWORD);
  let line = { start: 0, end: -1 };
  for (let hit = keyword.exec(text); hit; hit = keyword.exec(text)) {
    if (hit.index > line.end) line = lineAt(text, hit.index);
    if (line.end - line.start > maxLineLength) {
      keyword.lastIndex = line.end;
      continue;
    }
    const start = nameStart(text, hit.index, line.start);
    const end = nameEnd(text, hit.index + hit[0].length, line.end);
    keyword.lastIndex = Math.max(end, keyword.lastIndex);
    const candidate = end - start > MAX_NAME ? undefined : candidateFor(text, syntax, start, end);
    if (!candidate) continue;
    yield candidate;
    // What lies in the value is the value: `password=token=x`.
    if (candidate.form !== 'arguments') keyword.lastIndex = Math.max(end, candidate.end);
  }
}

function lineAt(text: string, offset: number): { start: number; end: number } {
  const end = text.indexOf('\n', offset);
  return { start: text.lastIndexOf('\n', offset - 1) + 1, end: end === -1 ? text.length : end };
}

function candidateFor(
  text: string,
  syntax: Syntax,
  start: number,
  end: number,
): Candidate | undefined {
  const raw = text.slice(start, end).replace(/[.-]+$/, '');
  const name = raw.replace(/^[.$-]+/, '');
  if (secretClassOf(name) === undefined) return undefined;
  const place: Place = { text, syntax, name, start, end: start + raw.length };
  for (const form of FORMS) {
    const candidate = form(place);
    if (candidate) return candidate.end > candidate.start ? candidate : undefined;
  }
  return undefined;
}

function nameStart(text: string, index: number, from: number): number {
  let start = index;
  while (start > from && index - start <= MAX_NAME && NAME_CHARACTER.test(text[start - 1] ?? ''))
    start--;
  return start;
}

function nameEnd(text: string, index: number, to: number): number {
  let end = index;
  while (end < to && NAME_CHARACTER.test(text[end] ?? '')) end++;
  return end;
}

interface Place {
  readonly text: string;
  readonly syntax: Syntax;
  readonly name: string;
  /** Offsets of the name, dashes and dots in front of it included. */
  readonly start: number;
  readonly end: number;
}

/** How names lead to values, in the order in which they are tried. */
const FORMS: readonly ((place: Place) => Candidate | undefined)[] = [
  fallbackForm,
  pairForm,
  elementForm,
  optionForm,
  assignmentForm,
  argumentsForm,
  callForm,
  spacedForm,
];

/** `${NAME:-…}`, `${NAME:…}` */
function fallbackForm({ text, start, end, name }: Place): Candidate | undefined {
  if (text[start - 1] !== '{' || text[start - 2] !== '$') return undefined;
  const match = sticky(/:[-=]?([^${}\s"'`]{1,200})\}/y, text, end);
  return match?.[1] === undefined
    ? undefined
    : {
        name,
        ...span(match.index + match[0].indexOf(match[1]), match[1]),
        quoted: true,
        form: 'fallback',
      };
}

const VALUE_KEY =
  /["'`]?(?:<\/\w{1,10}>)?,?[ \t]{0,40}(?:\r?\n[ \t\-{]{0,60})?(?:<\w{1,10}>|["']?(?:value|Value|VALUE|default)["']?[ \t]{0,4}[:=][ \t]{0,8})/y;
const VARIABLE_BLOCK = /["'][ \t]{0,4}\{[^{}]{0,400}?\bdefault[ \t]{0,8}=[ \t]{0,8}/y;
const NAME_KEY =
  /(?:(?:name|key|Name|Key|NAME|KEY|param)["']?[ \t]{0,4}[:=>][ \t]{0,8}["']?|variable[ \t]{1,4}["'])$/;

/** `name: DB_PASSWORD` with `value: …` behind it or below; Terraform's `variable "x" { default = … }`. */
function pairForm({ text, syntax, start, end, name }: Place): Candidate | undefined {
  const before = NAME_KEY.exec(text.slice(Math.max(0, start - 24), start))?.[0];
  if (before === undefined) return undefined;
  const pattern = before.startsWith('variable') ? VARIABLE_BLOCK : VALUE_KEY;
  const match = sticky(pattern, text, end);
  if (!match) return undefined;
  const value = valueAt(
    text,
    match.index + match[0].length,
    match[0].endsWith('>') ? 'xml' : syntax,
  );
  return value && { name, ...value, form: 'pair' };
}

/** `<password>…</password>`, `<string name="api_key">…</string>` */
function elementForm({ text, syntax, start, end, name }: Place): Candidate | undefined {
  if (syntax !== 'xml') return undefined;
  const isElement = text[start - 1] === '<';
  const isNamed = /\b(?:name|key)="$/.test(text.slice(Math.max(0, start - 6), start));
  if (!isElement && !isNamed) return undefined;
  const open = sticky(isElement ? /(?:\s[^<>]{0,100})?>/y : /"[^<>"]{0,40}>/y, text, end);
  if (!open) return undefined;
  const value = valueAt(text, open.index + open[0].length, 'xml');
  return value && { name, ...value, form: 'element' };
}

/** `--db-password=…`, `--token …` */
function optionForm({ text, syntax, start, end, name }: Place): Candidate | undefined {
  if (!text.startsWith('--', start) || /[A-Za-z0-9]/.test(text[start - 1] ?? ' ')) return undefined;
  const separator = sticky(/=|[ \t]{1,4}|["'],[ \t\r\n]{0,80}(?=["'])/y, text, end);
  if (!separator) return undefined;
  const at = separator.index + separator[0].length;
  // In code the option is a word of a larger literal, and so is its value.
  const isWord = separator[0] === '=' || !/["']$/.test(separator[0].trim());
  const value = valueAt(text, at, isWord || syntax === 'code' ? 'shell' : syntax);
  return value && !/^-/.test(text.slice(value.start, value.start + 1))
    ? { name, ...value, form: 'option' }
    : undefined;
}

const SEPARATOR = /\\?["'`]?\]?[ \t]{0,20}(?:(===?|!==?|~=)|(:=|=>|\?=|[:=]))[ \t]{0,20}/y;
/** `: string =`, `: Optional[str] =`: the type between name and value. */
const TYPE = /[A-Za-z_][\w.<>[\]| ]{0,60}=[ \t]{0,8}(?!=)/y;

/** A literal made into bytes, a key or a wrapped secret: nobody does that to a name. */
const CONVERSION =
  /(?:\[\]byte|Buffer\.from|(?:new )?SecretStr|new SecretKeySpec|Keys\.hmacShaKeyFor|(?:[\w.]{1,40}(?:\(\))?\.)?(?:encodeToString|b64encode|encode|getBytes)|new TextEncoder\(\)\.encode|pulumi\.secret)\((?=["'])/y;

/** `;password = admin`: how `.ini` files show what counts where nothing is set. */
function isShownDefault(text: string, syntax: Syntax, start: number): boolean {
  if (syntax !== 'properties' || text[start - 1] !== ';') return false;
  return start === 1 || text[start - 2] === '\n';
}

function assignmentForm({ text, syntax, start, end, name }: Place): Candidate | undefined {
  if (isShownDefault(text, syntax, start)) return undefined;
  const match = sticky(SEPARATOR, text, end);
  if (!match) return undefined;
  let at = match.index + match[0].length;
  if (syntax === 'code' && match[2] === ':') {
    const type = sticky(TYPE, text, at);
    if (type) at = type.index + type[0].length;
  }
  const conversion = syntax === 'code' ? sticky(CONVERSION, text, at) : null;
  const converted = conversion && quotedAt(text, at + conversion[0].length);
  if (converted) return { name, ...converted, form: 'conversion' };
  // `NAME=value` in YAML is a word of a command or of a list of variables.
  const written = syntax === 'yaml' && match[2] === '=' ? 'shell' : syntax;
  const inString =
    match[0] === '=' && !/["'`\\]/.test(text[at] ?? '') && isInsideLiteral(text, start, syntax);
  const value = inString ? plainRun(text, at, /[^;&"'`\s<>]{1,400}/y) : valueAt(text, at, written);
  return value && { name, ...value, form: match[1] === undefined ? 'assignment' : 'comparison' };
}

/** In `"Server=db;Password=x;"` and `jdbc:…?user=a&password=b`. */
function isInsideLiteral(text: string, start: number, syntax: Syntax): boolean {
  if (/[;?&]\s?$/.test(text.slice(Math.max(0, start - 2), start))) return true;
  return (
    syntax !== 'shell' &&
    syntax !== 'env' &&
    /["'][A-Za-z ]{0,20}$/.test(text.slice(Math.max(0, start - 21), start))
  );
}

/** `getenv("DB_PASSWORD", "…")`, `define('DB_PASSWORD', '…')` */
function argumentsForm({ text, start, end, name }: Place): Candidate | undefined {
  if (!/["'`]/.test(text[start - 1] ?? '')) return undefined;
  const match = sticky(/["'`],[ \t]{0,20}(?=["'`])/y, text, end);
  const value = match && quotedAt(text, match.index + match[0].length);
  const isSetting = SETTING.test(text.slice(Math.max(0, start - 30), start));
  return value ? { name, ...value, form: isSetting ? 'default' : 'arguments' } : undefined;
}

/** Calls whose second argument is the value, or what counts where there is none. */
const SETTING =
  /(?:\b(?:set|put|add|with)\w{0,20}|\bdefine|env\w{0,10}|\bgetProperty|\benviron\.get)\(\s{0,4}["'`]$/i;

/** `.password("…")`, `setApiKey("…")` */
function callForm({ text, start, end, name }: Place): Candidate | undefined {
  const last = name.slice(name.lastIndexOf('.') + 1);
  const isSetter =
    /^(?:set|with|using)[A-Z_]/.test(last) || text[start] === '.' || name.includes('.');
  if (
    !isSetter ||
    secretClassOf(last) === undefined ||
    /^(?:get|find|by|is|has|check|verify|assert|expect|contains|parse|on)/i.test(last)
  )
    return undefined;
  const match = sticky(
    /\([ \t]{0,4}(?:[\w.]{0,40}(?:decode|getBytes|encode)\w{0,20}\()?(?=["'])/iy,
    text,
    end,
  );
  const value = match && quotedAt(text, match.index + match[0].length);
  return value && /^["'`][ \t]{0,4}\)/.test(text.slice(value.end, value.end + 6))
    ? { name: last, ...value, form: 'call' }
    : undefined;
}

/** `ENV DB_PASSWORD …` of a Dockerfile, `requirepass …` and `password "…"` of
 *  configuration files with words between blanks. */
function spacedForm({ text, syntax, start, end, name }: Place): Candidate | undefined {
  const line = text.slice(Math.max(0, start - 60), start);
  const before = line.slice(line.lastIndexOf('\n') + 1);
  const isAllowed =
    (syntax === 'dockerfile' && /^\s*(?:ENV|ARG)\s+$/i.test(before)) ||
    (syntax === 'properties' && /^\s*$/.test(before));
  const gap = isAllowed ? sticky(/[ \t]{1,20}(?=[^\s=:])/y, text, end) : null;
  const value = gap && valueAt(text, gap.index + gap[0].length, 'env');
  return value ? { name, ...value, form: 'assignment' } : undefined;
}

function span(start: number, value: string): { start: number; end: number } {
  return { start, end: start + value.length };
}
