import type { Failure } from "../../src/kernel/errors/failure.ts";
import type { Hopper } from "./hopper.ts";
import type { NoteAcceptor } from "./notes/note-acceptor.ts";
import type { ExchangeStore, StorageUnit, UnitId } from "./port.ts";

/** All storage units as they are now: states from the devices, counts from the book. */
export function storageUnits(parts: {
  readonly hoppers: readonly Hopper[];
  readonly escrowFault: () => Failure | undefined;
  readonly notes: NoteAcceptor | undefined;
  readonly store: ExchangeStore;
}): readonly StorageUnit[] {
  const { hoppers, notes, store } = parts;
  const counted = (id: UnitId) => {
    const counts = store.counts(id);
    return counts === undefined ? {} : { counts };
  };
  return [
    ...hoppers.map((hopper): StorageUnit => {
      const { denomination } = hopper;
      const id = `hopper-${denomination}` as const;
      const { state } = hopper.state();
      return { id, kind: "cashOut", denomination, state, levelSensor: hopper.levelSensor(), ...counted(id) };
    }),
    { id: "escrow", kind: "temporary", state: parts.escrowFault() ? "inoperative" : "ok", ...counted("escrow") },
    { id: "cashBox", kind: "cashIn", state: "ok", ...counted("cashBox") },
    ...(notes ? [{ id: "noteBox", kind: "cashIn", state: notes.state().state, ...counted("noteBox") } as const] : []),
  ];
}
