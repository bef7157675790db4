import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { z } from "zod";
import { createFakeClock, type FakeClock } from "../../../test/support/fake-clock.ts";
import type { Failure } from "../../kernel/errors/failure.ts";
import { createIdSource } from "../../kernel/ids.ts";
import { createLogger, type Logger, silentLogger } from "../../kernel/logger.ts";
import { fail, ok, type Result, unwrap } from "../../kernel/result.ts";
import { type JsonServer, route, startJsonServer } from "../../protocol/http/server.ts";
import { loadAuthorities, loadSealingKeyPair, loadSigner, loadTlsIdentity } from "../../protocol/identity-files.ts";
import {
  type centreReplyEnvelope,
  kioskRequestEnvelope,
  relayRequest,
  usageRecord,
} from "../../protocol/messages/kiosk.ts";
import { tags } from "../../protocol/roles.ts";
import {
  generateSealingKeyPair,
  openSealed,
  type SealedMessage,
  type SealingKeyPair,
  seal,
} from "../../protocol/sealing.ts";
import { openStatement, parseJson, type Signer, signedStatement, signStatement } from "../../protocol/statement.ts";
import { ensureTownPki, type TownPki } from "../../town/pki/town-pki.ts";
import type { Uplink } from "../ports.ts";
import { createUplink } from "./uplink.ts";

const REQUEST_ID = "0193c5a0-0000-7000-8000-000000000001";
const OPEN_REPLY = { requestId: REQUEST_ID, nonce: Buffer.alloc(32, 7).toString("base64url"), notAfterMs: 1 };
const USAGE = {
  requestId: REQUEST_ID,
  municipality: "131016",
  kind: "resident-record",
  copies: 1,
  feeYen: 300,
  refundedYen: 0,
  result: "issued",
  bindingLevel: "L3",
  impressions: 2,
  startedAtMs: 1,
  endedAtMs: 2,
} as const;

type Request = z.output<typeof kioskRequestEnvelope>;
type Reply = z.input<typeof centreReplyEnvelope>;

/** What the centre answers; a test overrides one of the steps. */
interface Centre {
  outcome(request: Request): Reply["outcome"];
  envelope(reply: Reply): Reply;
  signer: Signer;
  sealTo(request: Request): { publicKey: string; aad: string };
  onTheWay(sealed: SealedMessage, request: Request): Promise<Result<{ message: SealedMessage }>>;
}

