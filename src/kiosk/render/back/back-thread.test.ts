import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { plainPayload } from "../../../../test/support/payloads.ts";
import { unwrap } from "../../../kernel/result.ts";
import { createBackThread } from "./back-thread.ts";
import { type BackOrder, createBackWork } from "./back-work.ts";

const documentId = "019364e2-6a00-7000-8000-0123456789ab";
const order: BackOrder = {
  data: { documentId, page: 1, pages: 2, frontHash: "x".repeat(43) },
  payload: plainPayload(documentId, 1, 2),
  deterrent: "2f",
  clearForDetection: false,
};

describe("the thread that draws backs", () => {
  test("draws what would be drawn without it, byte by byte, each answer to its own order", async () => {
    const thread = createBackThread();
    const work = createBackWork();
    const orders = [order, { ...order, deterrent: "2c" }, { ...order, clearForDetection: true }];
    const drawn = await Promise.all([thread.warm(), ...orders.map((one) => thread.draw(one))]);
    const backs = drawn.slice(1).map((one) => one && unwrap(one));
    for (const [i, one] of orders.entries()) {
      const alone = unwrap(await work.draw(one));
      expect(Buffer.compare(backs[i]?.bytes ?? Buffer.of(), alone.bytes)).toBe(0);
      expect(backs[i]?.hash).toBe(alone.hash);
    }
    expect(new Set(backs.map((back) => back?.hash)).size).toBe(3);
  });

  test("says what is wrong with an order, and draws the next one", async () => {
    const thread = createBackThread();
    expect(await thread.draw({ ...order, payload: Buffer.from("none") })).toMatchObject({
      error: { code: "K-IMAGE-101" },
    });
    expect(await thread.draw({ ...order, deterrent: "4a" })).toMatchObject({ error: { code: "K-IMAGE-110" } });
    expect(unwrap(await thread.draw(order)).bytes.length).toBeGreaterThan(100_000);
  });

  test("keeps no process alive, and takes it along when it breaks", () => {
    const module = fileURLToPath(new URL("./back-thread.ts", import.meta.url));
    const run = (then: string) =>
      spawnSync(
        process.execPath,
        [
          "--input-type=module",
          "--eval",
          `
        import { createBackThread } from ${JSON.stringify(module)};
        const thread = createBackThread();
        await thread.warm();
        ${then}
        console.log("the end");
      `,
        ],
        { encoding: "utf8", timeout: 60_000 },
      );
    expect(run("")).toMatchObject({ status: 0, stdout: "the end\n" });
    const broken = run("await thread.draw({});");
    expect(broken).toMatchObject({ status: 1, stdout: "" });
    expect(broken.stderr).toContain("TypeError");
  });
});
