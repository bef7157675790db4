import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseConfig } from "./config.ts";
import { describeFailure, type Failure } from "./errors/failure.ts";

const schema = z.strictObject({
  id: z.string(),
  panel: z.strictObject({ port: z.int().min(0).max(65_535) }),
});

function chain(text: string): Failure[] {
  const parsed = parseConfig("kiosk.yaml", text, schema);
  const all: Failure[] = [];
  for (let f = parsed.ok ? undefined : parsed.error; f; f = f.cause) all.push(f);
  return all;
}

describe("a configuration file", () => {
  it("is read when it is right", () => {
    expect(parseConfig("kiosk.yaml", "id: k\npanel: { port: 8481 }\n", schema)).toEqual({
      ok: true,
      value: { id: "k", panel: { port: 8481 } },
    });
  });

  it("names file, line, key and value of a wrong type, and what is allowed", () => {
    const [wrong] = chain("id: k\npanel:\n  port: eighty\n");
    expect(wrong).toMatchObject({
      code: "K-CONF-103",
      detail: { file: "kiosk.yaml", line: 3, key: "panel.port", value: "eighty" },
    });
    expect(String(wrong?.detail?.allowed)).toMatch(/number/);
  });

  it("names an unknown key where it stands", () => {
    const [wrong] = chain("id: k\npanel:\n  port: 1\n  prot: 2\n");
    expect(wrong).toMatchObject({ code: "K-CONF-103", detail: { line: 4, key: "panel.prot", allowed: "no such key" } });
  });

  it("does not repeat a secret that was written where none belongs", () => {
    const [wrong] = chain("id: k\npanel:\n  port: 1\n  pin: 71834920\n");
    expect(wrong).toMatchObject({ detail: { line: 4, key: "panel.pin", value: "(not shown)" } });
  });

  it("names a missing key by the block that lacks it", () => {
    expect(chain("id: k\npanel: {}\n")[0]).toMatchObject({
      detail: { line: 2, key: "panel.port", value: "(missing)" },
    });
    expect(chain("")).toHaveLength(2);
  });

  it("names every problem at once, one behind the other", () => {
    const all = chain("id: 7\npanel:\n  port: -1\nextra: yes\n");
    expect(all.map((f) => f.detail?.key)).toEqual(expect.arrayContaining(["id", "panel.port", "extra"]));
    expect(describeFailure(all[0] as Failure)).toContain("because K-CONF-103");
  });

  it("names the line at which it stops being YAML", () => {
    expect(chain("id: k\npanel: [1, 2\n")[0]).toMatchObject({ code: "K-CONF-102", detail: { file: "kiosk.yaml" } });
  });
});
