exports.orders = require('./orders');
exports.legacy = require('./legacy').router;
