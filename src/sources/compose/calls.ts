import { fieldsAt, isFields, listAt, textAt } from '../../base/pick.ts';
import type { Observation, Source, Subject } from '../../estate/index.ts';
import { type Address, addressesIn, addressesInCommand } from '../addresses.ts';
import type { ReadContext } from '../reader.ts';
import { variablesOf } from './environment.ts';
import { interpolate } from './interpolate.ts';
import type { Definition } from './project.ts';

/** Calls that a definition gives away: addresses in variables, env files and command lines, links,
 *  and dependence on a datastore. `depends_on` is an order of starting, which among services says
 *  little; but whoever waits for a datastore uses it. */
export function callsOf(
  definition: Definition,
  datastores: ReadonlySet<string>,
  context: ReadContext,
): readonly Observation[] {
  const from: Subject = { by: 'name', name: definition.service };
  const call = (to: Subject, evidence: string, source: Source, port?: number): Observation => ({
    kind: 'call',
    from,
    to,
    evidence,
    ...(port !== undefined && { port }),
    source,
  });
  const toAddress = (
    { schemePort: _, ...address }: Address,
    evidence: string,
    source: Source,
  ): Observation => call({ by: 'address', ...address }, evidence, source, address.port);
  return [
    ...variablesOf(definition, context).flatMap(({ name, value, source }) =>
      addressesIn(name, value).map((address) =>
        toAddress(address, `environment variable ${name}`, source),
      ),
    ),
    ...commandsOf(definition).flatMap(({ words, source }) =>
      addressesInCommand(words).map((address) =>
        toAddress(address, `argument that names ${address.host}`, source),
      ),
    ),
    ...linksOf(definition).map(({ target, source }) =>
      call({ by: 'name', name: target }, 'links', source),
    ),
    ...dependenciesOf(definition)
      .filter(({ target }) => datastores.has(target))
      .map(({ target, source }) => call({ by: 'name', name: target }, 'depends_on', source)),
  ].filter((observation) => !isOwn(observation, definition));
}

/** A service that is told its own address does not call itself. */
function isOwn(observation: Observation, { service }: Definition): boolean {
  if (observation.kind !== 'call') return false;
  const { to } = observation;
  return (to.by === 'address' && to.host === service) || (to.by === 'name' && to.name === service);
}

function commandsOf(definition: Definition): { words: string[]; source: Source }[] {
  return ['entrypoint', 'command'].map((field) => {
    const value = definition.value[field];
    const words =
      typeof value === 'string' ? [value] : listAt(value).flatMap((item) => textAt(item) ?? []);
    return {
      words: words.map((word) => interpolate(word, definition.variables)),
      source: definition.sourceAt([field]),
    };
  });
}

interface Reference {
  readonly target: string;
  readonly alias?: string;
  readonly source: Source;
}

/** `service` or `service:alias`. */
export function linksOf(definition: Definition): readonly Reference[] {
  return listAt(definition.value, 'links').flatMap((item, index) => {
    const [target, alias] = (textAt(item) ?? '').split(':');
    if (!target) return [];
    return [{ target, ...(alias && { alias }), source: definition.sourceAt(['links', index]) }];
  });
}

function dependenciesOf(definition: Definition): readonly Reference[] {
  const value = definition.value.depends_on;
  if (isFields(value)) {
    return Object.keys(fieldsAt(value)).map((target) => ({
      target,
      source: definition.sourceAt(['depends_on', target]),
    }));
  }
  return listAt(value).flatMap((item, index) => {
    const target = textAt(item);
    return target === undefined
      ? []
      : [{ target, source: definition.sourceAt(['depends_on', index]) }];
  });
}
