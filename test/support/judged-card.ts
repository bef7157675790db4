import type { KeyObject, X509Certificate } from "node:crypto";
import type { SimulatedCardProfile } from "../../devices/card-reader/simulator/profile.ts";
import { createAuthority } from "./signing-parties.ts";

/** A simulated card with real X.509 certificates, as somebody else's software wants them. */
export interface JudgedCard {
  readonly profile: SimulatedCardProfile;
  /** Of the user-authentication certificate. */
  readonly certificate: X509Certificate;
}

/** An invented person's card: both certificates under one authority, PIN 1234, signing PIN ABC123. */
export function createJudgedCard(): JudgedCard {
  const authority = createAuthority("JPKI for a test");
  const auth = authority.card();
  const signing = authority.card();
  const identity = (of: { readonly certificate: X509Certificate; readonly key: KeyObject }) => ({
    certificate: of.certificate.raw,
    privateKey: of.key,
    authority: authority.certificate.raw,
  });
  return {
    certificate: auth.certificate,
    profile: {
      kind: "myNumberCard",
      auth: identity(auth),
      signing: identity(signing),
      items: {
        name: "葛\u{E0100}城　花子",
        address: "架空県見本市一丁目２番３号",
        birthDate: "1984-02-29",
        sex: "2",
        myNumber: "123456789018",
      },
      common: { serial: "000000000000001", municipalityCode: "99201", expiry: "20330101" },
    },
  };
}
