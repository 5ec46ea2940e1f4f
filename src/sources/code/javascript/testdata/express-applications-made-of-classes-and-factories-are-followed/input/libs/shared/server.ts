import express, { type Express } from 'express';

export function createServer(name: string): Express {
  const app = express();
  app.get('/healthz', (req, res) => void res.json({ name }));
  return app;
}
