import express, { Router } from 'express';
import { Router as Pages } from 'vue-router';
import { config } from './nowhere';

export namespace Paths {
  export const CARS = '/cars';
}

const app = express();
const id = process.argv[2];
app.get(process.env.BASE + '/a', (req, res) => res.end());
app.get(`${config.prefix}/b/:id`, (req, res) => res.end());
app.get(Paths.CARS, [auth, admin], (req, res) => res.end());
app.get(String.raw`/raw/:id`, (req, res) => res.end());
app.get(/^\/commits\/(\w+)(?:\.\.(\w+))?$/, (req, res) => res.end());
// The middle of a path is not guessed.
app.get('/users/' + id + '/posts', (req, res) => res.end());
app.get(`/users/${id}/posts`, (req, res) => res.end());
app.listen(1);

export function install(router: Pages) {
  router.get('/page', (to) => to);
}
