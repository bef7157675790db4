import { z } from "zod";
import { rendererLies } from "../lies/lies.ts";

/**
 * What the bench and the town's supervisor, which started it, say to each other over the IPC channel between them. The
 * bench asks, the supervisor answers each question once, and tells unasked how the processes fare.
 */
const name = z.string().min(1).max(100);

/** Bench → supervisor. */
export const toSupervisor = z.discriminatedUnion("ask", [
  /** Answered by `town` besides the answer itself. */
  z.strictObject({ ask: z.literal("town"), id: z.int() }),
  z.strictObject({ ask: z.literal("process"), id: z.int(), name, action: z.enum(["stop", "start", "kill"]) }),
  /** Puts the lying issuing server in the place of a municipality's honest one, or the honest one back (`none`). */
  z.strictObject({ ask: z.literal("lie"), id: z.int(), municipality: name, lie: z.enum(rendererLies) }),
]);
export type ToSupervisor = z.output<typeof toSupervisor>;

const processReport = z.strictObject({
  name,
  state: z.enum(["running", "starting", "stopped", "ended"]),
  pid: z.int().exactOptional(),
});

/** How the town fares: its processes by name, and which lie each municipality's renderer tells. */
const townReport = z.strictObject({
  processes: z.array(processReport).max(1_000),
  lies: z.record(name, z.enum(rendererLies)),
});
export type TownReport = z.output<typeof townReport>;

/** Supervisor → bench. */
export const toBench = z.discriminatedUnion("say", [
  z.strictObject({ say: z.literal("town"), town: townReport }),
  z.strictObject({
    say: z.literal("answer"),
    id: z.int(),
    failure: z
      .strictObject({ code: z.string(), detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])) })
      .exactOptional(),
  }),
]);
export type ToBench = z.output<typeof toBench>;
