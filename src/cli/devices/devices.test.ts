import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { forbidden } from "../device/claim-port.ts";
import { attachedPorts } from "./attached.ts";
import { leadsTo } from "./configured.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "madoguchi-devices-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function file(path: string, text = ""): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function link(path: string, target: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  symlinkSync(relative(dirname(join(root, path)), join(root, target)), join(root, path));
}

/** A USB device with one interface that is a serial port, as the kernel lays it out. */
function usbSerial(name: string, place: string, ids: readonly [string, string], product?: string): void {
  const usb = `sys/devices/pci0/usb1/${place}`;
  file(`${usb}/idVendor`, `${ids[0]}\n`);
  file(`${usb}/idProduct`, `${ids[1]}\n`);
  if (product) file(`${usb}/product`, `${product}\n`);
  file(`${usb}/${place}:1.0/${name}/tty/${name}/dev`);
  link(`${usb}/${place}:1.0/${name}/tty/${name}/device`, `${usb}/${place}:1.0/${name}`);
  link(`sys/class/tty/${name}`, `${usb}/${place}:1.0/${name}/tty/${name}`);
  file(`dev/${name}`);
}

describe("what is attached", () => {
  it("is nothing on a machine without anything, whatever ports the kernel prepares", () => {
    expect(attachedPorts(root)).toEqual([]);
    file("sys/devices/platform/serial8250/tty/ttyS1/dev");
    link("sys/class/tty/ttyS1", "sys/devices/platform/serial8250/tty/ttyS1");
    file("dev/ttyS1");
    expect(attachedPorts(root)).toEqual([]);
  });

  it("is called by its id, else by its path, else by the name that may change", () => {
    usbSerial("ttyUSB0", "1-1", ["0403", "6001"]);
    link("dev/serial/by-id/usb-FTDI_A1", "dev/ttyUSB0");
    link("dev/serial/by-path/pci-0-usb-1", "dev/ttyUSB0");
    usbSerial("ttyUSB1", "1-2", ["1a86", "7523"]);
    link("dev/serial/by-path/pci-0-usb-2", "dev/ttyUSB1");
    usbSerial("ttyUSB2", "1-3", ["ffff", "0001"]);
    const [first, second, third] = attachedPorts(root);
    expect(first).toMatchObject({ address: `serial:${root}/dev/serial/by-id/usb-FTDI_A1`, usbId: "0403:6001" });
    expect(second).toMatchObject({ path: `${root}/dev/serial/by-path/pci-0-usb-2`, port: `${root}/dev/ttyUSB1` });
    expect(third?.what).toContain("there is no stable one");
  });

  it("is never guessed: an adapter could be anything, only an id that tells is taken at its word", () => {
    usbSerial("ttyUSB0", "1-1", ["0403", "6001"], "Coin Vendor 9000");
    usbSerial("ttyACM0", "1-2", ["2341", "0043"]);
    usbSerial("ttyACM1", "1-3", ["ffff", "0001"]);
    const byPort = new Map(attachedPorts(root).map((thing) => [thing.port, thing]));
    expect(byPort.get(join(root, "dev/ttyUSB0"))).toMatchObject({ couldBe: [] });
    expect(byPort.get(join(root, "dev/ttyUSB0"))?.what).toContain('says "Coin Vendor 9000"');
    expect(byPort.get(join(root, "dev/ttyACM0"))).toMatchObject({ couldBe: ["cabinet"] });
    expect(byPort.get(join(root, "dev/ttyACM1"))).toMatchObject({ couldBe: [] });
    expect(byPort.get(join(root, "dev/ttyACM1"))?.what).toMatch(/^unknown serial/);
  });

  it("tells card readers and printers on USB by their class", () => {
    for (const [place, usbClass] of [
      ["2-1", "0b"],
      ["2-2", "07"],
      ["2-3", "03"],
    ]) {
      const usb = `sys/devices/pci0/usb2/${place}`;
      file(`${usb}/idVendor`, "1234");
      file(`${usb}/idProduct`, "5678");
      file(`${usb}/${place}:1.0/bInterfaceClass`, `${usbClass}\n`);
      link(`sys/bus/usb/devices/${place}:1.0`, `${usb}/${place}:1.0`);
    }
    expect(attachedPorts(root)).toMatchObject([
      { kind: "usbCardReader", usbId: "1234:5678", couldBe: ["card-reader"] },
      { kind: "usbPrinter", couldBe: [] },
    ]);
  });

  it("is found by a configured address under whatever name", () => {
    usbSerial("ttyUSB0", "1-1", ["0403", "6001"]);
    link("dev/serial/by-id/usb-FTDI_A1", "dev/ttyUSB0");
    link("dev/serial/by-path/pci-0-usb-1", "dev/ttyUSB0");
    const [thing] = attachedPorts(root);
    if (!thing) throw new Error("nothing is attached");
    const leads = (address: string) => leadsTo({ device: "coin-vendor", address }, thing);
    for (const name of ["ttyUSB0", "serial/by-id/usb-FTDI_A1", "serial/by-path/pci-0-usb-1"]) {
      expect(leads(`serial:${root}/dev/${name}?baud=9600`), name).toBe(true);
    }
    expect(leads(`serial:${root}/dev/ttyUSB1`)).toBe(false);
    expect(leads("unix:/run/coins")).toBe(false);
  });
});

describe("a port that this user may not open", () => {
  const refuse = () => {
    throw Object.assign(new Error("EACCES"), { code: "EACCES" });
  };

  it("is mended by joining its group, or by giving it to the group of Debian first", () => {
    file("dev/ttyUSB0");
    const port = join(root, "dev/ttyUSB0");
    chmodSync(port, 0o600);
    expect(forbidden(port, refuse)).toBe(
      `sudo chgrp dialout ${port} && sudo chmod g+rw ${port} && sudo usermod -aG dialout $USER`,
    );
    expect(forbidden("/dev/null", refuse)).toMatch(/usermod -aG \w+ \$USER$/);
  });

  it("is not one that this user may open, and not one that is not there", () => {
    file("dev/ttyUSB0");
    expect(forbidden(join(root, "dev/ttyUSB0"))).toBeUndefined();
    expect(forbidden(join(root, "dev/ttyUSB9"))).toBeUndefined();
  });
});
