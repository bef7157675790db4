import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { protectionPictures } from "./protection-pictures.ts";

/** Draws the pictures of the inquiry site's page about the protections anew, where the page takes them from. */
const folder = new URL("../../ui/inquiry/pictures/", import.meta.url);
mkdirSync(folder, { recursive: true });
for (const { file, webp } of await protectionPictures()) {
  writeFileSync(new URL(file, folder), webp);
  process.stdout.write(`${(webp.length / 1000).toFixed(1).padStart(6)} kB  ${fileURLToPath(new URL(file, folder))}\n`);
}
