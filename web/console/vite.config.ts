// The console: two pages, the console itself and the door to it. `npm run dev` also serves fake.html, a center in memory.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/console/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    // The licences of what is bundled, as their terms ask.
    license: { fileName: 'third-party.txt' },
    emptyOutDir: true,
    target: 'es2022',
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
    rollupOptions: { input: { index: 'index.html', home: 'home.html' } },
  },
  server: { proxy: { '/api': { target: process.env['CARILLON'] ?? 'http://127.0.0.1:8080', ws: true } } },
});
