import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { RenderOrder } from "../../issuing-server/api/ports.ts";
import { loadTown } from "../../issuing-server/town-folder/load-town.ts";
import { unwrap } from "../../kernel/result.ts";
import { type RendererLie, rendererLies } from "./lies.ts";
import { lyingOrder, strangerTo } from "./lying.ts";

const town = unwrap(loadTown(fileURLToPath(new URL("../../../examples/towns/midorino", import.meta.url))));
const residents = new Map(town.residents.map((r) => [r.residentId, r]));
const households = new Map(town.households.map((h) => [h.householdId, h]));

function order(...residentIds: string[]): RenderOrder {
  return {
    documentId: "d",
    requestId: "r",
    choice: {
      kind: "resident-record",
      scope: "household",
      options: { headAndRelationship: true, domicile: false, myNumber: false },
    },
    residentIds,
    register: { resident: (id: string) => residents.get(id), household: (id: string) => households.get(id) },
  } as unknown as RenderOrder;
}

function told(lie: RendererLie, ...ids: string[]) {
  const honest = order(...ids);
  const stranger = strangerTo(honest, town.residents);
  if (!stranger) throw new Error("no stranger");
  const lied = lyingOrder(lie, honest, stranger);
  return { honest, lied, stranger, drawn: ids.map((id) => lied.register.resident(id)) };
}

describe("a lying renderer", () => {
  it("finds its stranger in another household", () => {
    const { stranger } = told("none", "mi-001", "mi-002");
    expect(stranger.householdId).not.toBe(residents.get("mi-001")?.householdId);
    expect(stranger.seal?.state).toBe("registered");
  });

  it("draws what was asked for when it tells no lie", () => {
    const { honest, lied } = told("none", "mi-001");
    expect(lied).toBe(honest);
  });

  it("keeps the ids that were asked for, whatever it draws", () => {
    for (const lie of rendererLies) expect(told(lie, "mi-001").lied.residentIds).toEqual(["mi-001"]);
  });

  it("draws a stranger under the right id", () => {
    const { drawn, stranger } = told("otherPerson", "mi-001");
    expect(drawn[0]).toMatchObject({ residentId: "mi-001", name: stranger.name, myNumber: stranger.myNumber });
  });

  it("is right on the first page and wrong from the fifth person on", () => {
    const ids = ["mi-017", "mi-018", "mi-019", "mi-020", "mi-021"];
    const { drawn, stranger } = told("secondPageOfAnother", ...ids);
    expect(drawn.map((r) => r?.name)).toEqual([...ids.slice(0, 4).map((id) => residents.get(id)?.name), stranger.name]);
  });

  it("changes a number, an address, or adds what nobody chose", () => {
    const number = told("otherMyNumber", "mi-001");
    expect(number.drawn[0]).toMatchObject({ name: residents.get("mi-001")?.name, myNumber: number.stranger.myNumber });
    const address = told("otherAddress", "mi-001");
    const home = residents.get("mi-001")?.householdId ?? "";
    expect(address.lied.register.household(home)?.address).toBe(households.get(address.stranger.householdId)?.address);
    expect(told("unchosenMyNumber", "mi-001").lied.choice).toMatchObject({ options: { myNumber: true } });
  });
});
