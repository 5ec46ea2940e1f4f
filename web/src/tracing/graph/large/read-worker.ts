import { ApiError, get } from '../../../api.ts';
import type { Graph } from '../../model.ts';
import { type Columns, toColumns } from './columns.ts';

/** The query of the API. */
export type Asked = Readonly<Record<string, string | number | undefined>>;

/** What was read, or why it was not. */
export type Answer =
  | { readonly columns: Columns }
  | { readonly problem: Pick<ApiError, 'status' | 'message' | 'code' | 'hint'> };

addEventListener('message', async ({ data }: MessageEvent<Asked>) => {
  postMessage(await answer(data));
});

async function answer(asked: Asked): Promise<Answer> {
  try {
    return { columns: toColumns(await get<Graph>('/graph', asked), Date.now()) };
  } catch (error) {
    const { status = 0, code, hint } = error instanceof ApiError ? error : {};
    const message = error instanceof Error ? error.message : 'The graph cannot be read';
    return { problem: { status, message, code, hint } };
  }
}
