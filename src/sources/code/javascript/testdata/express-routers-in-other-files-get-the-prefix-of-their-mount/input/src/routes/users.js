const router = require('express').Router();
const controller = require('../controllers/users');

router.get('/', controller.list);
router.get('/:id(\\d+)', controller.show);
router.put('/:id', controller.update);
module.exports = router;
