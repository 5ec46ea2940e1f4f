import type { DataDocument } from '../../base/data.ts';
import { fieldsAt, isFields, pick, textAt } from '../../base/pick.ts';
import { judgeVariable, judgeWords, variablesAt, wordsAt } from './containers.ts';
import { type Found, Places, type Structured } from './found.ts';

const FILE_NAME = /(?:^|[._/-])(?:docker-?)?compose(?:[._-][\w.-]*)?\.ya?ml$/i;

/** `compose.yaml`, `docker-compose.prod.yml`. */
export function isComposePath(path: string): boolean {
  return FILE_NAME.test(path);
}

const COMMANDS = [['command'], ['entrypoint'], ['healthcheck', 'test']] as const;

/** Variables and commands of the services in a Compose file.
 *  @see https://github.com/compose-spec/compose-spec/blob/main/05-services.md */
export function readCompose(documents: readonly DataDocument[], text: string): Structured {
  const places = new Places(text);
  const found: Found[] = [];
  const judgedLines = new Set<number>();
  for (const document of documents) {
    for (const [service, value] of Object.entries(fieldsAt(document.value, 'services'))) {
      if (!isFields(value)) continue;
      const subject = { by: 'name', name: service } as const;
      const image = textAt(value, 'image');
      const path = ['services', service];
      for (const leaf of variablesAt(value.environment, [...path, 'environment'])) {
        for (const line of places.linesOf(document, leaf)) judgedLines.add(line);
        found.push(...judgeVariable(document, places, leaf, { in: 'env', subject }, image));
      }
      for (const command of COMMANDS) {
        const words = wordsAt(pick(value, ...command), [...path, ...command]);
        for (const leaf of words) {
          for (const line of places.linesOf(document, leaf)) judgedLines.add(line);
        }
        found.push(...judgeWords(document, places, words, { in: 'argument', subject }));
      }
    }
  }
  return { found, judgedLines, uses: [], around: () => undefined };
}
