import { z } from "zod";

/**
 * The bench's language: what hands and accidents do to the simulated machine. One WebSocket; a request is
 * `{id, method, params}`, a reply `{id, ok, value}` or `{id, ok: false, failure}`, and `{event: "state", state}` comes on
 * every physical change. The kiosk never sees any of this.
 */
const none = z.strictObject({});
const denomination = z.union([z.literal(10), z.literal(50), z.literal(100), z.literal(500)]);
const card = z.strictObject({ municipality: z.string(), residentId: z.string() });

/** Every method's parameters. */
export const benchMethods = {
  /** → `BenchCitizen[]` */
  citizens: none,
  /** → `BenchState` */
  state: none,
  putCard: card,
  takeCard: none,
  insertCoin: z.strictObject({ denomination }),
  pressReturnLever: none,
  /** → coins by denomination that lay in the tray */
  takeCoins: none,
  /** → how many sheets were taken */
  takePaper: none,
  takeReceipt: none,
  /** One side of a sheet that came out, as the printer decoded it. → `{png}` base64 */
  sidePng: z.strictObject({ side: z.int().min(0) }),
  /** → `{png, text}` of the last receipts, oldest first */
  receipts: none,
  /** Accidents of the printer; see the simulator's `fault`. */
  printerFault: z.strictObject({
    fault: z.enum(["none", "mediaEmpty", "mediaJam", "doorOpen", "busy", "stopped", "refuseFormat"]),
  }),
  /** Closes or opens the link of a device: a plug pulled and put back. */
  plug: z.strictObject({ device: z.enum(["coinVendor", "receiptPrinter", "cabinet"]), connected: z.boolean() }),
  /** What the OCSP responder answers from now on. */
  ocsp: z.strictObject({ answer: z.enum(["normal", "unreachable"]) }),
} as const;
export type BenchMethod = keyof typeof benchMethods;
export type BenchParams<M extends BenchMethod> = z.infer<(typeof benchMethods)[M]>;

/** Somebody whose card lies ready at the bench. All of them are invented. */
export interface BenchCitizen {
  readonly municipality: string;
  readonly residentId: string;
  readonly name: string;
  readonly pin: string;
  /** What is special about this person, e.g. `revoked`, `under 15`. */
  readonly note: string;
}

/** What can be seen and counted on the machine. */
export interface BenchState {
  readonly card: { readonly municipality: string; readonly residentId: string } | undefined;
  readonly coins: {
    readonly escrow: Readonly<Record<string, number>>;
    readonly cashBox: Readonly<Record<string, number>>;
    readonly tray: Readonly<Record<string, number>>;
    readonly hoppers: Readonly<Record<string, number>>;
  };
  readonly sidesPrinted: number;
  readonly sheetsInTray: number;
  readonly receiptInTray: boolean;
}

export const benchRequest = z.strictObject({
  id: z.int(),
  method: z.enum(Object.keys(benchMethods) as [BenchMethod, ...BenchMethod[]]),
  params: z.unknown(),
});

export const benchReply = z.union([
  z.object({ id: z.int(), ok: z.literal(true), value: z.unknown() }),
  z.object({
    id: z.int(),
    ok: z.literal(false),
    failure: z.object({ code: z.string(), detail: z.record(z.string(), z.unknown()).optional() }),
  }),
]);