describe("the uplink", () => {
  let folder: string;
  let pki: TownPki;
  let centreKeys: SealingKeyPair;
  let clock: FakeClock;
  let centre: Centre;
  let operator: JsonServer;
  let uplink: Uplink;
  let seen: Request[];
  let bytesSeen: string[];
  let usage: () => Promise<Result<unknown>>;
  let pauses: number[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "madoguchi-uplink-"));
    pki = await ensureTownPki(folder, { municipalities: ["131016"], kiosks: ["kiosk-1", "kiosk-2"] });
    centreKeys = unwrap(await loadSealingKeyPair(pki.issuanceCenter.sealing.privateKey));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const tlsOf = (files: { certificate: string; key: string }, authority: string) =>
    unwrap(loadTlsIdentity({ ...files, authorities: [authority] }));

  /** The kiosk's clock: pauses between attempts end at once, so that no test waits; time-outs only when a test says so. */
  const hasty = (): FakeClock => ({
    ...clock,
    setTimer(delayMs, fn) {
      if (delayMs > 5_000) return clock.setTimer(delayMs, fn);
      pauses.push(delayMs);
      const handle = setImmediate(fn);
      return { cancel: () => clearImmediate(handle) };
    },
  });

  const kiosk = (id = "kiosk-1", logger: Logger = silentLogger) => {
    const files = pki.kiosks[id];
    if (!files) throw new Error("no such kiosk");
    return createUplink({
      operatorUrl: operator.url,
      operatorParty: "operator-center",
      tls: tlsOf(files, pki.authorities.centre),
      centre: {
        sealingPublicKey: readFileSync(pki.issuanceCenter.sealing.publicKey, "utf8").trim(),
        authorities: unwrap(loadAuthorities([pki.authorities.centre])),
      },
      signer: unwrap(loadSigner(files)),
      clock: hasty(),
      logger,
      ids: createIdSource(clock),
    });
  };

  async function answer(sealed: SealedMessage): Promise<Result<{ message: SealedMessage }>> {
    bytesSeen.push(sealed.ciphertext);
    const opened = unwrap(await openSealed(centreKeys, "MDG-SEAL-KIOSK-TO-CENTRE-1", sealed));
    const trust = { authorities: unwrap(loadAuthorities([pki.authorities.device])), nowMs: clock.nowMs() };
    const request = unwrap(
      openStatement(
        unwrap(parseJson(opened, signedStatement)),
        { tag: tags.kioskRequest, schema: kioskRequestEnvelope, role: "kiosk", party: "kiosk-1" },
        trust,
      ),
    ).body;
    seen.push(request);
    const { operation, messageId } = request;
    const reply = centre.envelope({ operation, messageId, sentAtMs: clock.nowMs(), outcome: centre.outcome(request) });
    const signed = signStatement(tags.centreReply, reply, centre.signer);
    const to = centre.sealTo(request);
    return centre.onTheWay(
      await seal(to.publicKey, "MDG-SEAL-CENTRE-TO-KIOSK-1", Buffer.from(JSON.stringify(signed)), to.aad),
      request,
    );
  }

  const startOperator = (files = pki.operatorCenter.tls) =>
    startJsonServer({
      port: 0,
      tls: tlsOf(files, pki.authorities.device),
      routes: {
        "POST /v1/relay": route({
          schema: relayRequest,
          maxBytes: 1_000_000,
          handle: (body) => answer(body.message),
        }),
        "POST /v1/usage": route({ schema: usageRecord, maxBytes: 10_000, handle: () => usage() }),
      },
      logger: silentLogger,
    });

  beforeEach(async () => {
    clock = createFakeClock();
    seen = [];
    bytesSeen = [];
    pauses = [];
    usage = async () => ok({ requestId: REQUEST_ID });
    centre = {
      outcome: () => ({ ok: true, body: OPEN_REPLY }),
      envelope: (reply) => reply,
      signer: unwrap(loadSigner(pki.issuanceCenter.signer)),
      sealTo: (request) => ({ publicKey: request.replyTo, aad: request.messageId }),
      onTheWay: async (message) => ok({ message }),
    };
    operator = unwrap(await startOperator());
    uplink = kiosk();
  });
  afterEach(async () => {
    await uplink.close();
    await operator.close();
  });

  const failed = (result: Result<unknown>): Failure => {
    if (result.ok) throw new Error("expected a failure");
    return result.error;
  };

  it("carries a signed and sealed request to the centre and its reply back", async () => {
    expect(await uplink.open()).toEqual(ok(OPEN_REPLY));
    expect(seen).toMatchObject([{ operation: "open", sentAtMs: clock.nowMs(), body: {} }]);
  });

  it("has the reply sealed to the session's own key", async () => {
    const session = await generateSealingKeyPair();
    centre.outcome = () => ({ ok: false, failure: { code: "K-CENT-105" } });
    const choice = signStatement(tags.choice, { any: "choice" }, centre.signer);
    expect(failed(await uplink.prepare(REQUEST_ID, choice, session)).code).toBe("K-CENT-105");
    expect(seen).toMatchObject([{ replyTo: session.publicKey, body: { requestId: REQUEST_ID, choice } }]);
  });

  it("makes a new key for a request that belongs to no session", async () => {
    await uplink.open();
    await uplink.open();
    expect(seen[0]?.replyTo).not.toBe(seen[1]?.replyTo);
    expect(seen[0]?.messageId).not.toBe(seen[1]?.messageId);
  });

  it("passes on what the centre refuses, with its code and details", async () => {
    centre.outcome = () => ({ ok: false, failure: { code: "K-CENT-120", detail: { municipality: "131016" } } });
    expect(failed(await uplink.open())).toEqual({ code: "K-CENT-120", detail: { municipality: "131016" } });
    expect(seen).toHaveLength(1);
  });

  it("does not take an unknown code from the centre", async () => {
    centre.outcome = () => ({ ok: false, failure: { code: "K-NOPE-999" } });
    expect(failed(await uplink.open()).code).toBe("K-NET-103");
  });

  it("checks the body against the operation's schema", async () => {
    centre.outcome = () => ({ ok: true, body: { ...OPEN_REPLY, extra: 1 } });
    expect(failed(await uplink.open()).code).toBe("K-NET-103");
  });

  it("asks again with the same bytes when the answer is lost, and the centre can tell that it is the same message", async () => {
    let lost = 2;
    centre.onTheWay = async (message) => (lost-- > 0 ? fail("K-NET-101", { why: "lost" }) : ok({ message }));
    expect(await uplink.open()).toEqual(ok(OPEN_REPLY));
    expect(seen).toHaveLength(3);
    expect(new Set(seen.map((request) => request.messageId)).size).toBe(1);
    expect(new Set(bytesSeen).size).toBe(1);
    expect(pauses).toEqual([200, 800]);
  });

  it("gives up after four attempts", async () => {
    centre.onTheWay = async () => fail("K-TUNNEL-102");
    expect(failed(await uplink.open()).code).toBe("K-TUNNEL-102");
    expect(seen).toHaveLength(4);
  });

  it("waits for a centre that is still at the first attempt", async () => {
    centre.outcome = () =>
      seen.length < 3 ? { ok: false, failure: { code: "K-CENT-123" } } : { ok: true, body: OPEN_REPLY };
    expect(await uplink.open()).toEqual(ok(OPEN_REPLY));
    expect(seen).toHaveLength(3);
  });

  it("says that the operator's centre cannot be reached, and comes back when it can", async () => {
    const { url } = operator;
    await operator.close();
    expect(failed(await uplink.open()).code).toBe("K-TUNNEL-101");
    operator = unwrap(
      await startJsonServer({
        port: Number(new URL(url).port),
        tls: tlsOf(pki.operatorCenter.tls, pki.authorities.device),
        routes: {
          "POST /v1/relay": route({
            schema: relayRequest,
            maxBytes: 1_000_000,
            handle: (body) => answer(body.message),
          }),
        },
        logger: silentLogger,
      }),
    );
    expect((await uplink.open()).ok).toBe(true);
  });

  it("believes no operator whose certificate another authority issued", async () => {
    await operator.close();
    const impostor = pki.municipalities["131016"]?.issuingServer;
    if (!impostor) throw new Error("no such municipality");
    operator = unwrap(await startOperator(impostor));
    uplink = kiosk();
    expect(failed(await uplink.open()).code).toBe("K-NET-105");
    expect(pauses).toEqual([]);
  });

  it("believes no other centre of the same authority in the operator's place", async () => {
    await operator.close();
    operator = unwrap(await startOperator(pki.issuanceCenter.tls));
    uplink = kiosk();
    expect(failed(await uplink.open()).code).toBe("K-NET-105");
  });

  it("is refused by the operator's centre without a device certificate of the right authority", async () => {
    await operator.close();
    operator = unwrap(
      await startJsonServer({
        port: 0,
        tls: tlsOf(pki.operatorCenter.tls, pki.authorities.municipality),
        routes: {},
        logger: silentLogger,
      }),
    );
    uplink = kiosk();
    expect(["K-NET-105", "K-TUNNEL-101"]).toContain(failed(await uplink.open()).code);
  });

  it("answers in time even when the operator never does", async () => {
    let heard: () => void = () => {};
    const reached = new Promise<void>((resolve) => {
      heard = resolve;
    });
    centre.onTheWay = () => {
      heard();
      return new Promise(() => {});
    };
    const opening = uplink.open();
    await reached;
    await clock.advance(15_000);
    expect(failed(await opening).code).toBe("K-NET-102");
  });

  it("can be given up by its caller", async () => {
    const caller = new AbortController();
    centre.onTheWay = () => {
      caller.abort();
      return new Promise(() => {});
    };
    expect(failed(await uplink.open({ signal: caller.signal })).code).toBe("K-CMD-102");
  });

  describe("refuses, without asking again,", () => {
    afterEach(() => expect(seen).toHaveLength(1));

    it("a reply that was altered on the way", async () => {
      centre.onTheWay = async (message) => {
        const bytes = Buffer.from(message.ciphertext, "base64url");
        bytes.writeUInt8(bytes.readUInt8(40) ^ 1, 40);
        return ok({ message: { ...message, ciphertext: bytes.toString("base64url") } });
      };
      expect(failed(await uplink.open()).code).toBe("K-TUNNEL-104");
    });

    it("a reply that is sealed to another key", async () => {
      const other = await generateSealingKeyPair();
      centre.sealTo = (request) => ({ publicKey: other.publicKey, aad: request.messageId });
      expect(failed(await uplink.open()).code).toBe("K-TUNNEL-104");
    });

    it("a reply that the centre says to be for another message", async () => {
      centre.envelope = (reply) => ({ ...reply, messageId: REQUEST_ID });
      expect(failed(await uplink.open()).code).toBe("K-TUNNEL-103");
    });

    it("a reply to another operation", async () => {
      centre.envelope = (reply) => ({ ...reply, operation: "settle" });
      expect(failed(await uplink.open()).code).toBe("K-TUNNEL-103");
    });

    it("a reply that the centre did not sign", async () => {
      const gate = pki.municipalities["131016"]?.gate;
      centre.signer = unwrap(loadSigner(gate ?? pki.operatorCenter.tls));
      expect(failed(await uplink.open()).code).toBe("K-BIND-102");
    });

    it("a reply that the operator's centre signed instead", async () => {
      centre.signer = unwrap(loadSigner(pki.operatorCenter.tls));
      expect(failed(await uplink.open()).code).toBe("K-BIND-102");
    });

    it("a reply from another time, and so a kiosk whose clock is wrong", async () => {
      centre.envelope = (reply) => ({ ...reply, sentAtMs: reply.sentAtMs - 6 * 60_000 });
      expect(failed(await uplink.open()).code).toBe("K-BIND-104");
    });
  });

  it("refuses a reply to an earlier message of the same session, replayed by the relay", async () => {
    const session = await generateSealingKeyPair();
    const choice = signStatement(tags.choice, {}, centre.signer);
    const kept: SealedMessage[] = [];
    centre.outcome = () => ({ ok: false, failure: { code: "K-CENT-105" } });
    centre.onTheWay = async (message) => {
      kept.push(message);
      return ok({ message: kept[0] ?? message });
    };
    expect(failed(await uplink.prepare(REQUEST_ID, choice, session)).code).toBe("K-CENT-105");
    expect(failed(await uplink.prepare(REQUEST_ID, choice, session)).code).toBe("K-TUNNEL-104");
  });

  it("logs an attempt that is repeated as an event of the catalogue", async () => {
    const lines: string[] = [];
    uplink = kiosk(
      "kiosk-1",
      createLogger("kiosk", clock, (line) => lines.push(line)),
    );
    let lost = 1;
    centre.onTheWay = async (message) => (lost-- > 0 ? fail("K-TUNNEL-102") : ok({ message }));
    await uplink.open();
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { event: "uplink.again", operation: "open", code: "K-TUNNEL-102", attempt: 1 },
    ]);
  });

  describe("for the usage log", () => {
    it("ends only with the operator's own acknowledgement", async () => {
      expect(await uplink.usage(USAGE)).toEqual(ok());
      usage = async () => ok({ requestId: "0193c5a0-0000-7000-8000-000000000009" });
      expect(failed(await uplink.usage(USAGE)).code).toBe("K-NET-103");
      usage = async () => ok({});
      expect(failed(await uplink.usage(USAGE)).code).toBe("K-NET-103");
    });
  });

  describe("for a settlement", () => {
    it("is done when the centre names the request", async () => {
      centre.outcome = () => ({ ok: true, body: { requestId: REQUEST_ID } });
      expect(await uplink.settle({ requestId: REQUEST_ID, result: "notIssued", prints: [] })).toEqual(ok());
      expect(seen).toMatchObject([{ operation: "settle", body: { requestId: REQUEST_ID, prints: [] } }]);
    });
  });
});
