import { connect as connectSocket } from "node:net";
import type pcsclite from "@pokusew/pcsclite";
import type { ErrorCode } from "../../../src/kernel/errors/catalogue.ts";
import type { Result } from "../../../src/kernel/result.ts";
import { MAX_RESPONSE_DATA_BYTES } from "../apdu/apdu.ts";
import { chooseReader, listOf } from "./choose-reader.ts";
import { done, failure, messageOf, refuse } from "./outcome.ts";
import type { ReaderTransport, TransportNews } from "./transport.ts";

type Context = ReturnType<typeof pcsclite>;
type PcscReader = Parameters<Parameters<Context["on"]>[1]>[0];

/** Where pcscd listens unless its environment says otherwise (pcsc-lite's compiled-in path on Debian). */
const PCSCD_SOCKET = "/run/pcscd/pcscd.comm";
/** How often to look whether pcscd is there again. */
const PROBE_MS = 500;
/** The context tells the readers that are there within a few milliseconds of its opening. */
const FIRST_LIST_MS = 500;
/** Response data and status word. */
const MAX_RESPONSE_BYTES = MAX_RESPONSE_DATA_BYTES + 2;

/** PC/SC error codes (winscard.h) → errors of the catalogue; any other is a card that went away or a broken reader. */
const pcscErrors: ReadonlyMap<number, ErrorCode> = new Map([
  [0x8010000b, "K-CARD-110"], // SCARD_E_SHARING_VIOLATION
  [0x8010000c, "K-CARD-101"], // SCARD_E_NO_SMARTCARD
  [0x80100069, "K-CARD-103"], // SCARD_W_REMOVED_CARD
  [0x80100068, "K-CARD-103"], // SCARD_W_RESET_CARD
  [0x80100067, "K-CARD-103"], // SCARD_W_UNPOWERED_CARD
  [0x80100066, "K-CARD-103"], // SCARD_W_UNRESPONSIVE_CARD
  [0x80100016, "K-CARD-103"], // SCARD_E_NOT_TRANSACTED
  [0x8010002f, "K-CARD-103"], // SCARD_E_COMM_DATA_LOST
] as const);

/** One reader that pcscd knows, and what it said last. */
interface KnownReader {
  readonly handle: PcscReader;
  present: boolean;
}

/**
 * A real reader over pcscd, by the maintained line of pcsclite: EXCLUSIVE, because the PIN state of a SHARED connection
 * leaks to other programs, and disconnected with a reset. Any error of the context gives the process up: no binding
 * reconnects after a restart of pcscd, and a new process is the cleanest new context.
 *
 * Other readers of the machine are only known by name, and only to find out which one is meant (`chooseReader`): a card on
 * one of them is not ours. The choice is made anew whenever a reader is plugged in or out.
 */
export function createPcscTransport(readerName: string, news: TransportNews, open = openPcsc): ReaderTransport {
  const known = new Map<string, KnownReader>();
  let ours: KnownReader | undefined;
  let protocol = 0;
  let present = false;
  let deciding = false;
  let unplugged = false;

  const tellPresence = (now: boolean) => {
    if (now === present) return;
    present = now;
    news.presence(now);
  };

  const decide = () => {
    deciding = false;
    const choice = chooseReader([...known.keys()], readerName);
    const chosen = "name" in choice ? known.get(choice.name) : undefined;
    if (chosen && chosen === ours) return;
    if (ours) void release(ours.handle);
    ours = chosen;
    tellPresence(false);
    if (chosen) {
      unplugged = false;
      news.available();
      tellPresence(chosen.present);
    } else if ("refusal" in choice) {
      const gone = unplugged && choice.refusal.code === "K-CARD-114";
      const why = { why: "the reader was unplugged", readers: listOf([...known.keys()]) };
      news.unavailable(gone ? failure("K-CARD-105", why) : choice.refusal);
    }
  };
  /** Readers that are found together are told one after the other: the choice waits for all of them. */
  const decideSoon = () => {
    if (deciding) return;
    deciding = true;
    setImmediate(decide);
  };

  const learn = (handle: PcscReader) => {
    const reader: KnownReader = { handle, present: false };
    known.set(handle.name, reader);
    handle.on("error", (error: unknown) => {
      // Somebody else's reader may break as it likes; when the service is gone, ours says so, too.
      if (reader === ours) news.giveUp(failure("K-CARD-105", { why: messageOf(error) }));
    });
    handle.on("status", ({ state }) => {
      reader.present = (state & handle.SCARD_STATE_PRESENT) !== 0 && (state & handle.SCARD_STATE_MUTE) === 0;
      if (reader === ours) tellPresence(reader.present);
    });
    handle.on("end", () => {
      if (known.get(handle.name) === reader) known.delete(handle.name);
      if (reader === ours) {
        ours = undefined;
        unplugged = true;
        tellPresence(false);
      }
      decideSoon();
    });
    decideSoon();
  };

  void open(news).then((context) => {
    if (!context) return;
    context.on("error", (error: unknown) => news.giveUp(failure("K-CARD-105", { why: messageOf(error) })));
    context.on("reader", learn);
    // Where there is no reader at all, nothing is ever told.
    setTimeout(decideSoon, FIRST_LIST_MS);
  });

  return {
    async connect() {
      const to = ours?.handle;
      if (!to) return refuse("K-CARD-105");
      // A session that ended because the card moved is still connected for the add-on, which would then connect to nothing.
      if (to.connected) await release(to);
      if (to.connected) {
        const cause = failure("K-CARD-105", { why: "the last connection to a card cannot be ended" });
        news.giveUp(cause);
        return refuse(cause.code, cause.detail);
      }
      const connected = await connectExclusively(to);
      if (connected.ok) {
        protocol = connected.value;
        return done(undefined);
      }
      if (connected.error.code !== "K-CARD-101" || !ours?.present) return connected;
      await wake(to);
      const again = await connectExclusively(to);
      if (again.ok) protocol = again.value;
      return again.ok ? done(undefined) : again;
    },
    transmit(apdu) {
      const to = ours?.handle;
      if (!to) return Promise.resolve(refuse("K-CARD-105"));
      const command = Buffer.from(apdu.buffer, apdu.byteOffset, apdu.byteLength);
      return new Promise((resolve) =>
        to.transmit(command, MAX_RESPONSE_BYTES, protocol, (error: unknown, response) =>
          resolve(error ? refused(error) : done(new Uint8Array(response))),
        ),
      );
    },
    disconnect: () => (ours ? release(ours.handle) : Promise.resolve()),
  };
}

