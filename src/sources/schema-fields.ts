import { isFields, listAt, textAt } from '../base/pick.ts';
import { childNode, childNodes, type DataNode } from './data-node.ts';
import { detached } from './detached.ts';
import type { References } from './references.ts';

/** Levels of properties inside properties. */
const MAX_LEVELS = 4;
/** Names collected for one endpoint. */
export const MAX_FIELDS = 300;
/** Schemas visited for one endpoint. */
const MAX_VISITS = 3_000;
/** Schemas inside schemas, whatever leads from one to the next. */
const MAX_NESTING = 80;

/** Formats that say what a field holds, whatever it is called. */
const TELLING_FORMATS = new Set([
  'password',
  'email',
  'idn-email',
  'phone',
  'ssn',
  'credit-card',
  'iban',
  'ipv4',
  'ipv6',
]);

/** Keywords under which further schemas of the same level stand. */
const SAME_LEVEL = ['items', 'additionalProperties', 'if', 'then', 'else', 'schema'] as const;
const SAME_LEVEL_LISTS = ['allOf', 'anyOf', 'oneOf', 'prefixItems'] as const;
/** A schema without any of these has no fields. */
const HOLDERS = ['properties', 'fields', ...SAME_LEVEL, ...SAME_LEVEL_LISTS] as const;
const NONE: readonly string[] = [];

/** Collects the names of the fields that schemas describe (JSON Schema in OpenAPI's and AsyncAPI's
 *  dialects, and Avro records), through references, a few levels deep. A field whose format tells
 *  what it holds is written `name:format`. */
export class SchemaFields {
  readonly #references: References;
  readonly #known = new WeakMap<object, (readonly string[])[]>();
  readonly #open = new Set<unknown>();
  #visitsLeft = 0;
  /** Results that left something out are not kept: they depend on where the walk began. */
  #cuts = 0;

  constructor(references: References) {
    this.#references = references;
  }

  /** Adds the fields of the schema at `node` to `names`, until there are `MAX_FIELDS`. */
  collect(node: DataNode, names: Set<string>): void {
    if (node.value === undefined) return;
    this.#visitsLeft = MAX_VISITS;
    addAll(names, this.#fieldsOf(node, MAX_LEVELS));
  }

  /** A name as it is collected: with the schema's format where that tells. */
  label(name: string, schema: DataNode): string {
    const target = schema.value === undefined ? undefined : this.#references.follow(schema);
    const format = textAt(target?.value, 'format');
    return format !== undefined && TELLING_FORMATS.has(format) ? `${name}:${format}` : name;
  }

  #fieldsOf(node: DataNode, levels: number): readonly string[] {
    if (!isFields(node.value)) return NONE;
    const target = this.#references.follow(node);
    const schema = target?.value;
    if (target === undefined || !isFields(schema) || levels === 0) return NONE;
    if (!HOLDERS.some((keyword) => schema[keyword] !== undefined)) return NONE;
    const known = this.#known.get(schema)?.[levels];
    if (known !== undefined) return known;
    if (this.#open.has(schema) || this.#open.size >= MAX_NESTING || this.#visitsLeft-- <= 0) {
      this.#cuts++;
      return NONE;
    }
    const cutsBefore = this.#cuts;
    this.#open.add(schema);
    const names = [...this.#gather(target, levels)];
    this.#open.delete(schema);
    if (this.#cuts === cutsBefore) this.#keep(schema, levels, names);
    return names;
  }

  #gather(schema: DataNode, levels: number): Set<string> {
    const names = new Set<string>();
    for (const property of childNodes(childNode(schema, 'properties'))) {
      if (names.size >= MAX_FIELDS) return names;
      names.add(this.label(String(property.step), property));
    }
    for (const property of childNodes(childNode(schema, 'properties'))) {
      addAll(names, this.#fieldsOf(property, levels - 1));
    }
    for (const keyword of SAME_LEVEL) {
      addAll(names, this.#fieldsOf(childNode(schema, keyword), levels));
    }
    for (const keyword of SAME_LEVEL_LISTS) {
      for (const part of childNodes(childNode(schema, keyword))) {
        addAll(names, this.#fieldsOf(part, levels));
      }
    }
    if (listAt(schema.value, 'fields').length > 0) this.#gatherAvro(schema, levels, names);
    return names;
  }

  /** @see Apache Avro 1.11, Complex Types: a record's `fields`, each with `name` and `type` */
  #gatherAvro(record: DataNode, levels: number, names: Set<string>): void {
    for (const field of childNodes(childNode(record, 'fields'))) {
      const name = textAt(field.value, 'name');
      if (name !== undefined && names.size < MAX_FIELDS) names.add(detached(name));
      addAll(names, this.#fieldsOf(childNode(field, 'type'), levels - 1));
    }
  }

  #keep(schema: object, levels: number, names: readonly string[]): void {
    const byLevel = this.#known.get(schema) ?? [];
    byLevel[levels] = names;
    this.#known.set(schema, byLevel);
  }
}

function addAll(names: Set<string>, more: readonly string[]): void {
  for (const name of more) {
    if (names.size >= MAX_FIELDS) return;
    names.add(name);
  }
}
