import { createRequire } from 'node:module';
import { Lang, parse, registerDynamicLanguage, type SgNode } from '@ast-grep/napi';
import type { Diagnostic } from '../../base/diagnostic.ts';
import { entryOf } from '../../base/pick.ts';
import type { Position } from '../../base/text.ts';
import type { SourceFile } from '../reader.ts';

export { isProductionSource } from './production.ts';

/** A node of a syntax tree, kinds named as in the language's tree-sitter grammar. */
export type SyntaxNode = SgNode;

export type Language =
  | 'javascript'
  | 'typescript'
  | 'tsx'
  | 'java'
  | 'python'
  | 'go'
  | 'csharp'
  | 'kotlin';

const BY_EXTENSION: Readonly<Record<string, Language>> = {
  js: 'javascript',
  jsx: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  ts: 'typescript',
  mts: 'typescript',
  cts: 'typescript',
  tsx: 'tsx',
  java: 'java',
  py: 'python',
  go: 'go',
  cs: 'csharp',
  kt: 'kotlin',
};

const GRAMMARS: Readonly<Record<Language, string>> = {
  javascript: Lang.JavaScript,
  typescript: Lang.TypeScript,
  tsx: Lang.Tsx,
  java: 'java',
  python: 'python',
  go: 'go',
  csharp: 'csharp',
  kotlin: 'kotlin',
};

/** Files above this many bytes are noted and not parsed: nobody writes them by hand. */
export const MAX_SOURCE_BYTES = 2 * 1024 * 1024;

/** Lines of minified code are longer than this, on average over the file. */
const MINIFIED_LINE_LENGTH = 500;

/** Below this many bytes, a file with a licence in front may be someone's own. */
const VENDORED_BYTES = 50_000;

/** The language of a path by its extension. */
export function languageOf(path: string): Language | undefined {
  return entryOf(BY_EXTENSION, path.slice(path.lastIndexOf('.') + 1));
}

interface LanguagePackage {
  readonly libraryPath: string;
  readonly extensions: string[];
  readonly languageSymbol: string;
  readonly expandoChar: string;
}

let registered = false;

/** The registry of the parser is global to the process and takes registrations once. */
function register(): void {
  if (registered) return;
  registered = true;
  const require = createRequire(import.meta.url);
  const load = (name: string): LanguagePackage => {
    const { libraryPath, extensions, languageSymbol, expandoChar } = require(
      `@ast-grep/lang-${name}`,
    ) as LanguagePackage;
    return { libraryPath, extensions, languageSymbol, expandoChar };
  };
  registerDynamicLanguage({
    java: load('java'),
    python: load('python'),
    go: load('go'),
    csharp: load('csharp'),
    kotlin: load('kotlin'),
  });
}

/** The root of the syntax tree of `text`. Broken code gives a tree with `ERROR` nodes around what
 *  cannot be read; the rest of it is whole. */
export function parseSource(language: Language, text: string): SyntaxNode {
  register();
  return parse(GRAMMARS[language], text).root();
}

/** Says where the syntax of a file first breaks: what stands around that place may be missing. */
export function reportBroken(
  root: SyntaxNode,
  path: string,
  reader: string,
  report: (diagnostic: Diagnostic) => void,
): void {
  const broken = root.find({ rule: { kind: 'ERROR' } });
  if (broken === null) return;
  report({
    severity: 'note',
    code: `${reader}/malformed`,
    message: 'the syntax breaks here; endpoints around it may be missing',
    file: path,
    ...positionOf(broken),
  });
}

/** Whether a file is small enough and no machine's work; says so where it is not. */
export function isReadable(
  file: SourceFile,
  reader: string,
  report: (diagnostic: Diagnostic) => void,
): boolean {
  if (file.isBinary) return false;
  if (file.bytes.length > MAX_SOURCE_BYTES) {
    report({
      severity: 'note',
      code: `${reader}/too-large`,
      message: `has ${file.bytes.length} bytes, more than the limit of ${MAX_SOURCE_BYTES} for source code, so it was not read`,
      file: file.path,
    });
    return false;
  }
  return !isMinified(file.text) && !isVendored(file);
}

/** Libraries copied into a repository open with a banner that minifiers keep. */
function isVendored(file: SourceFile): boolean {
  if (file.bytes.length < VENDORED_BYTES || !/\.[cm]?js$/.test(file.path)) return false;
  return /^\s*\/\*(?:!|[\s\S]{0,300}@(?:license|preserve)\b)/.test(file.text.slice(0, 400));
}

function isMinified(text: string): boolean {
  if (text.length < 10 * MINIFIED_LINE_LENGTH) return false;
  let lines = 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines++;
  return text.length / lines > MINIFIED_LINE_LENGTH;
}

/** Where a node begins, 1-based. */
export function positionOf(node: SyntaxNode): Position {
  const { line, column } = node.range().start;
  return { line: line + 1, column: column + 1 };
}
