import type { Router } from 'express';
export default function authors(routes: Router) {
  routes.post('/authors', (req, res) => res.end());
}
