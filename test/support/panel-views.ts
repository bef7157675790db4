import type { Language, Message, MoneyOutcome, PanelStep, PanelView } from "../../src/protocol/panel.ts";

/** A view with a name: what a gallery shows and what looks at screens walk through. */
export interface ExampleView {
  readonly name: string;
  readonly view: Omit<PanelView, "revision" | "language">;
}

type Ended = Extract<PanelStep, { step: "ended" }>;
type Choices = Extract<PanelStep, { step: "municipality" }>["choices"];

const REQUEST = "01a2107d-f550-7000-8cc2-f65ac4e7c8af";
const left = (leftMs: number, warning = false) => ({ leftMs, warning, extendable: true });
const say = (key: string, params?: Message["params"]): Message => (params ? { key, params } : { key });

const example = (
  name: string,
  view: PanelStep,
  more: Partial<Omit<PanelView, "revision" | "language" | "view">> = {},
): ExampleView => ({ name, view: { view, canCancel: false, canBack: false, ...more } });

/** A citizen's step before the payment: it can be ended, and it has a clock. */
const asking = (name: string, view: PanelStep, more: Parameters<typeof example>[2] = {}) =>
  example(name, view, { canCancel: true, remaining: left(58_000), ...more });

const midorino = { code: "482013", name: "緑野市", prefecture: "若葉県", relations: ["residence"] } as const;
const ebisawa = {
  code: "483419",
  name: "海老沢町",
  prefecture: "若葉県",
  relations: ["residence", "domicile"],
} as const;
const manyMunicipalities: Choices = Array.from({ length: 120 }, (_, i) => ({
  code: String(100_000 + i),
  name: `第${i + 1}市`,
  prefecture: `架空${Math.floor(i / 5) + 1}県`,
  relations: ["residence"],
}));

const explanation = "緑野市に住民登録がある方の住民票の写しです。世帯全員、本人、世帯の一部の方を選べます。";
const offer = (kind: string, title: string, words = explanation, selected = false) => ({
  kind,
  title,
  explanation: words,
  hours: "月曜日から金曜日 8時30分から17時15分、土曜日 9時から12時（12月29日から1月3日を除く）",
  feePerCopyYen: 200,
  selected,
});
const record = offer("resident-record", "住民票の写し", explanation, true);
const seal = offer("seal-registration", "印鑑登録証明書", "緑野市に印鑑を登録している方の印鑑登録証明書です。");
const six = [
  record,
  offer("record-items", "住民票記載事項証明書"),
  seal,
  offer("tax", "各種税証明書", "課税証明書、納税証明書を交付しております。"),
  offer("family-register", "戸籍証明書"),
  offer("supplement", "戸籍の附票の写し"),
];

const names = ["佐藤　健一", "佐藤　美咲", "葛󠄀城　誠", "髙﨑　𠮷則", "SILVA CARLOS EDUARDO", "佐藤　結衣", "佐藤　清"];
const longName = "SANTOS MARIA CRISTINA ISABELLA GUADALUPE DELA CRUZ";
const member = (name: string, i: number) => ({ ref: `m${i}`, name, holder: i === 0, selected: i % 2 === 0 });
const yesNo = (allowed: boolean) => [
  { option: "headAndRelationship" as const, value: true, allowed: true },
  { option: "domicile" as const, value: false, allowed: true },
  { option: "myNumber" as const, value: false, allowed },
];
const options = (scope: "household" | "self" | "members", people: readonly string[], allowed = true): PanelStep => ({
  step: "options",
  title: "住民票の写し",
  scope,
  scopeAllowed: true,
  members: people.map(member),
  options: yesNo(allowed),
  complete: scope !== "members" || people.length > 0,
});

const confirm = (more: Partial<Extract<PanelStep, { step: "confirm" }>> = {}): PanelStep => ({
  step: "confirm",
  title: "住民票の写し",
  municipality: "緑野市",
  lines: [
    say("confirm.scope.members"),
    say("confirm.headAndRelationship.yes"),
    say("confirm.domicile.no"),
    say("confirm.myNumber.no"),
  ],
  members: ["佐藤　健一", "佐藤　美咲"],
  copies: 2,
  feeYen: 400,
  exactMoneyOnly: false,
  ...more,
});

const pay = (insertedYen: number, doing?: string, exactMoneyOnly = false): PanelStep => ({
  step: "pay",
  feeYen: 400,
  insertedYen,
  dueYen: Math.max(0, 400 - insertedYen),
  changeYen: Math.max(0, insertedYen - 400),
  exactMoneyOnly,
  ...(doing ? { doing: say(`pay.${doing}`) } : {}),
});

