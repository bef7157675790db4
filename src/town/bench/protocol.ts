import { z } from "zod";
import { rendererLies } from "../lies/lies.ts";

/**
 * The bench's language: what hands and accidents do to the simulated machine. One WebSocket; a request is
 * `{id, method, params}`, a reply `{id, ok, value}` or `{id, ok: false, failure}`. After `watch` a page is also told
 * `{event: "state", state}` on every physical change and `{event: "timeline", entries}` of whatever happens. The kiosk never
 * sees any of this. Pictures are HTTP: `GET /sides/N/thumbnail.png` and `GET /sides/N/page.png`.
 */
const none = z.strictObject({});
const denomination = z.union([z.literal(10), z.literal(50), z.literal(100), z.literal(500)]);
const card = z.strictObject({ municipality: z.string(), residentId: z.string() });

/** Devices whose plug can be pulled. */
export const benchPlugs = ["coinVendor", "receiptPrinter", "cabinet", "certificatePrinter", "cardReader"] as const;
export type BenchPlug = (typeof benchPlugs)[number];

export const printerFaults = [
  "none",
  "mediaEmpty",
  "mediaJam",
  "doorOpen",
  "tonerEmpty",
  "busy",
  "stopped",
  "refuseFormat",
] as const;
export type BenchPrinterFault = (typeof printerFaults)[number];
export const receiptFaults = ["none", "paperNearEnd", "paperEnd", "coverOpen", "cutterBlocked"] as const;
export type BenchReceiptFault = (typeof receiptFaults)[number];
export const coinFaults = ["none", "pathBlocked", "escrowStuck"] as const;
export type BenchCoinFault = (typeof coinFaults)[number];
/** Doors, the tamper contact and the battery: what hands and the mains do to the cabinet, besides trays. */
export const cabinetSwitches = ["serviceDoorOpen", "cashBoxOpen", "tampered", "upsLow"] as const;
export type BenchSwitch = (typeof cabinetSwitches)[number];
export const hopperActions = ["empty", "refill", "jam", "clear"] as const;

/** Every method's parameters. */
export const benchMethods = {
  /** → `BenchSetup` */
  setup: none,
  /** → `BenchCitizen[]` */
  citizens: none,
  /** → `BenchState` */
  state: none,
  /** From now on this socket is told of changes; entries of the timeline after `after` come first. → `BenchState` */
  watch: z.strictObject({ after: z.int().min(0) }),
  putCard: card,
  takeCard: none,
  insertCoin: z.strictObject({ denomination }),
  pressReturnLever: none,
  /** → coins by denomination that lay in the tray */
  takeCoins: none,
  /** → how many sheets were taken */
  takePaper: none,
  takeReceipt: none,
  /** → `BenchSide[]`, oldest first, at most 500 from `from` on */
  sides: z.strictObject({ from: z.int().min(0) }),
  /** One side of a sheet that came out, as the printer decoded it. → `{png}` base64 */
  sidePng: z.strictObject({ side: z.int().min(0) }),
  /** → `{png, text}` of the last receipts, oldest first; all there are (at most 100), or the `last` ones */
  receipts: z.strictObject({ last: z.int().min(1).max(100).exactOptional() }),
  /** Accidents of the printer, one at a time; see the simulator's `fault`. */
  printerFault: z.strictObject({ fault: z.enum(printerFaults) }),
  /** Accidents of the receipt printer, one at a time. */
  receiptFault: z.strictObject({ fault: z.enum(receiptFaults) }),
  /** Accidents of the coin path, one at a time. */
  coinFault: z.strictObject({ fault: z.enum(coinFaults) }),
  /** Opens or shuts a door of the cabinet, breaks it open, or empties its battery. */
  cabinetSwitch: z.strictObject({ name: z.enum(cabinetSwitches), on: z.boolean() }),
  /** Presses the reset button of the I/O board. */
  resetBoard: none,
  /** Takes all coins out of a hopper, fills it up, jams its disc, or clears the jam. */
  hopper: z.strictObject({ denomination, action: z.enum(hopperActions) }),
  /** A collection: empties the cash box. → coins by denomination */
  collectCashBox: none,
  /** Closes or opens the link of a device: a plug pulled and put back. */
  plug: z.strictObject({ device: z.enum(benchPlugs), connected: z.boolean() }),
  /** What the OCSP responder answers from now on. */
  ocsp: z.strictObject({ answer: z.enum(["normal", "unreachable"]) }),
  /** Stops a process of the town (it stays stopped), starts it again, or kills it without a word. */
  process: z.strictObject({ name: z.string().min(1).max(100), action: z.enum(["stop", "start", "kill"]) }),
  /** What a municipality's renderer does from now on. */
  lie: z.strictObject({ municipality: z.string().min(1).max(20), lie: z.enum(rendererLies) }),
} as const;
export type BenchMethod = keyof typeof benchMethods;
export type BenchParams<M extends BenchMethod> = z.infer<(typeof benchMethods)[M]>;
export type BenchLie = (typeof rendererLies)[number];

