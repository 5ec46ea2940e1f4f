import { entryOf } from '../../../base/pick.ts';
import { argument, type Call, type Value } from '../interpreter/value.ts';

/** Functions of libraries that look up a setting, and the place of its default among their
 *  arguments.
 *  @see os, Pydantic: Settings, python-decouple */
const SETTINGS: Readonly<Record<string, number>> = {
  'os.getenv': 1,
  'os.environ.get': 1,
  'pydantic.Field': 0,
  'pydantic.fields.Field': 0,
  'decouple.config': -1,
};

/** The default of a setting, or the library's view that a decorator is put around in a table of
 *  URLs: `login_required(TemplateView.as_view())`. */
export function settingOrView(path: string, call: Call): Value | undefined {
  const index = entryOf(SETTINGS, path);
  if (index !== undefined) return argument(call, index, 'default');
  const [only, ...others] = call.positional;
  const isView = only?.is === 'external' && only.path.endsWith('.as_view()');
  return isView && others.length === 0 ? only : undefined;
}
