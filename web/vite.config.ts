import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = process.env.REEVE_ORIGIN ?? 'http://127.0.0.1:7070';

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2024',
    // The server's content security policy lets no data: scripts or fonts in.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/api': {
        target: server,
        changeOrigin: true,
        // The server takes changes from its own pages only; here they come from Vite's.
        configure: (proxy) => {
          proxy.on('proxyReq', (request) => request.setHeader('origin', server));
        },
      },
    },
  },
});
