const VERSION = 'v1';
exports.PREFIX = '/api/' + VERSION;
