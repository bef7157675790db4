import type { RenderOrder } from "../../issuing-server/api/ports.ts";
import type { RendererRegister, Resident } from "../../issuing-server/registry/types.ts";
import { PERSONS_PER_PAGE } from "../../protocol/forms/resident-record.ts";
import type { RendererLie } from "./lies.ts";

/** The order that a lying renderer carries out instead of the one it was given, with a stranger taken from the register. */
export function lyingOrder(lie: RendererLie, order: RenderOrder, stranger: Resident): RenderOrder {
  const { register, residentIds } = order;
  const swap = (change: (truth: Resident, index: number) => Resident): RenderOrder => ({
    ...order,
    register: changed(register, residentIds, change),
  });
  const inTheirPlace = (truth: Resident): Resident => ({
    ...stranger,
    residentId: truth.residentId,
    householdId: truth.householdId,
  });
  switch (lie) {
    case "none":
      return order;
    case "otherPerson":
      return swap(inTheirPlace);
    case "secondPageOfAnother":
      return swap((truth, i) => (i < PERSONS_PER_PAGE ? truth : inTheirPlace(truth)));
    case "otherMyNumber":
      return swap((truth) => ({ ...truth, myNumber: stranger.myNumber }));
    case "otherAddress":
      return {
        ...order,
        register: {
          resident: register.resident,
          household(id) {
            const truth = register.household(id);
            const other = register.household(stranger.householdId);
            return truth && other && { ...truth, address: other.address };
          },
        },
      };
    case "unchosenMyNumber":
      if (order.choice.kind !== "resident-record") return order;
      return { ...order, choice: { ...order.choice, options: { ...order.choice.options, myNumber: true } } };
  }
}

/** Somebody of another household who lives here and has a registered seal, so that any certificate can be drawn of them. */
export function strangerTo(order: Pick<RenderOrder, "register" | "residentIds">, people: readonly Resident[]) {
  const households = new Set(order.residentIds.map((id) => order.register.resident(id)?.householdId));
  return people.find(
    (one) => one.status === "resident" && one.seal?.state === "registered" && !households.has(one.householdId),
  );
}

function changed(
  register: RendererRegister,
  ids: readonly string[],
  change: (truth: Resident, index: number) => Resident,
): RendererRegister {
  return {
    household: (id) => register.household(id),
    resident(id) {
      const truth = register.resident(id);
      return truth && ids.includes(id) ? change(truth, ids.indexOf(id)) : truth;
    },
  };
}
