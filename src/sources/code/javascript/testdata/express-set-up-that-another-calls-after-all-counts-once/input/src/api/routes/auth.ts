import { Router, Request, Response } from 'express';
const route = Router();
export default (app: Router) => {
  app.use('/auth', route);
  route.post('/signup', celebrate({}), async (req: Request, res: Response) => {
    const x = await Container.get(AuthService).post('/zzz', () => 1);
  });
};
