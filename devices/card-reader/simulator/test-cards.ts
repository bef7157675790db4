import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { encodeTlv } from "../apdu/tlv.ts";
import type { CardIdentity, SimulatedCardKind, SimulatedCardProfile } from "./profile.ts";

let pair: { publicKey: KeyObject; privateKey: KeyObject } | undefined;

/** One RSA-2048 pair for all cards of a test process: making one takes longer than the tests. */
export function testKeyPair(): { publicKey: KeyObject; privateKey: KeyObject } {
  pair ??= generateKeyPairSync("rsa", { modulusLength: 2048 });
  return pair;
}

/** An invented person's card for tests of the card stack; the "certificates" are DER sequences without meaning. */
export function testProfile(kind: SimulatedCardKind = "myNumberCard"): SimulatedCardProfile {
  return {
    kind,
    auth: testIdentity(0xa5),
    signing: testIdentity(0x5a),
    items: {
      name: "葛\u{E0100}城　花子",
      address: "架空県見本市一丁目２番３号",
      birthDate: "1984-02-29",
      sex: "2",
      myNumber: "123456789018",
    },
    common: { serial: "000000000000001", municipalityCode: "99201", expiry: "20330101" },
  };
}

/** A DER sequence of 1,500 bytes, so that reading it takes six commands, and the test key. */
function testIdentity(filler: number): CardIdentity {
  return {
    certificate: encodeTlv(0x30, new Uint8Array(1496).fill(filler)),
    privateKey: testKeyPair().privateKey,
    authority: encodeTlv(0x30, new Uint8Array(900).fill(filler)),
  };
}
