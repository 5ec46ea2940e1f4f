import { Router, type Request, type Response } from 'express';
import { BaseController } from './base.controller.js';

export class CartController extends BaseController {
  public path = '/cart';

  constructor() {
    super();
    this.initializeRoutes();
  }

  private initializeRoutes(): void {
    this.router.get(`/:userId`, this.find);
    this.router.post('/:userId/items', this.add);
  }

  private find = (req: Request, res: Response) => res.json({});
  private add = (req: Request, res: Response) => res.json({});
}
