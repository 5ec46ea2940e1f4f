import 'reflect-metadata';
import express, { Router } from 'express';
import { container, singleton } from 'tsyringe';

@singleton()
export class OrderRoutes {
  readonly router = Router();
  constructor() {
    this.router.get('/:id', (req, res) => res.json({}));
  }
}

const app = express();
app.use('/orders', container.resolve(OrderRoutes).router);
app.listen(2);