const printing = (doing: string, impressionsDone: number): PanelStep => ({
  step: "printing",
  doing: say(`printing.${doing}`),
  impressionsDone,
  impressions: 4,
  copies: 2,
});

const notTaken: MoneyOutcome = { money: "notTaken" };
const ended = (
  name: string,
  reason: Ended["reason"],
  next: string,
  ask: string,
  more: Partial<Pick<Ended, "code" | "moneyOutcome" | "left">> = {},
): ExampleView =>
  example(
    `ended-${name}`,
    {
      step: "ended",
      reason,
      what: say(`ended.what.${name}`, { done: 1, copies: 3 }),
      moneyOutcome: notTaken,
      next: say(`ended.next.${next}`),
      ask: say(`ended.ask.${ask}`, { request: REQUEST }),
      left: [],
      ...more,
    },
    { remaining: left(42_000) },
  );

const problems = [
  "moved",
  "unreadable",
  "reader",
  "left",
  "jukiCard",
  "androidPhone",
  "iPhone",
  "unknown",
  "myNumberCardWithoutJpki",
];

/** Every step of the panel in every way in which it can look. */
export const exampleViews: readonly ExampleView[] = [
  example("language", { step: "language", languages: ["ja", "en"], exactMoneyOnly: false, noReceipt: false }),
  example("language-remarks", { step: "language", languages: ["ja", "en"], exactMoneyOnly: true, noReceipt: true }),
  example("out-of-service", { step: "outOfService", reason: say("outOfService.reason", { code: "K-PRINT-201" }) }),
  asking("notice", { step: "notice" }),
  asking("card", { step: "card" }),
  ...problems.map((problem) => asking(`card-${problem}`, { step: "card", problem: say(`card.problem.${problem}`) })),
  asking("municipality", { step: "municipality", choices: [midorino, ebisawa] }),
  asking("municipality-many", { step: "municipality", choices: manyMunicipalities }),
  asking("pin", { step: "pin", digits: 0, triesLeft: 3, lastTry: false, wrong: false }, { canBack: true }),
  asking("pin-two-digits", { step: "pin", digits: 2, triesLeft: 3, lastTry: false, wrong: false }, { canBack: true }),
  asking("pin-wrong", { step: "pin", digits: 0, triesLeft: 2, lastTry: false, wrong: true }, { canBack: true }),
  asking("pin-last-try", { step: "pin", digits: 0, triesLeft: 1, lastTry: true, wrong: true }, { canBack: true }),
  example("authenticating-card", { step: "authenticating", doing: say("authenticating.card") }, { canCancel: true }),
  asking("remove-card", { step: "removeCard" }),
  example(
    "authenticating-municipality",
    { step: "authenticating", doing: say("authenticating.municipality") },
    { canCancel: true },
  ),
  asking("choose", { step: "choose", municipality: "緑野市", items: [record, seal] }),
  asking("choose-six", { step: "choose", municipality: "緑野市", items: six }),
  asking("choose-longest", {
    step: "choose",
    municipality: "緑野市",
    items: [offer("resident-record", "住民票の写し", explanation.repeat(8).slice(0, 300), true), seal],
  }),
  asking("options", options("household", names.slice(0, 2)), { canBack: true }),
  asking("options-two-members", options("members", names.slice(2, 4)), { canBack: true }),
  asking("options-nine-members", options("members", [...names, longName, "井上　律"]), { canBack: true }),
  asking("copies", { step: "copies", copies: 2, maxCopies: 5, feePerCopyYen: 200, feeYen: 400 }, { canBack: true }),
  asking(
    "copies-ten",
    { step: "copies", copies: 1, maxCopies: 10, feePerCopyYen: 300, feeYen: 300 },
    { canBack: true },
  ),
  asking("confirm", confirm(), { canBack: true }),
  asking("confirm-exact-money", confirm({ exactMoneyOnly: true, lines: [say("confirm.holderOnly")], members: [] }), {
    canBack: true,
  }),
  ...["requesting", "interrupted", "composing", "checking"].map((doing) =>
    example(`preparing-${doing}`, { step: "preparing", doing: say(`preparing.${doing}`) }, { canCancel: true }),
  ),
  asking("without-receipt", { step: "withoutReceipt", feeYen: 400 }),
  asking("pay", pay(0)),
  asking("pay-some", pay(150)),
  asking("pay-exact", pay(100, undefined, true)),
  ...["opening", "closing", "noChange", "accepting", "returning"].map((doing) =>
    example(`pay-${doing}`, pay(doing === "opening" ? 0 : 500, doing)),
  ),
  ...["printing", "busy", "held", "change", "refunding"].map((doing) =>
    example(`printing-${doing}`, printing(doing, 1)),
  ),
  example("printing-attention", printing("attention", 1), { canCancel: true }),
  example("receipt", { step: "receipt", doing: say("receipt.printing") }),
  asking(
    "take",
    { step: "takeEverything", left: ["document", "change", "receipt"], alarm: false, issued: true },
    { canCancel: false },
  ),
  asking(
    "take-receipt",
    { step: "takeEverything", left: ["receipt"], alarm: false, issued: true },
    { canCancel: false },
  ),
  asking(
    "take-alarm",
    { step: "takeEverything", left: ["card", "document"], alarm: true, issued: true },
    { canCancel: false },
  ),
  example("take-waiting", { step: "takeEverything", left: [], alarm: false, issued: true }),
  asking(
    "warning",
    { step: "choose", municipality: "緑野市", items: [record, seal] },
    { remaining: left(14_000, true) },
  ),
  asking("warning-last", pay(150), { remaining: { leftMs: 9_000, warning: true, extendable: false } }),
  ended("cancelled", "cancelled", "nothing", "nobody", { code: "K-KIOSK-101" }),
  ended("timedOut", "timedOut", "tryAgain", "nobody", { code: "K-KIOSK-102", left: ["card"] }),
  ended("pinBlocked", "fault", "townHall", "townHall", { code: "K-CARD-106" }),
  ended("device", "fault", "later", "staff", { code: "K-PRINT-201" }),
  ended("connection", "fault", "later", "centre", { code: "K-TUNNEL-101" }),
  ended("noChange", "fault", "exactMoney", "staff", {
    code: "K-KIOSK-111",
    moneyOutcome: { money: "returned", yen: 500 },
    left: ["change"],
  }),
  ended("coinsNotCounted", "fault", "staff", "staff", {
    code: "K-KIOSK-112",
    moneyOutcome: { money: "owed", yen: 100 },
  }),
  ended("coinsNotReturned", "fault", "staff", "staff", {
    code: "K-KIOSK-113",
    moneyOutcome: { money: "owed", yen: 500 },
  }),
  ended("coinsNotAccepted", "fault", "staff", "staff", {
    code: "K-KIOSK-114",
    moneyOutcome: { money: "owed", yen: 400 },
  }),
  ended("payoutIncomplete", "fault", "staff", "staff", {
    code: "K-KIOSK-115",
    moneyOutcome: { money: "owed", yen: 90 },
    left: ["document", "change", "receipt"],
  }),
  ended("notPrinted", "fault", "tryAgain", "staff", {
    code: "K-KIOSK-116",
    moneyOutcome: { money: "returned", yen: 400 },
    left: ["document", "change"],
  }),
  ended("printUnknown", "fault", "staff", "staff", {
    code: "K-KIOSK-117",
    moneyOutcome: { money: "taken", yen: 200 },
    left: ["document"],
  }),
  ended("tooSlow", "fault", "tryAgain", "centre", { code: "K-KIOSK-119" }),
  ended("glyph", "refused", "townHall", "townHall"),
  ended("closed", "refused", "later", "townHall"),
  ended("certificateInvalid", "refused", "townHall", "townHall"),
  ended("tooLate", "fault", "tryAgain", "nobody", { code: "K-BIND-117" }),
  ended("clock", "fault", "later", "centre", { code: "K-BIND-104" }),
  ended("refused", "refused", "townHall", "townHall"),
  ended("fault", "fault", "later", "centre", { code: "K-KIOSK-131" }),
  ended("contradiction", "contradiction", "later", "centre", { code: "K-BIND-130" }),
];

/** The screens of an ordinary issuance, in their order. */
export const ordinarySession: readonly Omit<PanelView, "revision">[] = [
  "language",
  "notice",
  "card",
  "municipality",
  "pin",
  "pin-two-digits",
  "authenticating-card",
  "remove-card",
  "authenticating-municipality",
  "choose",
  "options-two-members",
  "copies",
  "confirm",
  "preparing-requesting",
  "pay",
  "pay-some",
  "printing-printing",
  "receipt",
  "take",
  "take-waiting",
].map((name) => viewOf(name, "ja"));

/** An example by its name, in a language. */
export function viewOf(name: string, language: Language): Omit<PanelView, "revision"> {
  const found = exampleViews.find((one) => one.name === name);
  if (!found) throw new Error(`there is no example ${name}`);
  return { ...found.view, language };
}
