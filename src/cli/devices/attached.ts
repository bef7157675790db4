import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { DeviceName } from "../../../devices/contract/device-names.ts";
import { forbidden } from "../device/claim-port.ts";
import { knownSerial } from "./known-usb.ts";

/** One thing that is attached to this machine. */
export interface Attached {
  readonly kind: "serial" | "usbPrinter" | "usbCardReader" | "pcscReader" | "ippPrinter";
  /** How `./madoguchi device --port` and kiosk.yaml take it; absent where no link of ours reaches it. */
  readonly address?: string;
  /** The name that stays the same over restarts and plugging, where there is one. */
  readonly path: string;
  /** What the kernel calls it now. */
  readonly port?: string;
  readonly usbId?: string;
  readonly what: string;
  readonly couldBe: readonly DeviceName[];
  /** Why it cannot be used as it is, and the command that mends it. */
  readonly trouble?: { readonly why: string; readonly mend: string };
}

/** USB interface classes of usb.org. */
const CLASS_SMART_CARD = "0b";
const CLASS_PRINTER = "07";

/** What the kernel knows: serial ports, and USB devices whose class tells what they are. `root` is `/` outside of tests. */
export function attachedPorts(root: string): readonly Attached[] {
  return [...serialPorts(root), ...usbByClass(root)];
}

function serialPorts(root: string): readonly Attached[] {
  const stable = stableNames(root);
  const named = names(join(root, "sys/class/tty")).filter((name) => isPort(root, name));
  return named.map((name): Attached => {
    const port = join(root, "dev", name);
    const path = stable.get(port) ?? port;
    const usb = usbOf(join(root, "sys/class/tty", name, "device"));
    const mend = forbidden(port);
    const { what, couldBe } = knownSerial(usb?.id);
    const says = usb?.product ? `${what} (says "${usb.product}")` : what;
    return {
      kind: "serial",
      address: `serial:${path}`,
      path,
      port,
      ...(usb ? { usbId: usb.id } : {}),
      what: path === port ? `${says}; its name may change, there is no stable one` : says,
      couldBe,
      ...(mend ? { trouble: { why: "this user may not open it", mend: `${mend}, then log in again` } } : {}),
    };
  });
}

/** Adapters always; of the ports that every kernel prepares only those with hardware behind them. */
function isPort(root: string, name: string): boolean {
  if (!existsSync(join(root, "dev", name))) return false;
  if (/^tty(USB|ACM)\d+$/.test(name)) return true;
  if (!/^tty(S|AMA|THS)\d+$/.test(name)) return false;
  return !realpathSync(join(root, "sys/class/tty", name)).includes("/platform/serial8250/");
}

/** By port; a name by id is better than one by path, because it moves with the plug. */
function stableNames(root: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const folder of ["dev/serial/by-path", "dev/serial/by-id"]) {
    for (const name of names(join(root, folder))) {
      const link = join(root, folder, name);
      try {
        found.set(realpathSync(link), link);
      } catch {
        // The plug was pulled this moment.
      }
    }
  }
  return found;
}

function usbByClass(root: string): readonly Attached[] {
  const devices = join(root, "sys/bus/usb/devices");
  return names(devices).flatMap((name): Attached[] => {
    const usbClass = text(join(devices, name, "bInterfaceClass"));
    if (usbClass !== CLASS_PRINTER && usbClass !== CLASS_SMART_CARD) return [];
    const usb = usbOf(join(devices, name));
    const label = `${usb?.product ?? "no name"}${usb ? ` (${usb.id})` : ""}`;
    const common = { path: `usb ${name}`, ...(usb ? { usbId: usb.id } : {}) };
    if (usbClass === CLASS_SMART_CARD) {
      return [
        {
          ...common,
          kind: "usbCardReader",
          what: `card reader ${label}, reached through pcscd`,
          couldBe: ["card-reader"],
        },
      ];
    }
    const what = `printer ${label}; no link of ours reaches a USB printer: use its serial or network port`;
    return [{ ...common, kind: "usbPrinter", what, couldBe: [] }];
  });
}

/** The USB device that a device of the kernel belongs to. */
function usbOf(device: string): { readonly id: string; readonly product: string | undefined } | undefined {
  if (!existsSync(device)) return undefined;
  for (let at = realpathSync(device); basename(at) !== "" && basename(at) !== "sys"; at = dirname(at)) {
    const [vendor, product] = [text(join(at, "idVendor")), text(join(at, "idProduct"))];
    if (vendor && product) return { id: `${vendor}:${product}`, product: text(join(at, "product")) };
  }
  return undefined;
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function text(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return undefined;
  }
}
