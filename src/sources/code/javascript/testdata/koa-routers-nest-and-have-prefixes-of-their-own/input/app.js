const Koa = require('koa');
const Router = require('@koa/router');
const mount = require('koa-mount');
const posts = require('./posts');

const app = new Koa();
const router = new Router({ prefix: '/forums' });
router.use('/:fid/posts', posts.routes(), posts.allowedMethods());
router.get('forum', '/:fid', (ctx) => {}).del('/:fid', (ctx) => {});
router.register('/batch', ['put', 'post'], (ctx) => {});
app.use(router.routes()).use(router.allowedMethods());

const admin = new Koa();
const adminRouter = Router();
adminRouter.prefix('/v2');
adminRouter.all('/stats', async (ctx, next) => {});
admin.use(adminRouter.middleware());
app.use(mount('/admin', admin));
app.listen(3000);
