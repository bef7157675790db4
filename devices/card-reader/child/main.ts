import type { Failure } from "../../../src/kernel/errors/failure.ts";
import type { Result } from "../../../src/kernel/result.ts";
import type { FromChild, ToChild } from "./messages.ts";
import { done } from "./outcome.ts";
import type { ReaderTransport, TransportNews } from "./transport.ts";

/**
 * The reader's own process: `main.ts pcsc NAME` or `main.ts unix PATH`, forked by the kiosk, because a silent card blocks PC/SC for ever and only
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
async function open(scheme: string, rest: string): Promise<ReaderTransport> {
  if (scheme === "pcsc") return (await import("./pcsc-transport.ts")).createPcscTransport(rest, news);
  return (await import("./unix-transport.ts")).createUnixTransport(rest, news);
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
    return done(nothing);
  }
  const connected = await transport.connect();
  return connected.ok ? done(nothing) : connected;
}

process.on("disconnect", () => process.exit(0));
// Ctrl-C and a service manager signal the whole group; this process ends with its parent, which still has a card to reset.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});
const [, , scheme = "", rest = ""] = process.argv;
const transport = open(scheme, rest);
let tail = transport.then(() => {});
process.on("message", (request: ToChild) => {
  tail = tail.then(async () => {
    const result = await carryOut(await transport, request);
    tell({ kind: "answer", id: request.id, result }, () => {
      if (result.ok) result.value.fill(0);
    });
  });
});
