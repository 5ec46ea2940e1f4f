import { isRole, ownerOfHandle } from './owner-name.ts';

/** One line that gives files to owners. */
export interface CodeownersRule {
  readonly pattern: string;
  /** Names of teams, people, or e-mail addresses; empty: nobody owns what matches. */
  readonly owners: readonly string[];
  /** 1-based. */
  readonly line: number;
  /** 1-based, of the pattern. */
  readonly column: number;
}

export interface CodeownersProblem {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

export interface Codeowners {
  readonly rules: readonly CodeownersRule[];
  readonly problems: readonly CodeownersProblem[];
}

interface Word {
  readonly text: string;
  readonly column: number;
}

/** `[Section]`, `^[Optional section]`, `[Section][2]`, each with owners behind it. */
const SECTION = /^\^?\[[^\]]{1,200}\](?:\[\d{1,4}\])?(?=\s|$)/;

/** Reads a CODEOWNERS file as GitHub and GitLab do. Lines of a GitLab section that name no owners
 *  have the section's; GitLab's exclusions (`!pattern`) belong to nobody.
 *  @see https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
 *  @see https://docs.gitlab.com/user/project/codeowners/reference/ */
export function parseCodeowners(text: string): Codeowners {
  const rules: CodeownersRule[] = [];
  const problems: CodeownersProblem[] = [];
  let sectionOwners: readonly string[] = [];
  text.split('\n').forEach((rawLine, index) => {
    const line = index + 1;
    const owners = (words: readonly Word[]) => ownersOf(words, line, problems);
    const header = SECTION.exec(rawLine.trimStart());
    if (header) {
      const indent = rawLine.length - rawLine.trimStart().length;
      sectionOwners = owners(wordsOf(rawLine, indent + header[0].length));
      return;
    }
    const [pattern, ...rest] = wordsOf(rawLine, 0);
    if (!pattern) return;
    const excluded = pattern.text.startsWith('!');
    rules.push({
      pattern: excluded ? pattern.text.slice(1) : pattern.text,
      owners: excluded ? [] : rest.length > 0 ? owners(rest) : sectionOwners,
      line,
      column: pattern.column,
    });
  });
  return { rules, problems };
}

function ownersOf(
  words: readonly Word[],
  line: number,
  problems: CodeownersProblem[],
): readonly string[] {
  const owners: string[] = [];
  for (const { text, column } of words) {
    const owner = ownerOfHandle(text);
    if (owner !== undefined) owners.push(owner);
    else if (!isRole(text)) {
      problems.push({
        message: 'names an owner without `@` that is no e-mail address',
        line,
        column,
      });
    }
  }
  return [...new Set(owners)];
}

/** Words up to a comment. A backslash keeps a space, or a leading `#`, in a pattern. */
function wordsOf(line: string, start: number): Word[] {
  const words: Word[] = [];
  const word = /(?:\\[\s\S]|[^\s\\])+/g;
  word.lastIndex = start;
  for (let match = word.exec(line); match; match = word.exec(line)) {
    if (match[0].startsWith('#')) break;
    words.push({ text: match[0], column: match.index + 1 });
  }
  return words;
}