/** What is special about a person or a card; `ui/locales/<language>/bench.json` has the words. */
export const citizenNotes = [
  "pinLocked",
  "itemsPinDiffers",
  "otherPin",
  "expired",
  "revoked",
  "unlinked",
  "juki",
  "phone",
  "underAge",
  "protectiveMeasures",
  "householdProtected",
  "moveNoticeFiled",
  "movePending",
  "movedOut",
  "deceased",
  "sealCancelled",
  "foreign",
  "ivsName",
  "missingGlyph",
  "privateGlyph",
  "longName",
  "largeHousehold",
] as const;
export type CitizenNote = (typeof citizenNotes)[number];

/** Somebody whose card lies ready at the bench. All of them are invented, so their PIN may be shown. */
export interface BenchCitizen {
  readonly municipality: string;
  readonly residentId: string;
  readonly name: string;
  readonly pin: string;
  /** Empty for an ordinary person with an ordinary card. */
  readonly notes: readonly CitizenNote[];
  /** What the town's `cards.csv` says besides, in whatever language. */
  readonly remark: string;
}

/** What does not change while the bench runs. */
export interface BenchSetup {
  /** Origin of the panel's page; empty when the bench was started without pages. */
  readonly panelUrl: string;
  readonly municipalities: readonly {
    readonly code: string;
    readonly name: { readonly ja: string; readonly en: string };
  }[];
  readonly lies: readonly BenchLie[];
}

type Coins = Readonly<Record<string, number>>;

/** What can be seen and counted on the machine, and how the town behind it fares. */
export interface BenchState {
  readonly card: { readonly municipality: string; readonly residentId: string } | undefined;
  readonly coins: {
    readonly slotOpen: boolean;
    readonly inTransit: Coins;
    readonly escrow: Coins;
    readonly cashBox: Coins;
    readonly tray: Coins;
    readonly hoppers: Coins;
    readonly fault: BenchCoinFault;
    /** Denominations whose hopper is jammed. */
    readonly jammed: readonly number[];
  };
  readonly printer: {
    readonly state: "idle" | "processing" | "stopped";
    readonly fault: BenchPrinterFault;
    /** Blank sheets in the paper tray. */
    readonly blankSheets: number;
  };
  readonly receiptPrinter: { readonly fault: BenchReceiptFault };
  readonly cabinet: {
    /** Which lamps shine at this moment; a blinking one comes and goes. */
    readonly lights: Readonly<Record<string, boolean>>;
    readonly buzzer: boolean;
    /** Whether the board's relays let these have power. */
    readonly power: { readonly host: boolean; readonly cardReader: boolean };
    readonly switches: Readonly<Record<BenchSwitch, boolean>>;
  };
  readonly sidesPrinted: number;
  /** Printed sheets in the output tray. */
  readonly sheetsInTray: number;
  readonly receiptInTray: boolean;
  /** How many receipts can be asked for. */
  readonly receiptsKept: number;
  readonly plugs: Readonly<Record<BenchPlug, boolean>>;
  readonly ocsp: "normal" | "unreachable";
  readonly processes: readonly {
    readonly name: string;
    readonly state: "running" | "starting" | "stopped" | "ended";
    readonly pid?: number | undefined;
  }[];
  /** By municipality code; one that is not named is honest. */
  readonly lies: Readonly<Record<string, BenchLie>>;
}

/** One side of a sheet. `waste`: the sheet jammed and never reached the tray. */
export interface BenchSide {
  readonly side: "front" | "back";
  readonly documentId: string;
  readonly waste: boolean;
}

/**
 * Something that happened. `journal`: a row of the kiosk's journal; `event`: a log line of a process; `wire`: a message
 * between the kiosk and a device. Personal data stands in none of them: PINs are masked, and of what a card answers only
 * the length is told.
 */
export interface TimelineEntry {
  /** Rises by one with every entry. */
  readonly seq: number;
  /** Wall time in milliseconds. */
  readonly atMs: number;
  readonly kind: "journal" | "event" | "wire";
  /** The process that logged, or the device on whose wire it was. */
  readonly source: string;
  /** Kind of the row, name of the event, or name of the message. */
  readonly name: string;
  readonly level: "debug" | "info" | "warn" | "error";
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What a watching page is told unasked. `missed`: entries that were dropped because the page was too slow. */
export type BenchEvent =
  | { readonly event: "state"; readonly state: BenchState }
  | { readonly event: "timeline"; readonly entries: readonly TimelineEntry[]; readonly missed: number };

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

/** What arrives unasked; its content is the server's own. */
export const benchEvent = z.union([
  z.object({ event: z.literal("state"), state: z.custom<BenchState>((value) => typeof value === "object") }),
  z.object({
    event: z.literal("timeline"),
    entries: z.array(z.custom<TimelineEntry>((value) => typeof value === "object")),
    missed: z.int(),
  }),
]);
