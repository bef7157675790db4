import { createHash, verify } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createCardReader, type SupervisedCardReader } from "../../devices/card-reader/reader.ts";
import { type InsertedCard, insertCard } from "../../devices/card-reader/simulator/insert-card.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { silentLogger } from "../../src/kernel/logger.ts";
import { Personal } from "../../src/kernel/personal.ts";
import { type Result, unwrap } from "../../src/kernel/result.ts";
import { createJudgedCard } from "../support/judged-card.ts";
import { createMutatedCard, data, type Mutation, sw } from "../support/mutated-card.ts";
import { openscTools, runTool } from "../support/opensc.ts";
import { createTestPcscd, type TestPcscd, VPCD_READER } from "../support/pcscd/pcscd.ts";
import { untilPresence, untilWord } from "../support/reader-waits.ts";

/**
 * The card's facts, one wrong at a time, judged by OpenSC and by our own driver over the same pcscd: where OpenSC relies on a
 * fact it notices, so it is a judge that can say no; our driver notices what its steps rely on, with its code, and nothing
 * else.
 */
const judged = createJudgedCard();
const JPKI = "d392f000260100000001";
const SELECT = 0xa4;
const READ = 0xb0;
const VERIFY = 0x20;
const SIGN = 0x2a;

let pcscd: TestPcscd;
let reader: SupervisedCardReader;
let lying: InsertedCard | undefined;

beforeAll(async () => {
  openscTools();
  pcscd = await createTestPcscd();
  process.env.PCSCLITE_CSOCK_NAME = pcscd.socketPath;
  const address = `pcsc:${VPCD_READER}`;
  reader = unwrap(createCardReader({ name: "card", address, clock: systemClock, logger: silentLogger }));
  await untilWord(reader, "online");
});
afterEach(async () => {
  await lying?.remove();
  lying = undefined;
  await untilPresence(reader, false);
});
afterAll(async () => {
  await reader?.close();
  await pcscd?.destroy();
  delete process.env.PCSCLITE_CSOCK_NAME;
});

interface Verdict {
  /** What `opensc-tool --name` calls the card. */
  readonly name: string;
  /** Whether `pkcs15-tool` binds to it and reads the authentication certificate as it is. */
  readonly reads: boolean;
  /** `identify`, then PIN, certificate and signature of our driver: what they give, or the code with which they end. */
  readonly identify: string;
  readonly verifyPin: string;
  readonly certificate: string;
  readonly sign: string;
}

const honest: Verdict = {
  name: "jpki",
  reads: true,
  identify: "myNumberCard 3",
  verifyPin: "accepted",
  certificate: "as it is",
  sign: "verified",
};

async function judge(mutation: Mutation): Promise<Verdict> {
  lying = unwrap(
    insertCard(createMutatedCard(judged.profile, mutation), `tcp:127.0.0.1:${pcscd.port}`, { clock: systemClock }),
  );
  await untilPresence(reader, true);
  const name = (await runTool(pcscd, "opensc-tool", ["--name"])).out.trim();
  const pem = (await runTool(pcscd, "pkcs15-tool", ["--read-certificate", "1"])).out;
  const reads = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ""), "base64").equals(judged.certificate.raw);
  const session = unwrap(await reader.connect());
  const said = <T>(result: Result<T>, words: (value: T) => string) =>
    result.ok ? words(result.value) : result.error.code;
  const identify = said(await session.identify(), (i) => `${i.kind} ${i.triesLeft}`);
  const verifyPin = said(await session.verifyPin(new Personal("1234")), (p) => p.outcome);
  const certificate = said(await session.readAuthCertificate(), (der) =>
    Buffer.from(der).equals(judged.certificate.raw) ? "as it is" : "another",
  );
  const digest = createHash("sha256").update("request").digest();
  const sign = said(await session.signDigest(digest), (signature) =>
    verify("sha256", Buffer.from("request"), judged.certificate.publicKey, signature) ? "verified" : "not verified",
  );
  await session.close();
  return { name, reads, identify, verifyPin, certificate, sign };
}

const isEmptyVerify: (c: Parameters<Mutation>[0]) => boolean = (c) => c.ins === VERIFY && c.data === undefined;
const selectsFile =
  (file: number): Mutation =>
  (c) =>
    c.ins === SELECT && c.p1 === 0x02 && c.application === JPKI && c.file === file ? sw(0x6a82) : undefined;

