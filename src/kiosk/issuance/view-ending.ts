import type { ErrorCode } from "../../kernel/errors/catalogue.ts";
import type { Message, MoneyOutcome, PanelStep } from "../../protocol/panel.ts";
import { copiesIn, type Ending, type FlowContext } from "./flow/context.ts";

/** What is said about an ending: what happened, what to do next, whom to ask. Keys of `ui/locales`. */
interface EndingWords {
  readonly what: string;
  readonly next: "tryAgain" | "townHall" | "staff" | "later" | "exactMoney" | "nothing";
  readonly ask: "nobody" | "townHall" | "staff" | "centre";
}

const device: EndingWords = { what: "device", next: "later", ask: "staff" };
const connection: EndingWords = { what: "connection", next: "later", ask: "centre" };
const certificateInvalid: EndingWords = { what: "certificateInvalid", next: "townHall", ask: "townHall" };
const glyph: EndingWords = { what: "glyph", next: "townHall", ask: "townHall" };

/**
 * Codes with words of their own. Whatever is not here gets the words of its kind; in particular every refusal by the
 * municipality that could tell something about a person (支援措置) has no entry and must never get one.
 */
const words: Readonly<Partial<Record<ErrorCode, EndingWords>>> = {
  "K-KIOSK-101": { what: "cancelled", next: "nothing", ask: "nobody" },
  "K-KIOSK-102": { what: "timedOut", next: "tryAgain", ask: "nobody" },
  "K-KIOSK-104": { what: "pinBlocked", next: "townHall", ask: "townHall" },
  "K-CARD-106": { what: "pinBlocked", next: "townHall", ask: "townHall" },
  "K-KIOSK-110": device,
  "K-KIOSK-111": { what: "noChange", next: "exactMoney", ask: "staff" },
  "K-KIOSK-112": { what: "coinsNotCounted", next: "staff", ask: "staff" },
  "K-KIOSK-113": { what: "coinsNotReturned", next: "staff", ask: "staff" },
  "K-KIOSK-114": { what: "coinsNotAccepted", next: "staff", ask: "staff" },
  "K-KIOSK-115": { what: "payoutIncomplete", next: "staff", ask: "staff" },
  "K-KIOSK-116": { what: "notPrinted", next: "tryAgain", ask: "staff" },
  "K-KIOSK-117": { what: "printUnknown", next: "staff", ask: "staff" },
  "K-KIOSK-119": { what: "tooSlow", next: "tryAgain", ask: "centre" },
  "K-CERT-101": glyph,
  "K-CERT-102": glyph,
  "K-CERT-113": { what: "closed", next: "later", ask: "townHall" },
  "K-CERT-118": { what: "tooLate", next: "tryAgain", ask: "nobody" },
  "K-CERT-130": certificateInvalid,
  "K-CENT-102": certificateInvalid,
  "K-CENT-103": certificateInvalid,
  "K-CENT-105": certificateInvalid,
  "K-CENT-106": certificateInvalid,
  "K-CENT-122": { what: "tooLate", next: "tryAgain", ask: "nobody" },
  "K-BIND-104": { what: "clock", next: "later", ask: "centre" },
  "K-BIND-117": { what: "tooLate", next: "tryAgain", ask: "nobody" },
};

/** Families of codes by what the citizen can do about them. */
const families: readonly (readonly [prefix: string, words: EndingWords])[] = [
  ["K-NET-", connection],
  ["K-TUNNEL-", connection],
  // OCSP: the centre cannot learn whether the certificate is valid.
  ["K-CENT-11", connection],
  ["K-PRINT-", device],
  ["K-COIN-", device],
  ["K-RCPT-", device],
  ["K-CAB-", device],
  ["K-LINK-", device],
  ["K-CMD-", device],
];

const kinds: Readonly<Record<Ending["reason"], EndingWords>> = {
  cancelled: { what: "cancelled", next: "nothing", ask: "nobody" },
  timedOut: { what: "timedOut", next: "tryAgain", ask: "nobody" },
  refused: { what: "refused", next: "townHall", ask: "townHall" },
  fault: { what: "fault", next: "later", ask: "centre" },
  contradiction: { what: "contradiction", next: "later", ask: "centre" },
};

function wordsOf(ending: Ending): EndingWords {
  const family = families.find(([prefix]) => ending.code.startsWith(prefix));
  return words[ending.code] ?? family?.[1] ?? kinds[ending.reason];
}

/** Where the money is, as far as it is proved. */
export function moneyOutcome(c: FlowContext): MoneyOutcome {
  const { owedYen, refundedYen, returnedYen, acceptedYen } = c.money;
  if (owedYen > 0) return { money: "owed", yen: owedYen };
  if (refundedYen + returnedYen > 0) return { money: "returned", yen: refundedYen + returnedYen };
  if (acceptedYen > 0 && copiesIn(c, "done") > 0) return { money: "taken", yen: acceptedYen - c.money.changePaidYen };
  return { money: "notTaken" };
}

/** The `ended` view: what happened, the money, what to do next, whom to ask. */
export function endingView(c: FlowContext): PanelStep {
  const ending = c.ending ?? { reason: "fault", code: "K-KIOSK-131" as const };
  const { what, next, ask } = wordsOf(ending);
  // A refusal's code could tell a watcher more than the words do.
  const shown = ending.reason === "refused" ? {} : { code: ending.code };
  const request = c.requestId ?? "";
  const asking: Message =
    request === "" ? { key: `ended.ask.${ask}` } : { key: `ended.ask.${ask}`, params: { request } };
  return {
    step: "ended",
    reason: ending.reason,
    ...shown,
    what: {
      key: `ended.what.${what}`,
      params: { done: copiesIn(c, "done"), copies: c.copies },
    },
    moneyOutcome: moneyOutcome(c),
    next: { key: `ended.next.${next}` },
    ask: asking,
    left: c.left,
  };
}
