import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// Everything is a file of ours: no inlined data, no polyfill that writes a script.
export default defineConfig({
  plugins: [react()],
  build: {
    outDir: 'target/classes/ai/rails/console',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    sourcemap: false,
    reportCompressedSize: true,
  },
  server: { proxy: { '/v1': 'http://127.0.0.1:8080', '/development': 'http://127.0.0.1:8080', '/console.json': 'http://127.0.0.1:8080' } },
  test: { include: ['src/**/*.test.ts', 'src/**/*.test.tsx'] },
} as never);
