import { Fault } from '../../../base/fault.ts';

/** The fault that work ends with; undefined: it ends well.
 *  @throws whatever is thrown and is no Fault */
export async function faultOf(work: () => unknown): Promise<Fault | undefined> {
  try {
    await work();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown;
    throw thrown;
  }
}

/** The code of the fault that work ends with; `none` where it ends well. */
export const codeOf = async (work: () => unknown): Promise<string> =>
  (await faultOf(work))?.code ?? 'none';
