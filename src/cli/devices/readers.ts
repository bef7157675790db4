import { connect } from "node:net";
import type pcsclite from "@pokusew/pcsclite";
import type { Attached } from "./attached.ts";

/** Where pcscd listens unless its environment says otherwise (pcsc-lite's compiled-in path on Debian). */
const PCSCD_SOCKET = "/run/pcscd/pcscd.comm";
/** Every reader is told soon after the beginning, and the end of them by nothing. */
const LISTEN_MS = 700;

type CardReader = Parameters<Parameters<ReturnType<typeof pcsclite>["on"]>[1]>[0];

/** What pcscd says of card readers; `note` when it cannot be asked. */
export interface Readers {
  readonly found: readonly Attached[];
  readonly note?: string;
}

/** Asks pcscd for its readers. */
export async function pcscReaders(): Promise<Readers> {
  // The add-on waits in a busy loop for a service that is not there, so its socket is asked first.
  if (!(await answers(process.env.PCSCLITE_CSOCK_NAME ?? PCSCD_SOCKET))) {
    return { found: [], note: "pcscd does not run: PC/SC readers are not listed (sudo systemctl start pcscd)" };
  }
  let open: typeof pcsclite;
  try {
    open = (await import("@pokusew/pcsclite")).default;
  } catch {
    return {
      found: [],
      note: "the pcsclite add-on is not built: PC/SC readers are not listed (./madoguchi doctor --fix)",
    };
  }
  const found: CardReader[] = [];
  const context = open();
  context.on("error", () => {});
  context.on("reader", (reader) => {
    reader.on("error", () => {});
    found.push(reader);
  });
  await new Promise((resolve) => setTimeout(resolve, LISTEN_MS));
  const names = found.map(({ name }) => name);
  // Each reader is watched by a thread that would keep this process.
  for (const reader of found) reader.close();
  context.close();
  return {
    found: names.sort().map((name) => ({
      kind: "pcscReader",
      address: `pcsc:${name}`,
      path: name,
      what: "card reader of pcscd",
      couldBe: ["card-reader"],
    })),
  };
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
