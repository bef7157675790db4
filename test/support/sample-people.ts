import type {
  Household,
  MunicipalityProfile,
  RendererRegister,
  Resident,
} from "../../src/issuing-server/registry/types.ts";

/** People who exist only in tests, of one household in a city that does not exist. */
export const sampleMunicipality: MunicipalityProfile = {
  code: "991015",
  name: { ja: "緑野市", en: "Midorino" },
  prefecture: { ja: "緑野県", en: "Midorino Prefecture" },
  mayorTitle: "緑野市長",
  mayorName: "緑川　太郎",
  sealText: "緑野市長之印",
};

const HOUSEHOLD_ID = "household-1";
const DOMICILE = "緑野県緑野市青葉町三丁目12番地";

/** A Japanese resident; `changes` says what is different. */
export function sampleResident(residentId: string, changes: Partial<Resident> = {}): Resident {
  return {
    residentId,
    householdId: HOUSEHOLD_ID,
    name: "山田　太郎",
    nameKana: "ヤマダ　タロウ",
    birthDate: "1985-03-07",
    sex: "male",
    relationship: "世帯主",
    domicile: DOMICILE,
    domicileHead: "山田　太郎",
    foreign: undefined,
    myNumber: "123456789018",
    becameResidentOn: "2019-05-01",
    movedFrom: "東京都架空区仮町一丁目2番3号　仮マンション405号室",
    status: "resident",
    protectiveMeasure: false,
    seal: { number: "第012345号", registeredOn: "2020-02-03", impressionText: "山田", state: "registered" },
    ...changes,
  };
}

/** A foreign resident, whose register has neither 本籍 nor 筆頭者. */
export function sampleForeignResident(residentId: string, changes: Partial<Resident> = {}): Resident {
  return sampleResident(residentId, {
    name: "NGUYEN THI OFFICE WAFFLE",
    birthDate: "1990-05-01",
    sex: "female",
    relationship: "妻",
    domicile: undefined,
    domicileHead: undefined,
    foreign: {
      nationality: "ベトナム",
      residenceStatus: "技術・人文知識・国際業務",
      residenceCardNumber: "AB12345678CD",
    },
    ...changes,
  });
}

/** A register of one household, the first resident its head. */
export function sampleRegister(residents: readonly Resident[], changes: Partial<Household> = {}): RendererRegister {
  const household: Household = {
    householdId: HOUSEHOLD_ID,
    address: "緑野県緑野市青葉町三丁目12番地5　コーポ青葉201号室",
    headResidentId: residents[0]?.residentId ?? "",
    residentIds: residents.map((resident) => resident.residentId),
    movePending: false,
    ...changes,
  };
  return {
    resident: (residentId) => residents.find((resident) => resident.residentId === residentId),
    household: (householdId) => (householdId === household.householdId ? household : undefined),
  };
}
