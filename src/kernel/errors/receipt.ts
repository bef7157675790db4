import { entries } from "./entry.ts";

/** Errors of this room; see `docs/errors.md`. */
export const receiptErrors = entries({
  "K-RCPT-101": {
    kind: "fault",
    cause: "the receipt printer has no paper",
    clerk: "Open the receipt printer, put a new roll in and close the cover.",
  },
  "K-RCPT-102": {
    kind: "fault",
    cause: "the cover of the receipt printer is open",
    clerk: "Close the cover of the receipt printer until it clicks.",
  },
  "K-RCPT-103": {
    kind: "fault",
    cause: "the cutter of the receipt printer is blocked",
    clerk: "Open the receipt printer, take out torn paper near the cutter and close it again.",
  },
  "K-RCPT-104": {
    kind: "fault",
    cause: "the print head of the receipt printer is too hot; it goes on by itself when it has cooled",
    clerk: "Wait a few minutes; if it stays so, call the operator's centre.",
  },
  "K-RCPT-105": {
    kind: "fault",
    cause: "the receipt printer reports an error that it cannot mend by itself",
    clerk: "Switch the receipt printer off and on; if the error stays, call the operator's centre.",
  },
  "K-RCPT-106": {
    kind: "fault",
    cause: "the receipt printer is offline and does not say why",
    clerk: "Check that nobody holds its feed button; otherwise switch it off and on.",
  },
  "K-RCPT-107": {
    kind: "configuration",
    cause: "a receipt has a character that neither the printer nor the kiosk's font can draw",
    clerk: "Call the operator's centre and tell them the code; the receipt can be asked for there.",
  },
  "K-RCPT-108": {
    kind: "fault",
    cause: "the receipt printer did not report that the receipt is printed",
    clerk: "Look whether a whole receipt came out; if not, write one by hand.",
  },
  "K-RCPT-109": {
    kind: "fault",
    cause: "the receipt printer's paper is nearly at its end; it still prints",
    clerk: "Put a new roll in when nobody uses the kiosk.",
  },
});
