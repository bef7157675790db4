import { createHash, createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { SimulatedCardProfile } from "../../../devices/card-reader/simulator/profile.ts";
import type { Link } from "../../issuing-server/registry/link-table.ts";
import type { Household, Resident } from "../../issuing-server/registry/types.ts";
import type { GlyphMap } from "../../issuing-server/renderer/font/cmap.ts";
import { loadTown } from "../../issuing-server/town-folder/load-town.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import type { Bilingual } from "../../protocol/schema.ts";
import { certificateHash } from "../../protocol/statement.ts";
import type { BenchCitizen } from "../bench/protocol.ts";
import { makeCitizenCertificate } from "../pki/citizens.ts";
import type { TownPki } from "../pki/town-pki.ts";
import { type CardRow, ORDINARY_PIN, readCardTable } from "./card-table.ts";
import { notesOf } from "./notes.ts";

/** A resident's card; `pinLocked`: somebody has tried too often. */
export interface CardInPocket {
  readonly profile: SimulatedCardProfile;
  readonly pinLocked: boolean;
}

/** The people of one municipality and the cards in their pockets. */
export interface TownCitizens {
  readonly municipality: string;
  readonly name: Bilingual;
  /** Everybody, with what is special about them on the day of `nowMs`; `glyphs` is the font of the certificates. */
  list(nowMs: number, glyphs: GlyphMap): readonly BenchCitizen[];
  /** The card of one resident. `K-TOWN-103` when there is no such resident. */
  card(residentId: string): Promise<Result<CardInPocket>>;
  /** Every card's certificate and whom it belongs to, as the town hall that handed the cards out knows it. */
  links(): Promise<Link[]>;
  /** Certificates that the validity service knows as revoked. */
  revoked(): readonly { readonly generation: 0 | 1 | 2; readonly serial: string }[];
}

const EXPIRED_AT_MS = Date.UTC(2026, 0, 1);
const CARD_EXPIRY = "20350301";

/** Cards were handed out this long ago: municipalities may refuse cards of the first day. */
const HANDED_OUT_AT_MS = Date.UTC(2025, 3, 1);

/** Reads a town folder as the bench needs it: people and cards. */
export function loadCitizens(townFolder: string, pki: TownPki): Result<TownCitizens> {
  const town = loadTown(townFolder);
  if (!town.ok) return town;
  const rows = readCardTable(townFolder);
  if (!rows.ok) return rows;
  const municipality = town.value.town.code;
  const residents = new Map(town.value.residents.map((r) => [r.residentId, r]));
  const households = new Map(town.value.households.map((h) => [h.householdId, h]));
  const certificateOf = (resident: Resident) => {
    const { generation, serial } = identity(municipality, resident.residentId);
    const expired = rows.value.get(resident.residentId)?.state === "expired";
    return makeCitizenCertificate(pki, { ca: generation, serial, ...(expired ? { notAfterMs: EXPIRED_AT_MS } : {}) });
  };
  return ok({
    municipality,
    name: town.value.town.name,
    list: (nowMs, glyphs) =>
      [...residents.values()].map((resident) => {
        const card = rows.value.get(resident.residentId);
        const household = households.get(resident.householdId);
        const members = (household?.residentIds ?? []).flatMap((id) => residents.get(id) ?? []);
        return {
          municipality,
          residentId: resident.residentId,
          name: resident.name,
          pin: card?.pin || ORDINARY_PIN,
          notes: notesOf({ resident, household, members, card, rules: town.value.town.refusals, glyphs, nowMs }),
          remark: card?.note ?? "",
        };
      }),
    async card(residentId) {
      const resident = residents.get(residentId);
      const household = resident && households.get(resident.householdId);
      if (!resident || !household) return fail("K-TOWN-103", { residentId, municipality });
      const { certificate, keyPem } = await certificateOf(resident);
      const { generation, serial } = identity(municipality, residentId);
      const authority = new X509Certificate(readFileSync(pki.jpki[generation].authority.certificate));
      const auth = { certificate: certificate.raw, privateKey: createPrivateKey(keyPem), authority: authority.raw };
      const row = rows.value.get(residentId);
      const profile = profileOf(resident, household, row, auth, serial, municipality);
      return ok({ profile, pinLocked: row?.state === "pinLocked" });
    },
    async links() {
      const linked = [...residents.values()].filter((r) => rows.value.get(r.residentId)?.state !== "unlinked");
      return Promise.all(
        linked.map(async (r) => ({
          certificateHash: certificateHash((await certificateOf(r)).certificate),
          residentId: r.residentId,
          linkedAtMs: HANDED_OUT_AT_MS,
        })),
      );
    },
    revoked: () =>
      [...rows.value.values()]
        .filter((row) => row.state === "revoked")
        .map((row) => identity(municipality, row.residentId)),
  });
}

/** Which generation of the authority issued a resident's certificate, and its serial number: always the same. */
function identity(municipality: string, residentId: string): { generation: 0 | 1 | 2; serial: string } {
  const digest = createHash("sha256").update(`${municipality}/${residentId}`).digest();
  return { generation: (digest.readUInt8(31) % 3) as 0 | 1 | 2, serial: digest.subarray(0, 15).toString("hex") };
}

function profileOf(
  resident: Resident,
  household: Household,
  row: CardRow | undefined,
  auth: NonNullable<SimulatedCardProfile["auth"]>,
  serial: string,
  municipality: string,
): SimulatedCardProfile {
  const pin = row?.pin || ORDINARY_PIN;
  const itemsPin = row?.state === "itemsPinDiffers" ? String((Number(pin) + 1) % 10_000).padStart(4, "0") : pin;
  const kind = row?.state === "juki" ? "jukiCard" : row?.state === "phone" ? "androidPhone" : "myNumberCard";
  return {
    kind,
    auth,
    pins: { auth: pin, items: itemsPin },
    items: {
      name: resident.name,
      address: household.address,
      birthDate: resident.birthDate,
      sex: resident.sex === "male" ? "1" : "2",
      myNumber: resident.myNumber,
    },
    common: {
      serial: BigInt(`0x${serial}`).toString().slice(0, 15).padStart(15, "0"),
      municipalityCode: municipality.slice(0, 5),
      expiry: CARD_EXPIRY,
    },
  };
}