const mutations: readonly (readonly [fact: string, mutation: Mutation, differs: Partial<Verdict>])[] = [
  ["nothing is wrong", () => undefined, {}],
  [
    "the JPKI application is not there",
    (c) => (c.ins === SELECT && c.p1 === 0x04 && c.application === JPKI ? sw(0x6a82) : undefined),
    {
      name: "Unsupported card",
      reads: false,
      identify: "myNumberCardWithoutJpki 0",
      verifyPin: "K-CARD-102",
      certificate: "K-CARD-102",
      sign: "K-CARD-102",
    },
  ],
  [
    "SELECT of the application answers with an FCI",
    (c, answer) => {
      if (c.ins !== SELECT || c.p1 !== 0x04 || c.application !== JPKI) return undefined;
      answer();
      return data(Uint8Array.of(0x6f, 0x02, 0x84, 0x00));
    },
    {},
  ],
  ["the token's file is missing", selectsFile(0x0006), { identify: "K-CARD-108" }],
  [
    "the token has another label",
    (c) => (c.ins === READ && c.file === 0x0006 ? data(Buffer.alloc(32, "SOMETHINGELSE ")) : undefined),
    { identify: "unknown 0" },
  ],
  [
    "the authentication PIN's file is missing",
    selectsFile(0x0018),
    { reads: false, identify: "K-CARD-108", verifyPin: "K-CARD-108", sign: "K-CARD-107" },
  ],
  ["the signing PIN's file is missing", selectsFile(0x001b), { reads: false }],
  [
    "an empty VERIFY answers 9000 before the login",
    (c) => (isEmptyVerify(c) ? sw(0x9000) : undefined),
    { reads: false },
  ],
  [
    "an empty VERIFY answers 6984",
    (c) => (isEmptyVerify(c) ? sw(0x6984) : undefined),
    { reads: false, identify: "myNumberCard 0" },
  ],
  [
    "an empty VERIFY answers 6983",
    (c) => (isEmptyVerify(c) ? sw(0x6983) : undefined),
    { reads: false, identify: "myNumberCard 0" },
  ],
  [
    "an empty VERIFY answers 6300, without a counter",
    (c) => (isEmptyVerify(c) ? sw(0x6300) : undefined),
    { identify: "K-CARD-108" },
  ],
  ["the certificate's file is missing", selectsFile(0x000a), { reads: false, certificate: "K-CARD-108" }],
  [
    "the certificate does not begin with 30 82",
    (c, answer) => {
      if (c.ins !== READ || c.file !== 0x000a || c.p1 !== 0 || c.p2 !== 0) return undefined;
      const answered = Buffer.from(answer());
      answered[1] = 0x81;
      return answered;
    },
    { reads: false, certificate: "another" },
  ],
  [
    "the certificate's file ends before the certificate",
    (c) => (c.ins === READ && c.file === 0x000a && c.p1 >= 2 ? sw(0x6b00) : undefined),
    { reads: false, certificate: "K-CARD-111" },
  ],
  [
    "the certificate is locked",
    (c) => (c.ins === READ && c.file === 0x000a ? sw(0x6982) : undefined),
    { reads: false, certificate: "K-CARD-107" },
  ],
  [
    "reading past the end answers 6282",
    (c, answer) => {
      const answered = answer();
      return c.ins === READ && Buffer.from(answered).readUInt16BE(answered.length - 2) === 0x6b00
        ? sw(0x6282)
        : answered;
    },
    {},
  ],
  ["the key's file is missing", selectsFile(0x0017), { sign: "K-CARD-108" }],
  [
    "the signature is a byte short",
    (c, answer) => (c.ins === SIGN ? data(Buffer.from(answer()).subarray(0, 255)) : undefined),
    { sign: "K-CARD-108" },
  ],
  [
    "the signature is another key's",
    (c) => (c.ins === SIGN ? data(Buffer.alloc(256, 0x5a)) : undefined),
    { sign: "not verified" },
  ],
  [
    "VERIFY with the right PIN answers 6300",
    (c) => (c.ins === VERIFY && c.data ? sw(0x6300) : undefined),
    { verifyPin: "K-CARD-108", sign: "K-CARD-107" },
  ],
  [
    "every application is there",
    (c) => (c.ins === SELECT && c.p1 === 0x04 && c.application !== JPKI ? sw(0x9000) : undefined),
    { name: "MuscleApplet", reads: false },
  ],
  [
    "the flags of EF 0008 say that there is no certificate",
    (c) => (c.ins === READ && c.file === 0x0008 ? data(Uint8Array.of(0, 0, 0)) : undefined),
    {},
  ],
];

describe("a card in which", () => {
  it.each(mutations)("%s is judged so by OpenSC and by our driver", async (_, mutation, differs) => {
    expect(await judge(mutation)).toEqual({ ...honest, ...differs });
  });
});
