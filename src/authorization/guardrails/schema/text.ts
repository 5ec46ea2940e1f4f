import { ENTITY_TYPES } from '../names.ts';
import {
  type Attribute,
  CONTEXT_ATTRIBUTES,
  ENDPOINT_ATTRIBUTES,
  SERVICE_ATTRIBUTES,
} from './attributes.ts';

const NAMESPACE = 'Reeve';

interface EntityType {
  readonly name: string;
  readonly doc: string;
  readonly parents: readonly string[];
  readonly attributes: Readonly<
    Record<string, Pick<Attribute<never>, 'type' | 'isOptional' | 'doc'>>
  >;
}

const nameOf = (type: string) => type.slice(NAMESPACE.length + 2);
const { service, endpoint, team, namespace, environment, group } = ENTITY_TYPES;

const TYPES: readonly EntityType[] = [
  { name: nameOf(team), doc: 'Id: its name.', parents: [], attributes: {} },
  { name: nameOf(environment), doc: 'Id: its name.', parents: [], attributes: {} },
  { name: nameOf(namespace), doc: 'Id: environment/namespace.', parents: [], attributes: {} },
  {
    name: nameOf(group),
    doc: 'A group of services. Id: its name.',
    parents: [],
    attributes: {},
  },
  {
    name: nameOf(service),
    doc: 'Id: environment/namespace/name.',
    parents: [team, environment, namespace, group].map(nameOf),
    attributes: SERVICE_ATTRIBUTES,
  },
  {
    name: nameOf(endpoint),
    doc: 'Id: that of its service, protocol, METHOD and template, with spaces between them.',
    parents: [nameOf(service)],
    attributes: ENDPOINT_ATTRIBUTES,
  },
];

/** The schema of guardrails, as Cedar writes schemas for people. With `more`, `context` has that as well.
 *  @see https://docs.cedarpolicy.com/schema/human-readable-schema.html */
export function cedarSchemaText(more: EntityType['attributes'] = {}): string {
  const types = TYPES.map(typeText).join('\n');
  return `namespace ${NAMESPACE} {\n${types}\n${actionText({ ...CONTEXT_ATTRIBUTES, ...more })}}\n`;
}

function typeText({ name, doc, parents, attributes }: EntityType): string {
  const within = parents.length === 0 ? '' : ` in [${parents.join(', ')}]`;
  const isBare = Object.keys(attributes).length === 0;
  const body = isBare ? '' : ` = {\n${attributesText(attributes, '    ')}  }`;
  return `  @doc(${JSON.stringify(doc)})\n  entity ${name}${within}${body};\n`;
}

function attributesText(attributes: EntityType['attributes'], indent: string): string {
  return Object.entries(attributes)
    .map(([name, { type, isOptional, doc }]) => {
      const mark = isOptional ? '?' : '';
      return `${indent}@doc(${JSON.stringify(doc)})\n${indent}${name}${mark}: ${type},\n`;
    })
    .join('');
}

function actionText(context: EntityType['attributes']): string {
  return `  @doc("A service calls an endpoint.")
  action call appliesTo {
    principal: [${nameOf(service)}],
    resource: [${nameOf(endpoint)}],
    context: {
${attributesText(context, '      ')}    },
  };
`;
}
