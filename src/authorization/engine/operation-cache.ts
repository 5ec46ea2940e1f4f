import type { PolicyEndpoint } from '../model/index.ts';
import { type OperationPattern, parseOperation, toOperationPattern } from '../operations/index.ts';

/** Reads operations, each text once: the same ones come back all over an estate. Those that cannot be read, and that
 *  no request is for, are undefined. */
export class OperationCache {
  readonly #granted = new Map<string, OperationPattern | undefined>();
  readonly #known = new Map<string, Map<string, OperationPattern | undefined>>();

  ofGrant(text: string): OperationPattern | undefined {
    const known = this.#granted.get(text);
    if (known || this.#granted.has(text)) return known;
    const parsed = parseOperation(text);
    this.#granted.set(text, parsed);
    return parsed;
  }

  ofEndpoint({ protocol, method, template }: PolicyEndpoint): OperationPattern | undefined {
    const key = `${protocol} ${method}`;
    let templates = this.#known.get(key);
    if (!templates) {
      templates = new Map();
      this.#known.set(key, templates);
    }
    const known = templates.get(template);
    if (known || templates.has(template)) return known;
    const parsed = toOperationPattern({ protocol, method, template });
    templates.set(template, parsed);
    return parsed;
  }
}
