import { Fault, quote } from '../../base/fault.ts';
import { anew, type DocumentStore, type NewAuditEntry } from '../../estate/index.ts';
import { Leak } from './model.ts';

const KIND = 'leak';

/** Leaks as documents of the store.
 *  @throws {Fault} from every method: `estate/unavailable` */
export class LeakDocuments {
  readonly #store: DocumentStore;

  constructor(store: DocumentStore) {
    this.#store = store;
  }

  /** Those that can be read: one that a newer Reeve has written, or somebody has edited, holds up no other. */
  async all(): Promise<readonly Leak[]> {
    const stored = await this.#store.documents(KIND);
    return stored.flatMap(({ body }) => Leak.safeParse(body).data ?? []);
  }

  async find(id: string): Promise<Leak | undefined> {
    const stored = await this.#store.document(KIND, id);
    return stored && Leak.parse(stored.body);
  }

  /** @throws {Fault} `secrets/leak-not-found` */
  async get(id: string): Promise<Leak> {
    const leak = await this.find(id);
    if (leak) return leak;
    throw new Fault('secrets/leak-not-found', `There is no leak ${quote(id, 120)}`, {
      hint: '`reeve secret leaks` lists them',
    });
  }

  /** Changes one, or makes it, with what the audit log says of it. Where another changes it meanwhile, from anew. */
  change(
    id: string,
    work: (before: Leak | undefined) => { readonly leak: Leak; readonly entry: NewAuditEntry },
  ): Promise<Leak> {
    return anew(async () => {
      const stored = await this.#store.document(KIND, id);
      const { leak, entry } = work(stored && Leak.parse(stored.body));
      const change = { kind: KIND, id, version: stored?.version ?? 0, body: leak };
      await this.#store.amend([change], [entry]);
      return leak;
    });
  }
}
