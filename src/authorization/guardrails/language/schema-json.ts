import { Fault } from '../../../base/fault.ts';
import { askCedar } from './cedar.ts';

/** A schema in Cedar's JSON format.
 *  @throws {Fault} `guardrail/schema-invalid`, where Cedar does not take it
 *  @see https://docs.cedarpolicy.com/schema/json-schema.html */
export function cedarSchemaJson(text: string): unknown {
  const answer = askCedar((cedar) => cedar.schemaToJson(text));
  if (answer?.type === 'success') return answer.json;
  const [error] = answer?.errors ?? [];
  throw new Fault('guardrail/schema-invalid', error?.message ?? 'Cedar cannot read the schema');
}
