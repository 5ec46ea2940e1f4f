import express from 'express';
import loaders from './loaders';
export async function bootstrap() {
  const app = express();
  await (await import('./loaders')).default({ expressApp: app });
  const server = app.listen(3000, () => {}).on('error', () => {});
}
