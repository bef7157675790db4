import { createHash, verify as verifySignature } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ok, unwrap } from "../../../src/kernel/result.ts";
import { encodeTlv } from "../apdu/tlv.ts";
import { createCardChannel } from "../card-channel.ts";
import { myNumberCardProfile as profile } from "../card-profile.ts";
import { encodeFourItems } from "../simulator/card-files.ts";
import type { CardBehaviour, SimulatedCardKind, SimulatedCardProfile } from "../simulator/profile.ts";
import { createSimulatedCard } from "../simulator/simulated-card.ts";
import { testKeyPair, testProfile } from "../simulator/test-cards.ts";
import { decodeFourItems, readFourItems } from "./input-aid.ts";
import { identify, readAuthCertificate, selectJpki, signDigest, verifyPin } from "./jpki.ts";

function bench(
  kind: SimulatedCardKind = "myNumberCard",
  behaviour: Partial<CardBehaviour> = {},
  change: Partial<SimulatedCardProfile> = {},
) {
  const card = createSimulatedCard({ profile: { ...testProfile(kind), ...change }, behaviour });
  const sent: string[] = [];
  const channel = createCardChannel(async (apdu) => {
    sent.push(Buffer.from(apdu).toString("hex").toUpperCase());
    return ok(card.transmit(apdu));
  });
  const enter = async (pin: string) => {
    unwrap(await selectJpki(channel, profile));
    return unwrap(await verifyPin(channel, "authPin", profile.jpki.authPin, Buffer.from(pin)));
  };
  return { card, channel, sent, enter };
}

describe("identifying a card", () => {
  it("asks exactly the commands of the protocol notes and spends no try", async () => {
    const { channel, card, sent } = bench();
    expect(unwrap(await identify(channel, profile))).toEqual({ kind: "myNumberCard", triesLeft: 3 });
    expect(sent).toEqual([
      "00A4040C0AD392F000260100000001",
      "00A4020C020006",
      "00B0000020",
      "00A4020C020018",
      "00200080",
    ]);
    expect(card.pins.auth.triesLeft).toBe(3);
  });

  it.each([
    ["jukiCard", "jukiCard"],
    ["androidPhone", "androidPhone"],
    ["iPhone", "iPhone"],
    ["plain", "unknown"],
  ] as const)("a %s is %s", async (kind, expected) => {
    expect(unwrap(await identify(bench(kind).channel, profile)).kind).toBe(expected);
  });

  it.each([
    ["jukiCard", "jukiCard"],
    ["myNumberCard", "myNumberCardWithoutJpki"],
  ] as const)("a %s without JPKI is known by its other applications: %s", async (kind, expected) => {
    const { channel, sent, card } = bench(kind, {}, { withoutJpki: true });
    expect(unwrap(await identify(channel, profile))).toEqual({ kind: expected, triesLeft: 0 });
    expect(sent.every((apdu) => apdu.startsWith("00A4040C0A"))).toBe(true);
    expect(card.pins).toEqual(bench(kind).card.pins);
  });

  it("a juki card that has neither JPKI nor 住基 is known by 共通", async () => {
    const card = createSimulatedCard({ profile: { ...testProfile("jukiCard"), withoutJpki: true } });
    const juki = Buffer.from(profile.jukiAid).toString("hex");
    const channel = createCardChannel(async (apdu) =>
      ok(Buffer.from(apdu).toString("hex").endsWith(juki) ? Uint8Array.of(0x6a, 0x82) : card.transmit(apdu)),
    );
    expect(unwrap(await identify(channel, profile)).kind).toBe("jukiCard");
  });

  it("reads neither My Number nor the records of 共通 and 住基, whatever the card is", async () => {
    for (const kind of ["myNumberCard", "jukiCard", "androidPhone", "iPhone", "plain"] as const) {
      for (const withoutJpki of [false, true]) {
        const { channel, sent } = bench(kind, {}, { withoutJpki });
        await identify(channel, profile);
        await readFourItems(channel, profile, Buffer.from("1234"));
        expect(sent.filter((apdu) => apdu.startsWith("00B2") || apdu === "00A4020C020001")).toEqual([]);
      }
    }
  });

  it.each([0x63c0, 0x6983, 0x6984] as const)("a blocked PIN that answers %i has no try left", async (blockedAnswer) => {
    const { channel, card } = bench("myNumberCard", { blockedAnswer });
    card.pins.auth.triesLeft = 0;
    expect(unwrap(await identify(channel, profile)).triesLeft).toBe(0);
  });
});

