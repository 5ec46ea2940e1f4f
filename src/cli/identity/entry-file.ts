import { type DataDocument, parseYaml } from '../../base/data.ts';
import { Fault, quote } from '../../base/fault.ts';
import { EntryInput } from '../../identity/registration/index.ts';
import { readText } from '../text-file.ts';

const MAX_BYTES = 4 * 1_024 * 1_024;
const MAX_ENTRIES = 1_000;

/** Reads what is to be registered: YAML or JSON, one entry a document or a list of them.
 *  @param file its name, or `-` for standard input
 *  @throws {Fault} `client/entry-file-…` with every problem and its line */
export function readEntryFile(file: string): EntryInput[] {
  const { documents, problems } = parseYaml(
    readText(file === '-' ? 0 : file, MAX_BYTES, 'client/entry-file-not-found'),
  );
  const [problem] = problems.filter(({ severity }) => severity !== 'warning');
  if (problem) {
    const { line, column } = problem;
    throw new Fault('client/entry-file-malformed', problem.message, { file, line, column });
  }
  const found = documents.flatMap((document) => entriesOf(document, file));
  const wrong = found.flatMap(({ problems: all }) => all);
  if (wrong.length > 0) throw invalid(`${file} is refused:\n  ${wrong.join('\n  ')}`);
  if (found.length === 0) throw invalid(`${quote(file, 200)} has no entry`);
  if (found.length > MAX_ENTRIES) {
    throw invalid(`${quote(file, 200)} has ${found.length} entries; ${MAX_ENTRIES} are allowed`);
  }
  return found.flatMap(({ entry }) => entry ?? []);
}

interface Found {
  readonly entry?: EntryInput;
  readonly problems: readonly string[];
}

function entriesOf(document: DataDocument, file: string): Found[] {
  const { value } = document;
  if (value === null) return [];
  if (!Array.isArray(value)) return [readOne(document, value, [], file)];
  return value.map((one: unknown, index) => readOne(document, one, [index], file));
}

function readOne(
  document: DataDocument,
  value: unknown,
  place: readonly number[],
  file: string,
): Found {
  const read = EntryInput.safeParse(value);
  if (read.success) return { entry: read.data, problems: [] };
  return {
    problems: read.error.issues.map(({ path, message }) => {
      const steps = path.map((step) => (typeof step === 'symbol' ? String(step) : step));
      const { line } = document.at([...place, ...steps]);
      return `${file}:${line}: ${steps.join('.') || 'the entry'}: ${message}`;
    }),
  };
}

const invalid = (why: string): Fault => new Fault('client/entry-file-invalid', why);
