import express, { type Express } from 'express';
import { UserController } from './users';
import express from 'express';
import { inject, injectable } from 'inversify';
@injectable()
export class App {
  app: Express;
  constructor(@inject(TYPES.Logger) private logger: ILogger, @inject(TYPES.Users) private users: UserController) { this.app = express(); }
  useRoutes(): void { this.app.use('/users', this.users.router); }
  async init() { this.useRoutes(); this.app.listen(1); }
}
