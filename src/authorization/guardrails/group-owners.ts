import type { Diagnostic } from '../../base/diagnostic.ts';
import { quote } from '../../base/fault.ts';
import { addTo } from '../../base/group-by.ts';
import type { GroupDefinition, PolicySources } from '../../estate/index.ts';
import type { Guardrail } from '../model/index.ts';
import { groupsIn } from './names.ts';
import { placeOfSource } from './source-place.ts';

/** Whose word counts about who is in which group. */
export interface OwnedGroups {
  readonly definitions: readonly GroupDefinition[];
  /** Why nobody knows all who are in a group; by its name. */
  readonly problems: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Whoever can define a group that a guardrail excepts can enter it. So of groups that guardrails speak of only that
 *  counts which is said in the nearest folder that also holds the guardrail, its own or one above; where none of these
 *  says anything, what another says, if it is one alone. The same holds for the groups in these. */
export function ownedGroups(
  { groups, groupsUnread = [] }: Pick<PolicySources, 'groups' | 'groupsUnread'>,
  guardrails: readonly Guardrail[],
): OwnedGroups {
  const owners = new Owners(groups, new Map(groupsUnread.map((one) => [folderOf(one.file), one])));
  for (const guardrail of guardrails) {
    for (const name of groupsIn(guardrail)) owners.speak(name, folderOf(guardrail.file));
  }
  return owners.settle();
}

type Unread = NonNullable<PolicySources['groupsUnread']>[number];
type ByFolder = ReadonlyMap<string, readonly GroupDefinition[]>;

class Owners {
  readonly #definitions: readonly GroupDefinition[];
  readonly #byName: ReadonlyMap<string, ByFolder>;
  /** By folders. */
  readonly #unread: ReadonlyMap<string, Unread>;
  /** The folders whose word counts; by groups that guardrails speak of. */
  readonly #owners = new Map<string, Set<string>>();
  readonly #seen = new Set<string>();

  constructor(definitions: readonly GroupDefinition[], unread: ReadonlyMap<string, Unread>) {
    this.#definitions = definitions;
    this.#unread = unread;
    const byName = Map.groupBy(definitions, ({ name }) => name);
    this.#byName = new Map(
      [...byName].map(([name, all]) => [name, Map.groupBy(all, definedIn)] as const),
    );
  }

  /** Something in a folder speaks of a group, and so of the groups in it. */
  speak(name: string, folder: string): void {
    const queue = [{ name, folder }];
    for (const said of queue) {
      const key = `${said.name}\n${said.folder}`;
      if (this.#seen.has(key)) continue;
      this.#seen.add(key);
      const found = this.#meantFrom(said.name, said.folder);
      const owners = this.#owners.get(said.name) ?? new Set();
      this.#owners.set(said.name, owners);
      for (const one of found) owners.add(one);
      const [owner, second] = found;
      if (owner === undefined || second !== undefined) continue;
      for (const { groups } of this.#byName.get(said.name)?.get(owner) ?? []) {
        queue.push(...groups.map((inner) => ({ name: inner.name, folder: owner })));
      }
    }
  }

  settle(): OwnedGroups {
    const problems = new Map<string, string>();
    const diagnostics: Diagnostic[] = [];
    const ignored = new Set<GroupDefinition>();
    for (const [name, owners] of this.#owners) {
      const [owner] = owners;
      const problem = this.#problemOf(name, owners);
      if (problem !== undefined) problems.set(name, problem);
      if (owners.size > 1) diagnostics.push(...this.#disputed(name));
      if (owner === undefined || owners.size > 1) continue;
      for (const [folder, all] of this.#byName.get(name) ?? []) {
        if (folder === owner) continue;
        for (const one of all) ignored.add(one);
        diagnostics.push(...all.map((one) => elsewhere(one, owner)));
      }
    }
    const definitions = this.#definitions.filter((one) => !ignored.has(one));
    return { definitions, problems: spread(problems, definitions), diagnostics };
  }

  #meantFrom(name: string, folder: string): readonly string[] {
    const known = this.#byName.get(name);
    for (const one of withAbove(folder)) {
      if (known?.has(one) || this.#unread.has(one)) return [one];
    }
    return [...(known?.keys() ?? [])];
  }

  #problemOf(name: string, owners: ReadonlySet<string>): string | undefined {
    const [owner] = owners;
    if (owner === undefined) return `nobody defines the group ${quote(name)}`;
    if (owners.size > 1) return `several folders define the group ${quote(name)}`;
    const unread = this.#unread.get(owner);
    if (unread) return `${quote(unread.file)}, which may define groups, was not read whole`;
    const broken = this.#byName.get(name)?.get(owner)?.find(isBroken);
    return broken && `the definition of the group ${quote(name)} is broken: ${broken.problem}`;
  }

  #disputed(name: string): Diagnostic[] {
    const [first, ...others] = [...(this.#byName.get(name)?.values() ?? [])].flat();
    return others
      .filter((one) => first && definedIn(one) !== definedIn(first))
      .map((one) => ({
        severity: 'error',
        code: 'group/defined-conflict',
        message: `The group ${quote(name)} is also defined in ${quote(first?.source.file)}, and which of them guardrails mean is not known, so those that speak of it deny every call`,
        hint: 'define it once, in the folder of the guardrails that speak of it',
        ...placeOfSource(one.source),
      }));
  }
}

function elsewhere({ name, source }: GroupDefinition, owner: string): Diagnostic {
  const folder = owner === '' ? 'the folder of the guardrails' : quote(owner);
  return {
    severity: 'warning',
    code: 'group/defined-elsewhere',
    message: `Guardrails speak of the group ${quote(name)}, and who is in it is said in ${folder}, so this adds nobody`,
    hint: 'add the services there, or give this group another name',
    ...placeOfSource(source),
  };
}

/** Groups with one in them of which not all is known are not known themselves. */
function spread(
  problems: ReadonlyMap<string, string>,
  definitions: readonly GroupDefinition[],
): ReadonlyMap<string, string> {
  const outer = new Map<string, string[]>();
  for (const { name, groups } of definitions) {
    for (const inner of groups) addTo(outer, inner.name, name);
  }
  const all = new Map(problems);
  for (const [inner, problem] of all) {
    for (const name of outer.get(inner) ?? []) if (!all.has(name)) all.set(name, problem);
  }
  return all;
}

const isBroken = ({ problem }: GroupDefinition): boolean => problem !== undefined;
const definedIn = ({ source }: GroupDefinition): string => folderOf(source.file ?? '');

function folderOf(file: string): string {
  return file.slice(0, Math.max(0, file.lastIndexOf('/')));
}

/** A folder and those above it, the nearest first. */
function* withAbove(folder: string): Generator<string> {
  for (let at = folder; ; at = folderOf(at)) {
    yield at;
    if (at === '') return;
  }
}
