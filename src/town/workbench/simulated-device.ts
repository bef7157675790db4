import { generateKeyPairSync } from "node:crypto";
import { createCabinetSimulator } from "../../../devices/cabinet/simulator/index.ts";
import { insertCard } from "../../../devices/card-reader/simulator/insert-card.ts";
import { createSimulatedCard } from "../../../devices/card-reader/simulator/simulated-card.ts";
import { createCoinVendorSimulator } from "../../../devices/coin-vendor/simulator/index.ts";
import type { DeviceName } from "../../../devices/contract/device-names.ts";
import type { Clock } from "../../kernel/clock.ts";
import { ok, type Result } from "../../kernel/result.ts";
import { startPlug } from "../bench/plug.ts";

/** What hands and accidents can do to a simulated device; false when the words are not understood. */
export interface Hand {
  readonly usage: string;
  readonly summary: string;
  act(words: readonly string[]): boolean;
}

/** A simulated device on a link of its own. */
export interface SimulatedDevice {
  /** As the device would have it in kiosk.yaml. */
  readonly link: string;
  readonly hands: Readonly<Record<string, Hand>>;
  close(): Promise<void>;
}

const COINS_IN_EACH_HOPPER = 40;
const coins = [10, 50, 100, 500] as const;

/** Starts the simulator of one device; its socket lies in `folder`, which is the caller's. */
export async function startSimulatedDevice(
  device: DeviceName,
  context: { readonly clock: Clock; readonly folder: string },
): Promise<Result<SimulatedDevice>> {
  switch (device) {
    case "coin-vendor":
      return await coinVendor(context);
    case "receipt-printer":
      return await receiptPrinter(context);
    case "cabinet":
      return await cabinet(context);
    case "certificate-printer":
      return await certificatePrinter(context.clock);
    case "card-reader":
      return cardReader(context);
  }
}

type Context = Parameters<typeof startSimulatedDevice>[1];

const onOff = (word: string | undefined) => (word === "on" ? true : word === "off" ? false : undefined);

/** A hand that is switched on and off. */
function toggle(usage: string, summary: string, set: (on: boolean) => void): Hand {
  return {
    usage: `${usage} on|off`,
    summary,
    act([word]) {
      const on = onOff(word);
      if (on !== undefined) set(on);
      return on !== undefined;
    },
  };
}

/** A hand that does one thing with one of several words. */
function choice<W extends string>(usage: string, summary: string, words: readonly W[], act: (word: W) => void): Hand {
  return {
    usage: `${usage} ${words.join("|")}`,
    summary,
    act([word]) {
      const found = words.find((known) => known === word);
      if (found) act(found);
      return found !== undefined;
    },
  };
}

async function coinVendor({ clock, folder }: Context): Promise<Result<SimulatedDevice>> {
  const stock = Object.fromEntries(coins.map((coin) => [coin, COINS_IN_EACH_HOPPER]));
  const machine = createCoinVendorSimulator({ clock, hoppers: stock });
  const path = `${folder}/coins`;
  const plug = await startPlug(path, machine.attach);
  if (!plug.ok) return plug;
  const coinOf = (word: string) => coins.find((coin) => String(coin) === word);
  return ok({
    link: `unix:${path}`,
    close: plug.value.close,
    hands: {
      insert: choice("insert", "a coin into the slot", ["10", "50", "100", "500", "foreign"], (word) => {
        machine.insertCoin(coinOf(word) ?? "foreign");
      }),
      jam: choice("jam", "the hopper jams at its next coin", ["10", "50", "100", "500"], (word) => {
        const coin = coinOf(word);
        if (coin) machine.jam(coin, 0);
      }),
      lever: choice("lever", "the return lever", ["press"], machine.pressReturnLever),
      block: toggle("block", "a thing in the coin path", machine.blockCoinPath),
      power: choice("power", "off and on", ["cycle"], () => machine.powerCycle()),
      cable: cable(plug.value),
    },
  });
}

function cable(plug: { setConnected(connected: boolean): Promise<unknown> }): Hand {
  return choice("cable", "the plug", ["pull", "put"], (word) => void plug.setConnected(word === "put"));
}

