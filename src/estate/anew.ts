import { Fault } from '../base/fault.ts';

const ATTEMPTS = 8;

/** Does work that reads and writes documents, anew where somebody else has changed the same meanwhile.
 *  @throws {Fault} `estate/document-conflict` where that happens again and again; whatever the work throws */
export async function anew<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (thrown) {
      if (!isDocumentConflict(thrown) || attempt === ATTEMPTS) throw thrown;
    }
  }
}

/** Whether somebody else has changed a document since it was read. */
export const isDocumentConflict = (thrown: unknown): boolean =>
  thrown instanceof Fault && thrown.code === 'estate/document-conflict';
