import { join } from "node:path";
import { defineConfig } from "vite";

/** One page a build: `MADOGUCHI_PAGE` is the folder's name. `src/cli/pages.ts` builds all of them. */
const page = process.env.MADOGUCHI_PAGE ?? "citizen";

export default defineConfig({
  root: join(import.meta.dirname, page),
  // Addresses are relative to the page, which is served from the root of its own origin.
  base: "./",
  publicDir: false,
  logLevel: "warn",
  build: {
    outDir: join(import.meta.dirname, "dist", page),
    emptyOutDir: true,
    target: "chrome120",
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    // The kiosk's browser is ours; what vite would add for old ones is an inline script, which the page's policy refuses.
    modulePreload: { polyfill: false },
  },
});