async function receiptPrinter({ clock, folder }: Context): Promise<Result<SimulatedDevice>> {
  const { createReceiptPrinterSimulator } = await import("../../../devices/receipt-printer/simulator/index.ts");
  const machine = createReceiptPrinterSimulator({ clock, lineMs: 20 });
  const path = `${folder}/receipts`;
  const plug = await startPlug(path, machine.attach);
  if (!plug.ok) return plug;
  return ok({
    link: `unix:${path}`,
    close: plug.value.close,
    hands: {
      paper: choice("paper", "the roll", ["full", "nearEnd", "end"], machine.setPaper),
      cover: choice("cover", "the cover", ["open", "close"], (word) =>
        word === "open" ? machine.openCover() : machine.closeCover(),
      ),
      cutter: choice("cutter", "torn paper in the cutter", ["block", "clear"], (word) =>
        word === "block" ? machine.blockCutter() : machine.clearCutter(),
      ),
      power: toggle("power", "the power", machine.setPower),
      cable: cable(plug.value),
    },
  });
}

async function cabinet({ folder }: Context): Promise<Result<SimulatedDevice>> {
  const machine = createCabinetSimulator();
  const path = `${folder}/cabinet`;
  const plug = await startPlug(path, machine.attach);
  if (!plug.ok) return plug;
  const sensor = (name: Parameters<typeof machine.setSensor>[0], summary: string) =>
    toggle(name, summary, (on) => machine.setSensor(name, on));
  return ok({
    link: `unix:${path}`,
    close: plug.value.close,
    hands: {
      documentPresent: sensor("documentPresent", "paper in the tray"),
      receiptPresent: sensor("receiptPresent", "a receipt in the mouth"),
      coinsPresent: sensor("coinsPresent", "coins in the tray"),
      cardLeft: sensor("cardLeft", "a card on its tray"),
      freeze: toggle("freeze", "the board's program hangs", machine.freeze),
      reset: choice("reset", "the board starts again", ["board"], machine.restartBoard),
      cable: cable(plug.value),
    },
  });
}

async function certificatePrinter(clock: Clock): Promise<Result<SimulatedDevice>> {
  const { startPrinterSimulator } = await import("../../../devices/certificate-printer/simulator/simulator.ts");
  const started = await startPrinterSimulator({ clock, sheetMs: 1_000 });
  if (!started.ok) return started;
  const printer = started.value;
  const faults = ["media-empty", "media-jam", "door-open", "toner-empty", "paused"] as const;
  return ok({
    link: printer.address,
    close: printer.close,
    hands: {
      ...Object.fromEntries(
        faults.map((fault) => [fault, toggle(fault, "a fault of the printer", (on) => printer.setFault(fault, on))]),
      ),
      cable: choice("cable", "the network cable", ["pull", "put"], (word) => void printer.setPlugged(word === "put")),
    },
  });
}

/** An invented card without certificates of anybody: its keys are made now and forgotten with the process. */
function cardReader({ clock, folder }: Context): Result<SimulatedDevice> {
  const path = `${folder}/reader`;
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const certificate = Uint8Array.from(publicKey.export({ type: "spki", format: "der" }));
  const identity = { certificate, privateKey, authority: certificate };
  const card = createSimulatedCard({
    profile: {
      kind: "myNumberCard",
      auth: identity,
      signing: identity,
      items: { name: "架空　花子", address: "架空県見本市一丁目２番３号", birthDate: "1984-02-29", sex: "2" },
      common: { serial: "000000000000001", municipalityCode: "99201", expiry: "20330101" },
    },
  });
  const put = () => insertCard(card, `unix:${path}`, { clock });
  let lying = put();
  if (!lying.ok) return lying;
  return ok({
    link: `unix:${path}`,
    async close() {
      if (lying.ok) await lying.value.remove();
    },
    hands: {
      card: choice("card", "the card (PIN 1234)", ["put", "take"], (word) => {
        if (lying.ok) void lying.value.remove();
        if (word === "put") lying = put();
      }),
      contact: choice("contact", "the card says nothing any more", ["lose", "mend"], (word) =>
        word === "lose" ? card.goSilentAfter(0) : card.recover(),
      ),
    },
  });
}
