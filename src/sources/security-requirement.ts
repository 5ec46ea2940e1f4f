import { isFields } from '../base/pick.ts';

/** What a list of security requirements demands: `none` where it is empty, or where one of the
 *  alternatives is empty and so makes credentials optional. Undefined for what is no such list.
 *  @see OpenAPI 3.1 §4.8.30 (Security Requirement Object); AsyncAPI 2.6 has the same */
export function securityOf(requirements: unknown): 'required' | 'none' | undefined {
  if (!Array.isArray(requirements)) return undefined;
  const needed = requirements.filter(isFields);
  const isOptional = needed.some((requirement) => Object.keys(requirement).length === 0);
  if (requirements.length === 0 || isOptional) return 'none';
  return needed.length === 0 ? undefined : 'required';
}
