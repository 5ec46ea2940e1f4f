import express from 'express';
import { createServer } from '@shared/server';

class App {
  public app: express.Application;
  constructor() {
    this.app = createServer('mail');
    this.routes();
  }
  private routes(): void {
    this.app.post(Paths.Send, (req, res) => res.end());
  }
}
enum Paths {
  Send = '/mails',
}
export default new App().app;
