import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SIMULATED_UUID } from "../../devices/certificate-printer/simulator/attributes.ts";
import { type PrinterSimulator, startPrinterSimulator } from "../../devices/certificate-printer/simulator/simulator.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { unwrap } from "../../src/kernel/result.ts";
import { mmToPx, PAGE_HEIGHT_PX, PAGE_WIDTH_PX } from "../../src/security-print/composition/page.ts";
import { kioskFile } from "../support/kiosk-file.ts";
import { madoguchi } from "../support/run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "madoguchi-deterrent-"));
const data = join(folder, "data");
const config = join(folder, "kiosk.yaml");
let printer: PrinterSimulator;

beforeAll(async () => {
  printer = unwrap(await startPrinterSimulator({ clock: systemClock, sheetMs: 50 }));
  mkdirSync(data);
  writeFileSync(config, kioskFile({ certificatePrinter: printer.address }, data));
});
afterAll(async () => {
  await printer.close();
  rmSync(folder, { recursive: true, force: true });
});

const deterrent = (...args: readonly string[]) => madoguchi("deterrent", ...args, "--config", config);
const shown = async () => JSON.parse((await deterrent("show", "--json")).out) as Record<string, unknown>;

describe("./madoguchi deterrent", () => {
  it("prints both sides of the calibration sheet on the kiosk's printer, as a technician would see them", async () => {
    const done = await deterrent("sheet");
    expect(done, done.err).toMatchObject({ code: 0, err: expect.stringContaining("hardest to see") });
    const sheets = printer.pages();
    expect(sheets).toHaveLength(2);
    const [front, back] = sheets.map((side) => side.grey());
    expect(front && back && Buffer.compare(front, back)).not.toBe(0);

    const written = await deterrent("sheet", "--out", join(folder, "sheets"));
    expect(written.code, written.err).toBe(0);
    for (const [side, grey] of [
      ["front", front],
      ["back", back],
    ] as const) {
      const picture = sharp(join(folder, "sheets", `calibration-${side}.png`), { limitInputPixels: false });
      const { data: pixels, info } = await picture.toColourspace("b-w").raw().toBuffer({ resolveWithObject: true });
      expect([info.width, info.height, info.channels]).toEqual([PAGE_WIDTH_PX, PAGE_HEIGHT_PX, 1]);
      expect(Buffer.compare(pixels, grey ?? Buffer.of())).toBe(0);
    }
  });

  it.each(["ja", "en"])("has its words (%s) within what a printer can print", async (language) => {
    const out = join(folder, `words-${language}`);
    const written = await deterrent("sheet", "--language", language, "--out", out);
    expect(written.code, written.err).toBe(0);
    for (const side of ["front", "back"]) {
      const picture = sharp(join(out, `calibration-${side}.png`), { limitInputPixels: false });
      const edge = mmToPx(5);
      const right = { left: PAGE_WIDTH_PX - edge, top: 0, width: edge, height: PAGE_HEIGHT_PX };
      const pixels = await picture.extract(right).toColourspace("b-w").raw().toBuffer();
      expect(Math.min(...new Set(pixels)), side).toBe(255);
    }
  });

  it("shows the default until somebody chose, then the choice, and the default again on another printer", async () => {
    expect(await shown()).toEqual({ front: "2f", back: "2f", calibrated: false, printer: SIMULATED_UUID });
    const chosen = await deterrent("choose", "--front", "2c", "--back", "3b");
    expect(chosen, chosen.err).toMatchObject({ code: 0, err: expect.stringContaining(SIMULATED_UUID) });
    expect(await shown()).toEqual({ front: "2c", back: "3b", calibrated: true, printer: SIMULATED_UUID });
    const file = join(data, "printer-deterrent.json");
    const kept = JSON.parse(readFileSync(file, "utf8")) as { printer: string };
    expect(kept.printer).toBe(SIMULATED_UUID);
    writeFileSync(file, JSON.stringify({ ...kept, printer: "urn:uuid:another" }));
    expect(await shown()).toMatchObject({ front: "2f", back: "2f", calibrated: false });
    rmSync(file);
  });

  it("refuses a step that the sheet does not have, a side that is missing and a word that it does not know, with 2", async () => {
    const wrong = [
      [["choose", "--front", "2c", "--back", "4a"], "its samples are 1a to 3h"],
      [["choose", "--front", "2c"], "--back is missing"],
      [["chose"], "did you mean choose"],
      [[], "say one of sheet, choose, show"],
    ] as const;
    for (const [args, says] of wrong) {
      const refused = await deterrent(...args);
      expect(refused, args.join(" ")).toMatchObject({ code: 2, err: expect.stringContaining(says) });
    }
    expect(existsSync(join(data, "printer-deterrent.json"))).toBe(false);
  });

  it("says what is wrong with a printer that is away, and registers nothing", async () => {
    printer.setPlugged(false);
    const [sheet, choice] = [await deterrent("sheet"), await deterrent("choose", "--front", "2c", "--back", "2c")];
    printer.setPlugged(true);
    for (const refused of [sheet, choice])
      expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("K-PRINT-101") });
    expect(existsSync(join(data, "printer-deterrent.json"))).toBe(false);
  });
});
