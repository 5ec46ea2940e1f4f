import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api.ts';
import { router } from './router.tsx';
import './styles.css';
import './tracing/tracing.css';

/** Without a session there is nothing to see: everything leads to the login page. */
function toLogin(error: Error): void {
  if (error instanceof ApiError && error.status === 401 && location.pathname !== '/login') {
    void router.navigate({ to: '/login' });
  }
}

const queries = new QueryClient({
  queryCache: new QueryCache({ onError: toLogin }),
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      refetchInterval: 10_000,
      retry: (count, error) => count < 2 && error instanceof ApiError && error.status === 503,
    },
  },
});

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
}
