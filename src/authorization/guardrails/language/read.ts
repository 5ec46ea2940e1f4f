import { compareDiagnostics, type Diagnostic } from '../../../base/diagnostic.ts';
import { quote } from '../../../base/fault.ts';
import { grouped, LineMap } from '../../../base/text.ts';
import { type PolicyFile, SEVERITIES } from '../../../estate/index.ts';
import type { Guardrail } from '../../model/index.ts';
import {
  annotationsOf,
  type ParsedPolicy,
  type Problem,
  parsePolicy,
  problemOfId,
} from './policy.ts';
import { type PolicyText, splitPolicies } from './split.ts';
import { validatePolicies } from './validate.ts';

export interface GuardrailReading {
  /** In the order of their files and lines. One that cannot be used is among them, with the reason: it denies every
   *  call. */
  readonly guardrails: readonly Guardrail[];
  /** By file, line and column. */
  readonly diagnostics: readonly Diagnostic[];
}

const MAX_GUARDRAILS = 1_000;
const MAX_FILE_CHARACTERS = 1_048_576;

/** Reads guardrails with Cedar, which is loaded for it.
 *  @see https://docs.cedarpolicy.com/policies/syntax-policy.html */
export function readGuardrails(files: readonly PolicyFile[]): GuardrailReading {
  const pieces = files
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .flatMap(piecesOf)
    .slice(0, MAX_GUARDRAILS + 1);
  const parsed = pieces.map(parsePiece);
  const usable = parsed.filter((one) => 'json' in one.parsed);
  const validities = validatePolicies(usable.map(({ policy }) => policy.text));
  const validityOf = new Map(usable.map((one, index) => [one, validities[index]]));
  const reading = new Reading();
  for (const one of parsed) reading.add(one, validityOf.get(one));
  for (const file of files) reading.tellKept(file);
  return reading.result();
}

/** One policy of a file. */
interface Piece {
  readonly file: string;
  /** Which of its file; the first is 1. */
  readonly number: number;
  readonly policy: PolicyText;
  readonly lines: LineMap;
  /** Why the file or folder could not be read, of which this is all. */
  readonly unread: string | undefined;
  readonly isFolder: boolean;
}

interface ParsedPiece extends Piece {
  readonly parsed: ParsedPolicy;
}

function piecesOf({ path, text: written, unread, isFolder }: PolicyFile): Piece[] {
  // Half a letter, which Cedar cannot take, becomes U+FFFD in its place.
  const text = written.toWellFormed();
  const lines = new LineMap(text);
  const isTooLarge = text.length > MAX_FILE_CHARACTERS;
  const whole: PolicyText = { text, offset: 0, depth: 0 };
  const policies = isTooLarge || unread !== undefined ? [whole] : splitPolicies(text);
  return policies.map((policy, index) => ({
    ...{ file: path, number: index + 1 },
    ...{ policy, lines, unread, isFolder: isFolder === true },
  }));
}

function parsePiece(piece: Piece, index: number): ParsedPiece {
  if (piece.unread !== undefined) {
    const problem: Problem = {
      code: 'guardrail/unread',
      message: piece.isFolder
        ? `This folder was not read whole, so what guardrails in it forbid is not known: it ${piece.unread}`
        : `This file was not read, so what it forbids is not known: ${piece.unread}`,
      hint: 'let it be read, or remove it',
      offset: 0,
    };
    return { ...piece, parsed: { problem } };
  }
  if (index < MAX_GUARDRAILS) return { ...piece, parsed: parsePolicy(piece.policy) };
  const problem: Problem = {
    code: 'guardrail/too-many',
    message: `There are more than ${grouped(MAX_GUARDRAILS)} guardrails, and what comes from here on is not read`,
    hint: 'let one guardrail speak of a group, rather than one of each service',
    offset: 0,
  };
  return { ...piece, parsed: { problem } };
}

const LONGEST_TEXT_KEPT = 16_384;

class Reading {
  readonly #guardrails = new Map<string, Guardrail>();
  readonly #diagnostics: Diagnostic[] = [];

  result(): GuardrailReading {
    return {
      guardrails: [...this.#guardrails.values()],
      diagnostics: this.#diagnostics.sort(compareDiagnostics),
    };
  }

  tellKept({ path: file, keptFor }: PolicyFile) {
    if (keptFor === undefined) return;
    this.#diagnostics.push({
      severity: 'error',
      code: 'guardrail/kept',
      message: `This folder was not read whole, so the guardrails and groups that were read of it last stay in force: it ${keptFor}`,
      hint: 'let it be read; until then no change of them is seen',
      file,
    });
  }

  add(piece: ParsedPiece, validity: ReturnType<typeof validatePolicies>[number] | undefined) {
    const { file, policy, parsed } = piece;
    const errors = 'problem' in parsed ? [parsed.problem] : (validity?.errors ?? []);
    for (const error of errors) this.#report(piece, 'error', { ...error, ...denies(error) });
    for (const warning of validity?.warnings ?? []) this.#report(piece, 'warning', warning);
    const annotations = 'json' in parsed ? annotationsOf(parsed.json) : {};
    this.#checkSeverity(piece, annotations.severity);
    const id = this.#idOf(piece, annotations.id);
    const [problem] = errors;
    this.#guardrails.set(id, {
      id,
      reason: annotations.reason,
      file,
      ...piece.lines.position(policy.offset),
      text: policy.text.slice(0, LONGEST_TEXT_KEPT),
      json: problem === undefined && 'json' in parsed ? parsed.json : undefined,
      ...(problem !== undefined && { problem: problem.message }),
    });
  }

  /** `@id`, or `FILE#N` where there is none that could be used. */
  #idOf(piece: ParsedPiece, id: string | undefined): string {
    const otherwise = `${piece.file}#${piece.number}`;
    if (id === undefined) return otherwise;
    const malformed = problemOfId(id);
    if (malformed !== undefined) {
      this.#report(piece, 'error', {
        code: 'guardrail/id-malformed',
        message: malformed,
        offset: 0,
      });
      return otherwise;
    }
    const other = this.#guardrails.get(id);
    if (other === undefined) return id;
    this.#report(piece, 'error', {
      code: 'guardrail/id-conflict',
      message: `The id ${quote(id)} is that of ${other.file}:${other.line}, too`,
      hint: `give one of them another id; this one goes by ${quote(otherwise)}`,
      offset: 0,
    });
    return otherwise;
  }

  #checkSeverity(piece: ParsedPiece, severity: string | undefined) {
    if (severity === undefined || (SEVERITIES as readonly string[]).includes(severity)) return;
    this.#report(piece, 'error', {
      code: 'guardrail/severity-invalid',
      message: `${quote(severity)} is no severity`,
      hint: `write one of ${SEVERITIES.join(', ')}`,
      offset: 0,
    });
  }

  #report(piece: Piece, severity: Diagnostic['severity'], problem: Problem) {
    const { offset, ...said } = problem;
    const place = piece.lines.position(piece.policy.offset + offset);
    this.#diagnostics.push({ severity, ...said, file: piece.file, ...place });
  }
}

/** What an error comes to, so that nobody is surprised. */
function denies({ message }: Problem): Pick<Problem, 'message'> {
  return { message: `${message}. Until it is mended, every call is denied` };
}
