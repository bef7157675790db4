import { ensurePages } from "./pages.ts";

ensurePages((text) => process.stderr.write(`${text}\n`));
