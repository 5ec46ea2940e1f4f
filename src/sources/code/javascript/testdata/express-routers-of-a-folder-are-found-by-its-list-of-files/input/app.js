const fs = require('node:fs');
const path = require('node:path');
const express = require('express');

const app = express();
fs.readdirSync('./routes').forEach((file) => {
  app.use('/api', require('./routes/' + file));
});
const versioned = path.join(__dirname, 'versioned');
fs.readdirSync(versioned, { withFileTypes: true })
  .filter((entry) => entry.isFile())
  .forEach((entry) => {
    app.use(`/v2/${path.basename(entry.name, '.js')}`, require(path.join(versioned, entry.name)));
    app.use('/v3/' + entry.name.replace(/\.(js|ts)$/, ''), require(path.resolve(versioned, entry.name)));
  });
app.listen(1);
