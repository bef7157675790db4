import { entries } from "./entry.ts";

/** Errors of this room; see `docs/errors.md`. */
export const cardErrors = entries({
  "K-CARD-101": {
    kind: "refusal",
    cause: "no card lies on the reader",
    clerk: "Ask the citizen to put the card on the reader.",
  },
  "K-CARD-102": {
    kind: "refusal",
    cause: "the card has no JPKI application",
    clerk: "This is not a My Number card, or it carries no electronic certificate; another card is needed.",
  },
  "K-CARD-103": {
    kind: "refusal",
    cause: "the card was moved or taken away while it was read",
    clerk: "Ask the citizen to put the card back and to leave it until the screen says so.",
  },
  "K-CARD-104": {
    kind: "fault",
    cause: "the card or the reader did not answer a command in time, and the reader's process was replaced",
    clerk:
      "Ask the citizen to put the card on the reader again; if it happens with every card, call the operator's centre.",
  },
  "K-CARD-105": {
    kind: "fault",
    cause: "the card reader is not available",
    clerk: "Check the cable of the card reader; it comes back by itself.",
  },
  "K-CARD-106": {
    kind: "refusal",
    cause: "the PIN is blocked: its counter is at zero",
    clerk: "The citizen must have the PIN reset at a municipal office; the kiosk cannot do it.",
  },
  "K-CARD-107": {
    kind: "refusal",
    cause: "the card refuses because its PIN was not accepted in this session",
    clerk: "Start again and enter the PIN.",
  },
  "K-CARD-108": {
    kind: "fault",
    cause: "the card gave an answer that the step does not expect",
    clerk: "Try once more; if the same card fails again, the citizen should have it looked at in a municipal office.",
  },
  "K-CARD-109": {
    kind: "configuration",
    cause: "the add-on for PC/SC readers is missing or was built for another Node (./madoguchi doctor --fix builds it)",
    clerk: "Run ./madoguchi doctor --fix, then start the kiosk again.",
  },
  "K-CARD-110": {
    kind: "fault",
    cause: "the card is in use by another session or another program",
    clerk: "Take the card off and put it on again; if it stays so, another program on this machine uses the reader.",
  },
  "K-CARD-111": {
    kind: "fault",
    cause: "the card's certificate file does not hold a certificate",
    clerk: "The citizen should have the card looked at in a municipal office.",
  },
  "K-CARD-112": {
    kind: "configuration",
    cause: "the address of the card reader cannot be used",
    clerk: "Mend the card reader's address in kiosk.yaml: pcsc:NAME or unix:/path, in a folder that can be written.",
  },
  "K-CARD-113": {
    kind: "refusal",
    cause: "a PIN does not have the form that the card expects, so it was not sent and no try was spent",
    clerk: "Enter the PIN of four digits.",
  },
  "K-CARD-114": {
    kind: "configuration",
    cause: "no card reader with the name of the configuration is plugged in (the detail says which readers are there)",
    clerk:
      "Check the cable of the card reader; if it is plugged in, write a part of its name into kiosk.yaml (pcsc:NAME).",
  },
  "K-CARD-115": {
    kind: "configuration",
    cause: "the name in the configuration fits several card readers, so nobody knows which one is the citizen's",
    clerk:
      "Unplug the reader that does not belong to the kiosk, or write a longer part of the right one's name into kiosk.yaml.",
  },
});
