import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Browser } from "playwright-core";
import sharp from "sharp";
import { ensurePages } from "../../src/cli/pages.ts";
import { type Language, languages } from "../../src/protocol/panel.ts";
import { launchChromium, panelContext, untilPainted, watchPage } from "../support/chromium.ts";
import { exampleViews } from "../support/panel-views.ts";
import { startShownPanel } from "../support/shown-panel.ts";
import { benchPictures } from "./bench-pictures.ts";

/** Draws every screen of the panel in every language, and the bench with a town behind it, as pictures with a gallery page. */
const { values } = parseArgs({ options: { out: { type: "string" } } });
const out = values.out ?? "docs/screens";
/** Half of the panel's pixels: every word can be read, and a hundred of them weigh a few megabytes. */
const SCALE = 0.5;
const say = (text: string) => process.stderr.write(`  ${text}\n`);

async function panelPictures(browser: Browser, pages: string, language: Language): Promise<string[]> {
  const page = await (await panelContext(browser, SCALE)).newPage();
  const complaints = watchPage(page);
  const [first] = exampleViews;
  if (!first) throw new Error("there are no example views");
  const panel = await startShownPanel(pages, { ...first.view, language });
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.goto(panel.url);
  const files: string[] = [];
  for (const { name, view } of exampleViews) {
    await untilPainted(page, panel.show({ ...view, language }));
    await page.evaluate("document.fonts.ready.then(() => undefined)");
    const file = `${language}-${name}.webp`;
    writeFileSync(join(out, file), await small(await page.screenshot()));
    files.push(file);
  }
  await page.context().close();
  await panel.close();
  if (complaints().length > 0) throw new Error(`the browser complains: ${complaints().join("; ")}`);
  say(`${files.length} screens in ${language}`);
  return files;
}

function small(png: Buffer, width?: number): Promise<Buffer> {
  const picture = width === undefined ? sharp(png) : sharp(png).resize({ width, withoutEnlargement: true });
  return picture.webp({ quality: 82 }).toBuffer();
}

/** A page of rows: one screen a row, one language a column. */
function gallery(
  panel: readonly string[],
  bench: readonly { readonly file: string; readonly title: string }[],
): string {
  const rows = panel.map((name) => {
    const cells = languages.map(
      (language) => `<img src="${language}-${name}.webp" width="270" alt="${name} (${language})">`,
    );
    return `| \`${name}\` | ${cells.join(" | ")} |`;
  });
  const shots = (prefix: string) =>
    bench
      .filter(({ file }) => file.startsWith(prefix))
      .map(({ file, title }) => `### ${title}\n![${title}](${file})`)
      .join("\n\n");
  return `# Every screen\n\nMade by \`./madoguchi screens\`; the panel is 1080 × 1920, shown at a quarter.\n\n## The bench\n\n${shots("bench-")}\n\n## The inquiry site\n\n${shots("inquiry-")}\n\n## The panel\n\n| step | ${languages.join(" | ")} |\n|---|${languages.map(() => "---|").join("")}\n${rows.join("\n")}\n`;
}

mkdirSync(out, { recursive: true });
for (const old of readdirSync(out)) if (/\.(webp|md)$/.test(old)) rmSync(join(out, old));
const pages = ensurePages(say);
const browser = await launchChromium();
try {
  const [bench] = await Promise.all([
    benchPictures(browser, pages, say),
    ...languages.map((language) => panelPictures(browser, pages, language)),
  ]);
  for (const { file, png, width } of bench) writeFileSync(join(out, file), await small(png, width));
  writeFileSync(
    join(out, "README.md"),
    gallery(
      exampleViews.map(({ name }) => name),
      bench,
    ),
  );
  process.stdout.write(`${join(out, "README.md")}\n`);
} finally {
  await browser.close();
}
