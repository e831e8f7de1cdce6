import { defineConfig } from 'vite';

/** Where `npm start` listens, for `npm run board:dev`. */
const SERVER = process.env.BOARD_SERVER ?? 'http://127.0.0.1:4000';

export default defineConfig({
  root: import.meta.dirname,
  // The same page below whatever path a proxy gives it.
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../../dist/board',
    emptyOutDir: true,
    target: 'es2022',
    // Its policy allows no inline script.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
  server: { proxy: { '/graphql': { target: SERVER, ws: true }, '/board': SERVER } },
});
