import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { unwrap } from "../../src/kernel/result.ts";
import { readIntelHex } from "../emulator/intel-hex.ts";
import { buildFirmware, firmwareSourcesHash, firmwareVersion, shippedFirmware } from "./build.ts";

describe("the committed firmware", () => {
  it("was built from the sources beside it: after a change, ./madoguchi firmware build", () => {
    const { hex, manifest } = shippedFirmware();
    expect(manifest.sources).toBe(firmwareSourcesHash());
    expect(manifest.version).toBe(firmwareVersion());
    expect(createHash("sha256").update(hex).digest("hex")).toBe(manifest.hex);
  });

  it("is what a build gives, byte for byte with the same compiler, and twice the same with any", () => {
    const first = buildFirmware();
    if (!first.ok && first.error.code === "K-FIRM-101")
      throw new Error("avr-gcc is missing: install the Debian packages gcc-avr, binutils-avr and avr-libc");
    const built = unwrap(first);
    expect(unwrap(buildFirmware())).toEqual(built);
    const { hex, manifest } = shippedFirmware();
    if (built.manifest.compiler === manifest.compiler) expect(built).toEqual({ hex, manifest });
    expect(built.manifest.ramBytes).toBeLessThan(1024);
  });
});

describe("an Intel HEX file", () => {
  const data = ":0100000055AA";
  const end = ":00000001FF";
  it("is read into a flash image", () => {
    const image = unwrap(readIntelHex(`:02000000ABCD86\n${end}\n`, 4));
    expect([...image]).toEqual([0xab, 0xcd, 0xff, 0xff]);
    expect([...unwrap(readIntelHex(`${data}\r\n${end}`, 2))]).toEqual([0x55, 0xff]);
    // Record 02: a base in paragraphs of sixteen bytes.
    expect(unwrap(readIntelHex(`:020000020001FB\n${data}\n${end}`, 32))[16]).toBe(0x55);
  });

  it.each([
    ["a wrong checksum", `:0100000055AB\n${end}`],
    ["a record that is cut", `:01000000\n${end}`],
    ["a wrong length", `:0200000055A9\n${end}`],
    ["no end", data],
    ["text after the end", `${end}\n${data}`],
    ["more than the flash holds", `:01001F00558B\n${end}`],
    ["no hex at all", "hello"],
    ["an unknown record", `:00000009F7\n${end}`],
  ])("is refused with its line when it has %s", (_name, text) => {
    expect(readIntelHex(text, 16)).toMatchObject({ ok: false, error: { code: "K-FIRM-107" } });
  });
});