describe("entering the PIN", () => {
  it("a wrong one tells the tries left, the third one blocks, and a right one comes too late then", async () => {
    const { enter, card } = bench();
    expect(await enter("0000")).toEqual({ outcome: "wrong", triesLeft: 2 });
    expect(await enter("0000")).toEqual({ outcome: "wrong", triesLeft: 1 });
    expect(await enter("0000")).toEqual({ outcome: "blocked" });
    expect(await enter("1234")).toEqual({ outcome: "blocked" });
    expect(card.pins.auth.triesLeft).toBe(0);
  });

  it("a right one fills the counter again", async () => {
    const { enter, card } = bench();
    await enter("0000");
    expect(await enter("1234")).toEqual({ outcome: "accepted" });
    expect(card.pins.auth.triesLeft).toBe(3);
  });

  it("the command's copy of the PIN is zeroed when the card has answered", async () => {
    const { card } = bench();
    const apdus: Uint8Array[] = [];
    const channel = createCardChannel(async (apdu) => {
      apdus.push(apdu);
      return ok(card.transmit(apdu));
    });
    unwrap(await selectJpki(channel, profile));
    unwrap(await verifyPin(channel, "authPin", profile.jpki.authPin, Buffer.from("1234")));
    expect(apdus.at(-1)?.every((byte) => byte === 0)).toBe(true);
  });
});

describe("certificate and signature", () => {
  it.each([0x6b00, 0x6282] as const)(
    "the certificate ends where its DER ends (past the end: %i)",
    async (pastEndAnswer) => {
      const { channel } = bench("myNumberCard", { pastEndAnswer });
      expect(unwrap(await readAuthCertificate(channel, profile))).toEqual(testProfile().auth?.certificate);
    },
  );

  it("an Android phone gives its certificate only after the PIN", async () => {
    const { channel, enter } = bench("androidPhone");
    expect(await readAuthCertificate(channel, profile)).toMatchObject({ error: { code: "K-CARD-107" } });
    await enter("1234");
    expect(unwrap(await readAuthCertificate(channel, profile))).toEqual(testProfile().auth?.certificate);
  });

  it("a certificate file that is cut short, or holds something else, is K-CARD-111", async () => {
    for (const file of [Uint8Array.of(0x30, 0x82, 0x05, 0xdc, 1, 2), Uint8Array.of(4, 1, 0), new Uint8Array()]) {
      const card = createSimulatedCard({ profile: testProfile() });
      const channel = createCardChannel(async (apdu) => {
        const isRead = apdu[1] === 0xb0;
        return ok(isRead ? readOf(file, apdu) : card.transmit(apdu));
      });
      expect(await readAuthCertificate(channel, profile)).toMatchObject({ error: { code: "K-CARD-111" } });
    }
  });

  it("signs a digest so that the public key verifies it", async () => {
    const { channel, enter, sent } = bench();
    await enter("1234");
    const message = Buffer.from("MDG-AUTH-1");
    const digest = createHash("sha256").update(message).digest();
    const signature = unwrap(await signDigest(channel, profile, digest));
    expect(signature).toHaveLength(256);
    expect(verifySignature("sha256", message, testKeyPair().publicKey, signature)).toBe(true);
    expect(sent.at(-1)).toMatch(/^802A0080333031300D060960864801650304020105000420[0-9A-F]{64}00$/u);
  });

  it("without the PIN, and after another application was selected, it is K-CARD-107", async () => {
    const { channel, enter } = bench();
    const digest = new Uint8Array(32);
    expect(await signDigest(channel, profile, digest)).toMatchObject({ error: { code: "K-CARD-107" } });
    await enter("1234");
    unwrap(await readFourItems(channel, profile, Buffer.from("1234")));
    expect(await signDigest(channel, profile, digest)).toMatchObject({ error: { code: "K-CARD-107" } });
  });

  it("a plain card is K-CARD-102", async () => {
    expect(await readAuthCertificate(bench("plain").channel, profile)).toMatchObject({ error: { code: "K-CARD-102" } });
  });
});

