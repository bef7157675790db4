import type { BytePort, PortOpener } from "../../../../devices/contract/port.ts";
import { ok } from "../../../kernel/result.ts";

/** What happens on a device's link, unshortened: it may be personal until a mask has seen it. */
export type LinkNews =
  | { readonly link: "opened" | "closed" }
  | { readonly dir: "tx" | "rx"; readonly bytes: Uint8Array }
  /** A document that goes with the question before it. */
  | { readonly document: Uint8Array }
  /** A question ended without an answer. */
  | { readonly failed: string };

/** The same opener, with everything that passes told to `tell`. */
export function tapOpener(opener: PortOpener, tell: (news: LinkNews) => void): PortOpener {
  return {
    address: opener.address,
    async open(signal) {
      const opened = await opener.open(signal);
      if (!opened.ok) return opened;
      tell({ link: "opened" });
      return ok(tapPort(opened.value, tell));
    },
  };
}

function tapPort(port: BytePort, tell: (news: LinkNews) => void): BytePort {
  return {
    write(bytes) {
      tell({ dir: "tx", bytes });
      return port.write(bytes);
    },
    onData: (listener) =>
      port.onData((bytes) => {
        tell({ dir: "rx", bytes });
        listener(bytes);
      }),
    onClose: (listener) =>
      port.onClose(() => {
        tell({ link: "closed" });
        listener();
      }),
    close: port.close,
  };
}
