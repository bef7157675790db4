import { type Command, exitCodes, parseOptions, UsageError } from "./command.ts";
import { advice } from "./device/view.ts";
import { type Attached, attachedPorts } from "./devices/attached.ts";
import { type Configured, configuredDevices, leadsTo } from "./devices/configured.ts";
import { announcedPrinters, askPrinter } from "./devices/printers.ts";
import { pcscReaders } from "./devices/readers.ts";

/** `./madoguchi devices`: what is attached to this machine. */
export const devices: Command = {
  summary: "lists what is attached, by its stable name, and which kiosk device it is or could be",
  usage: `usage: ./madoguchi devices [KIOSK] [--printer ADDRESS]… [--json]

Lists serial ports by the name that stays (/dev/serial/by-id, else by-path), USB card readers and printers, the readers of
pcscd, and IPP printers that announce themselves. What a thing is, is only said where its USB id or class tells; a serial
adapter is an unknown serial port. Needs no rights of an administrator; a port that this user may not open is named with the
command that mends it.

  KIOSK              a kiosk.yaml or its folder: says which of its devices uses what, and which are not there
  --printer ADDRESS  asks this printer too, e.g. ipp://192.168.1.20/ipp/print; can be given again
  --json             prints {"attached":[…],"configured":[…],"notes":[…]}`,
  async run(args) {
    const { values, positionals } = parseOptions(
      args,
      { json: { type: "boolean" }, printer: { type: "string", multiple: true } },
      true,
    );
    const [place, ...more] = positionals;
    if (more.length > 0) throw new UsageError("give one KIOSK");
    const configured = place === undefined ? undefined : configuredDevices(place);
    if (configured && !configured.ok) {
      process.stderr.write(`madoguchi devices: ${advice(configured.error)}\n`);
      return exitCodes.usage;
    }
    const readers = await pcscReaders();
    const printers = [...new Set([...(values.printer ?? []), ...announcedPrinters()])];
    const attached = [
      ...attachedPorts("/"),
      ...readers.found,
      ...(await Promise.all(printers.map((address) => askPrinter(address)))),
    ];
    const survey = surveyOf(attached, configured?.value, readers.note);
    process.stdout.write(values.json ? `${JSON.stringify(survey)}\n` : describe(survey));
    return exitCodes.ok;
  },
};

interface Survey {
  readonly attached: readonly (Attached & { readonly usedBy: readonly string[] })[];
  /** Devices of the kiosk; `there` is absent where an address names nothing that is listed here. */
  readonly configured: readonly (Configured & { readonly there?: boolean })[];
  readonly notes: readonly string[];
}

function surveyOf(attached: readonly Attached[], kiosk: readonly Configured[] | undefined, note?: string): Survey {
  const listed = /^(serial|pcsc):/;
  return {
    attached: attached.map((thing) => ({
      ...thing,
      usedBy: (kiosk ?? []).filter((one) => leadsTo(one, thing)).map(({ device }) => device),
    })),
    configured: (kiosk ?? []).map((one) => ({
      ...one,
      ...(listed.test(one.address) ? { there: attached.some((thing) => leadsTo(one, thing)) } : {}),
    })),
    notes: note === undefined ? [] : [note],
  };
}

const NOTHING = `Nothing is attached that this machine can see.
  A serial device: plug it in; ls /dev/serial/by-id must name it. A card reader: pcscd must run. A printer on the
  network: give its address with --printer ipp://HOST/ipp/print. Without hardware: ./madoguchi device NAME --simulator
`;

function describe({ attached, configured, notes }: Survey): string {
  const things = attached.map((thing) => {
    const { address, path, port, usbId, what, couldBe, usedBy, trouble } = thing;
    const facts = [port === path ? undefined : port, usbId && `usb ${usbId}`].filter(Boolean).join(", ");
    return [
      `${address ?? path}${facts ? `  (${facts})` : ""}`,
      `  ${what}`,
      ...(couldBe.length > 0 ? [`  could be: ${couldBe.join(", ")}`] : []),
      ...(usedBy.length > 0 ? [`  the kiosk's ${usedBy.join(", ")}`] : []),
      ...(trouble ? [`  ${trouble.why}: ${trouble.mend}`] : []),
    ].join("\n");
  });
  const absent = configured.filter(({ there }) => there === false);
  const rest = configured.filter(({ there }) => there === undefined);
  return [
    attached.length > 0 ? `${things.join("\n")}\n` : NOTHING,
    ...absent.map(({ device, address }) => `NOT THERE: the kiosk's ${device} at ${address}\n`),
    ...rest.map(({ device, address }) => `not looked for: the kiosk's ${device} at ${address}\n`),
    ...notes.map((note) => `${note}\n`),
  ].join("");
}