function connectExclusively(reader: PcscReader): Promise<Result<number>> {
  const options = {
    share_mode: reader.SCARD_SHARE_EXCLUSIVE,
    protocol: reader.SCARD_PROTOCOL_T0 | reader.SCARD_PROTOCOL_T1,
  };
  return new Promise((resolve) =>
    reader.connect(options, (error: unknown, protocol) => resolve(error ? refused(error) : done(protocol))),
  );
}

/**
 * A card that lost its field for less than pcscd's polling interval (400 ms) was never absent for the poll, but pcscd may
 * have failed to reset it meanwhile: it then says "present" and refuses every connection until the card is lifted (observed
 * with pcscd 1.9.9). A direct connection powers nothing and needs no card; ending it with a reset does power the card.
 */
function wake(reader: PcscReader): Promise<void> {
  return new Promise((resolve) =>
    reader.connect({ share_mode: reader.SCARD_SHARE_DIRECT, protocol: 0 }, (error: unknown) => {
      if (error) resolve();
      else void release(reader).then(resolve);
    }),
  );
}

function release(reader: PcscReader): Promise<void> {
  return new Promise((resolve) => reader.disconnect(reader.SCARD_RESET_CARD, () => resolve()));
}

/** Opens PC/SC when its service answers; undefined when this process cannot, which is told. */
async function openPcsc(news: TransportNews): Promise<Context | undefined> {
  let open: typeof pcsclite;
  try {
    open = (await import("@pokusew/pcsclite")).default;
  } catch (thrown) {
    news.giveUp(failure("K-CARD-109", { why: messageOf(thrown) }));
    return undefined;
  }
  await pcscdThere(news);
  try {
    return open();
  } catch (thrown) {
    news.giveUp(failure("K-CARD-105", { why: messageOf(thrown) }));
    return undefined;
  }
}

/**
 * Resolves when pcscd answers on its socket. The add-on's constructor must not be called earlier: while there is no service
 * it tries again in a busy loop that blocks this process.
 */
async function pcscdThere(news: TransportNews): Promise<void> {
  const path = process.env.PCSCLITE_CSOCK_NAME ?? PCSCD_SOCKET;
  let told = false;
  for (;;) {
    const answer = await knock(path);
    if (answer.ok) return;
    if (!told) news.unavailable(answer.error);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, PROBE_MS));
  }
}

function knock(path: string): Promise<Result<void>> {
  return new Promise((resolve) => {
    const socket = connectSocket(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(done(undefined));
    });
    socket.once("error", (error) => resolve(refuse("K-CARD-105", { why: `pcscd: ${error.message}` })));
  });
}

function refused(error: unknown): Result<never> {
  const why = messageOf(error);
  const [, code] = /0x([0-9a-f]{8})/iu.exec(why) ?? [];
  const known = code === undefined ? undefined : pcscErrors.get(Number.parseInt(code, 16));
  return refuse(known ?? "K-CARD-105", { why });
}
