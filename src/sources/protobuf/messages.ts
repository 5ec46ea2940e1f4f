import type { ProtoMessage } from './syntax.ts';

const MAX_LEVELS = 4;
const MAX_FIELDS = 300;
const MAX_MESSAGES = 200_000;

/** Every message of the folder, found by name as the language finds it. Copies of one .proto file
 *  in several services say the same: of each name the first is kept. */
export class Messages {
  readonly #byName = new Map<string, ProtoMessage>();

  add(messages: readonly ProtoMessage[]): void {
    for (const message of messages) {
      if (this.#byName.size >= MAX_MESSAGES) return;
      if (!this.#byName.has(message.fullName)) this.#byName.set(message.fullName, message);
    }
  }

  /** Names of the fields of these types and of the messages in them, a few levels deep, at most a
   *  few hundred. `types` are as written inside `scope`. */
  fieldsOf(types: readonly string[], scope: string): readonly string[] {
    const names = new Set<string>();
    let level = new Set(types.flatMap((type) => this.#resolve(type, scope) ?? []));
    const seen = new Set(level);
    for (let depth = 0; depth < MAX_LEVELS && level.size > 0; depth++) {
      const next = new Set<ProtoMessage>();
      for (const message of level) {
        for (const { name, type } of message.fields) {
          if (names.size >= MAX_FIELDS) return [...names];
          names.add(name);
          const inner = type === undefined ? undefined : this.#resolve(type, message.fullName);
          if (inner === undefined || seen.has(inner)) continue;
          seen.add(inner);
          next.add(inner);
        }
      }
      level = next;
    }
    return [...names];
  }

  /** A name is looked for in the innermost scope first; one with a leading dot is complete.
   *  @see Protocol Buffers language guide, Packages and name resolution */
  #resolve(type: string, scope: string): ProtoMessage | undefined {
    if (type.startsWith('.')) return this.#byName.get(type.slice(1));
    for (let around = scope; around !== ''; around = outer(around)) {
      const found = this.#byName.get(`${around}.${type}`);
      if (found !== undefined) return found;
    }
    return this.#byName.get(type);
  }
}

function outer(scope: string): string {
  return scope.slice(0, Math.max(0, scope.lastIndexOf('.')));
}
