const Router = require('@koa/router');
const posts = new Router();
posts.get('/', (ctx) => {});
posts.patch('/:pid', (ctx) => {});
module.exports = posts;
