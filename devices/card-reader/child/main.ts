import { type Failure, failure } from "../../../src/kernel/errors/failure.ts";
import { ok, type Result } from "../../../src/kernel/result.ts";
import { parseReaderAddress } from "../reader-address.ts";
import type { FromChild, ToChild } from "./messages.ts";
import type { ReaderTransport, TransportNews } from "./transport.ts";

/**
 * The reader's own process: `main.ts <address>`, forked by the kiosk, because a silent card blocks PC/SC for ever and only
 * a process can be abandoned. It has no configuration, no log and no clock: it carries commands between the IPC channel and
 * one reader, and ends when its parent is gone. It takes no part in `runProcess` so that it starts fast.
 */

function tell(message: FromChild, sent?: () => void): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => sent?.());
  else sent?.();
}

const news: TransportNews = {
  available: () => tell({ kind: "available" }),
  unavailable: (cause) => tell({ kind: "unavailable", cause }),
  presence: (present) => tell({ kind: "presence", present }),
  giveUp(cause: Failure) {
    tell({ kind: "unavailable", cause }, () => process.exit(1));
  },
};

/** Only the transport that is asked for is loaded: the embedded default has no native add-on. */
async function open(text: string): Promise<ReaderTransport | undefined> {
  const address = parseReaderAddress(text);
  if (!address.ok) {
    news.giveUp(failure("K-CARD-112", { address: text }, address.error));
    return undefined;
  }
  if (address.value.scheme === "pcsc") {
    return (await import("./pcsc-transport.ts")).createPcscTransport(address.value.readerName, news);
  }
  return (await import("./unix-transport.ts")).createUnixTransport(address.value.path, news);
}

async function carryOut(transport: ReaderTransport, request: ToChild): Promise<Result<Uint8Array>> {
  const nothing = new Uint8Array();
  if (request.kind === "transmit") {
    const response = await transport.transmit(request.apdu);
    request.apdu.fill(0);
    return response;
  }
  if (request.kind === "disconnect") {
    await transport.disconnect();
    return ok(nothing);
  }
  const connected = await transport.connect();
  return connected.ok ? ok(nothing) : connected;
}

process.on("disconnect", () => process.exit(0));
const transport = open(process.argv[2] ?? "");
let tail = transport.then(() => {});
process.on("message", (request: ToChild) => {
  tail = tail.then(async () => {
    const to = await transport;
    if (!to) return;
    const result = await carryOut(to, request);
    tell({ kind: "answer", id: request.id, result }, () => {
      if (result.ok) result.value.fill(0);
    });
  });
});
