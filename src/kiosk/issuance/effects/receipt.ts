import type { Receipt, ReceiptLine } from "../../../../devices/receipt-printer/port.ts";
import type { Words } from "../../words.ts";
import type { ReceiptFacts } from "../flow/effect.ts";

/** What stands on the receipt: request, kind, copies, yen and time in Japan; nothing about a person. */
export function receiptOf(facts: ReceiptFacts, words: Words, atMs: number): Receipt {
  const say = (key: string, params?: Readonly<Record<string, string | number>>) =>
    words.say(facts.language, key, params);
  const money = (amountYen: number) => say("receipt.yen", { yen: amountYen });
  const pair = (key: string, value: string, bold = false): ReceiptLine => ({
    kind: "pair",
    label: say(key),
    value,
    ...(bold ? { bold } : {}),
  });
  const lines: ReceiptLine[] = [
    { kind: "text", text: japaneseTime(atMs), align: "right" },
    { kind: "rule" },
    pair("receipt.certificate", say(`kind.${facts.kind}`)),
    pair("receipt.copies", say("receipt.copiesOf", { done: facts.copiesDone, copies: facts.copies })),
    pair("receipt.fee", money(facts.feeYen), true),
    pair("receipt.inserted", money(facts.insertedYen)),
    pair("receipt.change", money(facts.changeYen)),
  ];
  if (facts.refundedYen > 0) lines.push(pair("receipt.refunded", money(facts.refundedYen)));
  if (facts.owedYen > 0) {
    lines.push({ kind: "rule" }, pair("receipt.owed", money(facts.owedYen), true));
    lines.push({ kind: "text", text: say("receipt.owedNote") });
  }
  lines.push(
    { kind: "rule" },
    { kind: "text", text: say("receipt.request") },
    { kind: "text", text: facts.requestId },
    { kind: "feed", lines: 1 },
    { kind: "text", text: say("receipt.thanks"), align: "center" },
  );
  return { title: say("receipt.title"), lines };
}

/** `2026-11-24 10:00` in Japan, wherever the machine's clock thinks it is. */
function japaneseTime(atMs: number): string {
  const JAPAN_OFFSET_MS = 9 * 3_600_000;
  return new Date(atMs + JAPAN_OFFSET_MS).toISOString().slice(0, 16).replace("T", " ");
}
