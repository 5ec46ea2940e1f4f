import type { ReadContext, Reader, SourceFile } from '../reader.ts';
import { Catalogue } from './catalogue.ts';
import { parseCodeowners } from './codeowners.ts';
import { approversOf } from './owners-file.ts';
import { codeownersOf, folderOf, patternWithin, repositoryOf, within } from './repository.ts';
import { READER, sourceAt } from './source.ts';

/** CODEOWNERS lines come after every OWNERS file, so that they win where a repository has both. */
const FIRST_CODEOWNERS_ORDER = 1_000;

/** Reads who owns what: CODEOWNERS of GitHub and GitLab, OWNERS of Kubernetes, and the catalogue of
 *  Backstage. */
export const ownership: Reader = {
  name: READER,
  wants: (path) => formOf(path) !== undefined,
  start(context) {
    const paths = new Set(context.paths);
    const catalogue = new Catalogue(context, paths);
    return {
      read(file) {
        const form = formOf(file.path);
        if (form === 'codeowners') readCodeowners(file, context, (path) => paths.has(path));
        else if (form === 'owners') readOwnersFile(file, context);
        else catalogue.read(file);
      },
      finish: () => catalogue.finish(),
    };
  },
};

function formOf(path: string): 'codeowners' | 'owners' | 'catalogue' | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name === 'CODEOWNERS') return 'codeowners';
  if (name === 'OWNERS') return 'owners';
  return /^catalog-info.*\.ya?ml$/.test(name) ? 'catalogue' : undefined;
}

function readCodeowners(
  file: SourceFile,
  context: ReadContext,
  exists: (path: string) => boolean,
): void {
  const repository = repositoryOf(file.path);
  if (repository === undefined || !isRepository(repository, context)) return;
  const counting = codeownersOf(repository, exists);
  if (counting !== file.path) {
    context.report({
      severity: 'warning',
      code: 'ownership/codeowners-shadowed',
      message: `is not read, because \`${counting}\` comes first`,
      hint: 'keep one CODEOWNERS file',
      file: file.path,
    });
    return;
  }
  const { rules, problems } = parseCodeowners(file.text);
  for (const { pattern, owners, line, column } of rules) {
    context.observe({
      kind: 'ownership',
      pattern: patternWithin(repository, pattern),
      owners,
      order: FIRST_CODEOWNERS_ORDER + line,
      source: { reader: READER, how: 'declared', file: file.path, line, column },
    });
  }
  for (const problem of problems) {
    context.report({
      severity: 'warning',
      code: 'ownership/owner-malformed',
      hint: 'write `@organisation/team`, `@person` or an e-mail address',
      file: file.path,
      ...problem,
    });
  }
}

/** A CODEOWNERS file counts at the root of a repository: the folder that is read, or a checkout in it. */
function isRepository(folder: string, context: ReadContext): boolean {
  if (folder === '') return true;
  return ['.git', '.git/HEAD'].some((mark) => context.open(within(folder, mark)) !== undefined);
}

function readOwnersFile(file: SourceFile, context: ReadContext): void {
  if (!/^[ \t]*(?:approvers|filters)[ \t]*:/m.test(file.text)) return;
  const folder = folderOf(file.path);
  for (const document of file.documents(context.report)) {
    const rule = approversOf(document.value);
    if (!rule) continue;
    context.observe({
      kind: 'ownership',
      pattern: folder === '' ? '*' : patternWithin(folder, '/'),
      owners: rule.approvers,
      // A deeper OWNERS file counts more.
      order: folder === '' ? 0 : folder.split('/').length,
      source: sourceAt(file.path, document, rule.path),
    });
  }
}
