const { Router } = require('express');
const router = Router({ mergeParams: true });
const items = Router({ mergeParams: true });
router.use('/:orderId/items', items);
items.get('/', list);
for (const [name, method] of Object.entries({ '/cancel': 'post', '/state': 'get' })) {
  router[method](`/:orderId${name}`, list);
}
['pay', 'ship'].forEach((action) => {
  router.post('/:orderId/' + action, list);
});
function list(req, res) {}
module.exports = router;
