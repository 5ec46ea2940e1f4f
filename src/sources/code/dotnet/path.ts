import { textValue, type Value } from '../interpreter/value.ts';

/** The forms of a route template: with and without a parameter that may be missing, without
 *  constraints and default values.
 *  @see ASP.NET Core: Route templates, Route constraints */
export function aspnetPath(pattern: Value): Value[] {
  if (pattern.is !== 'text') return [];
  const written = pattern.text.replace(/^~?\//, '/');
  // Constraints may hold braces, doubled: `{ssn:regex(^\\d{{3}}$)}`.
  const simple = written.replaceAll('{{', '').replaceAll('}}', '');
  const isOptional = /\{[^{}]*(?:\?|=[^{}]*)\}$/.test(simple);
  const full = simple.replaceAll(/\{(\*{0,2})([A-Za-z_]\w*)[^{}]*\}/g, '{$1$2}');
  const forms = isOptional ? [full.replace(/\/?\{[^{}]*\}$/, ''), full] : [full];
  return forms.map((form) => textValue(form, pattern.place));
}
