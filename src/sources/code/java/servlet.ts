import { routerId } from '../routes.ts';
import { joinTemplates, toTemplates } from '../template.ts';
import { argumentTexts, type JavaFramework } from './reading.ts';
import { settingOf } from './settings.ts';
import { annotationOf } from './types.ts';

const METHOD = /^do(Get|Post|Put|Delete|Patch|Head|Options)$/;

/** Servlets that name their own paths; the methods that they override are those that they take.
 *  @see Jakarta Servlet 6.0 §8.1.1 and 12.2 */
export const servlet: JavaFramework = (file, reading) => {
  for (const type of file.types) {
    const annotation = annotationOf(type.annotations, 'WebServlet');
    if (annotation === undefined) continue;
    const methods = type.methods.flatMap(({ name }) => METHOD.exec(name)?.[1]?.toUpperCase() ?? []);
    const base = settingOf(reading.settingsOf(file.path), 'server.servlet.context-path') ?? '';
    for (const path of argumentTexts(annotation, ['value', 'urlPatterns'], type, reading)) {
      for (const template of toTemplates(path, 'brace')) {
        for (const method of methods.length === 0 ? ['ANY'] : methods) {
          reading.model.routes.push({
            router: routerId(file.path, type.name),
            reader: 'servlet',
            method,
            template: joinTemplates(base, template),
            place: annotation.place,
          });
        }
      }
    }
  }
};