describe("the four items", () => {
  it("are read with the same PIN, and My Number never is", async () => {
    const { channel, sent } = bench();
    expect(unwrap(await readFourItems(channel, profile, Buffer.from("1234")))).toEqual({
      items: {
        name: "葛\u{E0100}城　花子",
        address: "架空県見本市一丁目２番３号",
        birthDate: "1984-02-29",
        sex: "female",
      },
    });
    expect(sent).not.toContain("00A4020C020001");
  });

  it("are the lower level when the PIN differs: one try, and no second one on the next visit", async () => {
    const { channel, card, sent } = bench();
    card.pins.items.value = "9999";
    expect(unwrap(await readFourItems(channel, profile, Buffer.from("1234")))).toEqual({ refusal: "pinDiffers" });
    expect(card.pins.items.triesLeft).toBe(2);
    expect(unwrap(await readFourItems(channel, profile, Buffer.from("1234")))).toEqual({ refusal: "counterNotFull" });
    expect(card.pins.items.triesLeft).toBe(2);
    expect(sent.filter((apdu) => apdu.startsWith("0020008004"))).toHaveLength(1);
  });

  it("are the lower level on a card without the application", async () => {
    expect(unwrap(await readFourItems(bench("jukiCard").channel, profile, Buffer.from("1234")))).toEqual({
      refusal: "noApplication",
    });
  });

  it("golden: the file's bytes are these", () => {
    const file = Buffer.from(
      `FF20 2C DF21 08 0000 0009 0012 001D DF22 06 E5B1B1 E794B0 DF23 06 E69DB1 E4BAAC
       DF24 08 3139383430323239 DF25 01 31`.replace(/\s/gu, ""),
      "hex",
    );
    const person = { name: "山田", address: "東京", birthDate: "1984-02-29" } as const;
    expect(decodeFourItems(file)).toEqual({ ...person, sex: "male" });
    expect(Buffer.from(encodeFourItems({ ...person, sex: "1" }))).toEqual(file);
  });

  it("a date that is no day, a text that is no UTF-8 or a missing field is no four items", () => {
    const good = { name: "山田", address: "東京", birthDate: "1984-02-29", sex: "1" } as const;
    expect(decodeFourItems(encodeFourItems(good))).toBeDefined();
    expect(decodeFourItems(encodeFourItems({ ...good, birthDate: "1983-02-29" }))).toBeUndefined();
    expect(decodeFourItems(encodeFourItems({ ...good, birthDate: "" }))).toBeUndefined();
    expect(decodeFourItems(encodeFourItems({ ...good, name: "" }))).toBeUndefined();
    expect(decodeFourItems(encodeTlv(0xff20, encodeTlv(0xdf22, Uint8Array.of(0xff, 0xfe))))).toBeUndefined();
    expect(decodeFourItems(encodeFourItems({ ...good, sex: "3" }))?.sex).toBe("other");
  });

  it("byte soup never throws and never becomes a person", () => {
    const good = encodeFourItems({ name: "山田", address: "東京", birthDate: "1984-02-29", sex: "1" });
    fc.assert(fc.property(fc.uint8Array({ maxLength: 3000 }), (soup) => decodeFourItems(soup) === undefined));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: good.length - 1 }), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const damaged = Uint8Array.from(good);
        damaged[at] = byte;
        decodeFourItems(damaged);
        expect(decodeFourItems(good.subarray(0, at))).toBeUndefined();
      }),
    );
  });
});

describe("a card that moves", () => {
  it("gives no bytes, which is K-CARD-103 in every step", async () => {
    for (const cut of [new Uint8Array(), Uint8Array.of(0x90)]) {
      const channel = createCardChannel(async () => ok(cut));
      const moved = { error: { code: "K-CARD-103" } };
      expect(await identify(channel, profile)).toMatchObject(moved);
      expect(await readAuthCertificate(channel, profile)).toMatchObject(moved);
      expect(await signDigest(channel, profile, new Uint8Array(32))).toMatchObject(moved);
      expect(await readFourItems(channel, profile, Buffer.from("1234"))).toMatchObject(moved);
    }
  });

  it("answers soup: no step throws, whatever the card says", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 258 }), { minLength: 12, maxLength: 12 }),
        async (answers) => {
          let at = 0;
          const channel = createCardChannel(async () => ok(answers[at++ % answers.length] ?? new Uint8Array()));
          await identify(channel, profile);
          await readAuthCertificate(channel, profile);
          await signDigest(channel, profile, new Uint8Array(32));
          await readFourItems(channel, profile, Buffer.from("1234"));
          expect(at).toBeLessThan(200);
        },
      ),
    );
  });
});

/** READ BINARY on a bare file: what a card with that file would answer. */
function readOf(file: Uint8Array, apdu: Uint8Array): Uint8Array {
  const offset = (apdu[2] ?? 0) * 256 + (apdu[3] ?? 0);
  const data = file.subarray(offset, offset + 256);
  return data.length === 0 ? Uint8Array.of(0x6b, 0x00) : Uint8Array.of(...data, 0x90, 0x00);
}
