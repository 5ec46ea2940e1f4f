import { Router } from 'express';
export abstract class BaseController {
  private readonly _router: Router;
  constructor() { this._router = Router(); }
  get router(): Router { return this._router; }
  protected bindRoutes(routes: IControllerRoute[]): void {
    for (const route of routes) { this.router[route.method](route.path, route.func); }
  }
}
@injectable()
export class UserController extends BaseController {
  constructor() { super(); this.bindRoutes([{ path: '/login', method: 'post', func: this.login }]); }
  login() {}
}
