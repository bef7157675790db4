import type { BytePort } from "../../../../devices/contract/port.ts";

/** Hears the bytes of a connection: `toDevice` comes from the kiosk. */
export type Eavesdrop = (direction: "toDevice" | "toKiosk", bytes: Uint8Array) => void;

/** The device's end of a connection, with somebody who listens to both directions and changes nothing. */
export function tappedPort(port: BytePort, hear: Eavesdrop): BytePort {
  return {
    write(bytes) {
      hear("toKiosk", bytes);
      return port.write(bytes);
    },
    onData: (listener) =>
      port.onData((bytes) => {
        hear("toDevice", bytes);
        listener(bytes);
      }),
    onClose: (listener) => port.onClose(listener),
    close: () => port.close(),
  };
}
