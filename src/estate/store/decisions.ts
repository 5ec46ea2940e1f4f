import { type AuditEntry, correctionId } from '../decision.ts';
import { canonicalJson, type Fact, factId } from '../fact.ts';
import {
  DECISIONS_SCOPE,
  type DecisionChange,
  type StoredCorrection,
  type StoredDecision,
} from '../store.ts';
import { type AppendAudit, readChange } from './audit.ts';
import type { SqlWords } from './engine.ts';
import { foldFacts } from './facts.ts';
import { toKey } from './key.ts';
import { dropRows } from './scope-rows.ts';
import type { DatabaseTransaction, Tables } from './tables.ts';

type Row = Tables['decisions'];

/** Rows written by one statement. */
const BATCH_SIZE = 500;

/** What a list of changes comes to: the rows as they are afterwards (undefined: removed), and which
 *  changes did something. */
interface Outcome {
  readonly rows: ReadonlyMap<string, Row | undefined>;
  readonly facts: ReadonlyMap<string, Fact>;
  readonly made: readonly boolean[];
}

/** Makes changes of what people have decided. `change` names the whole of them: made a second time,
 *  as after a lost acknowledgement, they change nothing and give the entries of the first time. */
export async function makeChanges(
  transaction: DatabaseTransaction,
  { words, append }: { readonly words: SqlWords; readonly append: AppendAudit },
  changes: readonly DecisionChange[],
  change: string,
): Promise<readonly (AuditEntry | undefined)[]> {
  await words.lock(transaction, 'decide');
  const known = await readRows(transaction, words, changes.map(idOf));
  const before = await readChange(transaction, change);
  if (before.length > 0) return alignWith(changes, before);
  const outcome = foldChanges(changes, known);
  await writeRows(transaction, words, known, outcome);
  const made = changes.filter((_, index) => outcome.made[index]);
  const appended = await append(
    transaction,
    change,
    made.map(({ entry }) => entry),
  );
  let next = 0;
  return outcome.made.map((isMade) => (isMade ? appended[next++] : undefined));
}

/** Entries found again, beside the changes that brought them. */
function alignWith(
  changes: readonly DecisionChange[],
  entries: readonly AuditEntry[],
): readonly (AuditEntry | undefined)[] {
  let next = 0;
  return changes.map(({ entry: asked }) => {
    const { sequence, ...entry } = entries[next] ?? { sequence: 0 };
    if (canonicalJson(entry) !== canonicalJson(asked)) return undefined;
    next++;
    return { ...asked, sequence };
  });
}

function foldChanges(changes: readonly DecisionChange[], known: ReadonlyMap<string, Row>): Outcome {
  const rows = new Map<string, Row | undefined>();
  const facts = new Map<string, Fact>();
  const made = changes.map((change) => {
    const id = idOf(change);
    const row = rowOf(id, change);
    const isThere = (rows.has(id) ? rows.get(id) : known.get(id)) !== undefined;
    if (row === undefined && !isThere) return false;
    rows.set(id, row);
    if ('fact' in change) facts.set(id, change.fact);
    else facts.delete(id);
    return true;
  });
  return { rows, facts, made };
}

async function writeRows(
  transaction: DatabaseTransaction,
  words: SqlWords,
  known: ReadonlyMap<string, Row>,
  { rows, facts }: Outcome,
): Promise<void> {
  const replaced = [...rows.keys()].flatMap((id) => known.get(id) ?? []);
  const gone = replaced.flatMap(({ fact }) => fact ?? []);
  await dropRows(transaction, words, 'facts', DECISIONS_SCOPE, gone);
  await transaction
    .deleteFrom('decisions')
    .where('id', 'in', (build) =>
      build.selectFrom(words.texts(replaced.map(({ id }) => id))).select('value'),
    )
    .execute();
  const added = [...rows.values()].filter((row) => row !== undefined);
  for (let start = 0; start < added.length; start += BATCH_SIZE) {
    const batch = added.slice(start, start + BATCH_SIZE);
    await transaction.insertInto('decisions').values(batch).execute();
  }
  for (const [at, group] of Map.groupBy(facts, ([id]) => rows.get(id)?.at ?? '')) {
    const sighting = { scope: DECISIONS_SCOPE, facts: group.map(([, fact]) => fact), at };
    await foldFacts(transaction, words, sighting);
  }
}

/** The row that a change speaks of. */
function idOf(change: DecisionChange): string {
  switch (change.change) {
    case 'decide':
      return toKey(`${change.decision.action} ${change.decision.endpoint}`);
    case 'undo':
      return toKey(`${change.action} ${change.endpoint}`);
    case 'assign':
      return toKey(`credential ${change.fact.id}`);
    case 'unassign':
      return toKey(`credential ${change.credential}`);
    case 'correct':
      return correctionId(change.correction.service, change.correction.correction);
    case 'uncorrect':
      return toKey(change.id);
  }
}

/** The row as it is afterwards. */
function rowOf(id: string, change: DecisionChange): Row | undefined {
  if (change.change === 'decide') {
    const { decision, fact } = change;
    const { endpoint, action, at } = decision;
    const body = JSON.stringify(decision);
    return { id, kind: 'endpoint', subject: toKey(endpoint), action, at, fact: factId(fact), body };
  }
  if (change.change === 'assign') {
    const { id: credential, decision } = change.fact;
    const { at } = decision;
    const body = JSON.stringify({ ...decision, credential });
    const [subject, fact] = [toKey(credential), factId(change.fact)];
    return { id, kind: 'credential', subject, action: 'assign', at, fact, body };
  }
  if (change.change === 'correct') {
    const { service, correction, at } = change.correction;
    const body = JSON.stringify({ ...change.correction, id });
    const { correction: action } = correction;
    return { id, kind: 'template', subject: toKey(service), action, at, fact: null, body };
  }
  return undefined;
}

async function readRows(
  transaction: DatabaseTransaction,
  words: SqlWords,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Row>> {
  const rows = await transaction
    .selectFrom('decisions')
    .selectAll()
    .where('id', 'in', (build) => build.selectFrom(words.texts(ids)).select('value'))
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

/** Decisions in force of one subject or of all, oldest first. */
export async function readDecisions<Kind extends 'endpoint' | 'template'>(
  transaction: DatabaseTransaction,
  kind: Kind,
  subject: string | undefined,
): Promise<readonly (Kind extends 'endpoint' ? StoredDecision : StoredCorrection)[]> {
  const rows = await transaction
    .selectFrom('decisions')
    .select('body')
    .where('kind', '=', kind)
    .$if(subject !== undefined, (select) => select.where('subject', '=', toKey(subject ?? '')))
    .orderBy('at')
    .orderBy('id')
    .execute();
  return rows.map((row) => JSON.parse(row.body));
}
