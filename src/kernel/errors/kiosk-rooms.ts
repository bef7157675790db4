import { entries } from "./entry.ts";

/** The kiosk's ledger and tunnel. */
export const kioskRoomErrors = entries({
  "K-LEDGER-101": {
    kind: "fault",
    cause: "the kiosk's journal cannot be opened or written",
    clerk: "Check that the disk of the kiosk is not full; the kiosk takes no money until its journal can write.",
  },
  "K-LEDGER-102": {
    kind: "fault",
    cause: "the kiosk's journal is damaged or is not a journal",
    clerk:
      "Do not start the kiosk with an empty journal. Keep the data folder as it is and call the operator's centre.",
  },
  "K-LEDGER-103": {
    kind: "configuration",
    cause: "the kiosk's journal was made by a newer version of the program",
    clerk: "Start the version that made the data folder, or call the operator's centre.",
  },
  "K-LEDGER-104": {
    kind: "contradiction",
    cause: "the kiosk's journal was altered: its hash chain does not fit",
    clerk: "Keep the data folder as it is and call the operator's centre.",
  },
  "K-TUNNEL-101": {
    kind: "fault",
    cause: "the operator's centre cannot be reached",
    clerk: "Check the network of the kiosk; if other services work, call the operator's centre.",
  },
  "K-TUNNEL-102": {
    kind: "fault",
    cause: "the operator's centre cannot reach the issuance centre",
    clerk: "The citizen may try again later; nothing at the kiosk needs to be done.",
  },
  "K-TUNNEL-103": {
    kind: "contradiction",
    cause: "a reply of the issuance centre belongs to another message",
    clerk: "Call the operator's centre and tell them the code.",
  },
  "K-TUNNEL-104": {
    kind: "contradiction",
    cause: "a reply of the issuance centre cannot be opened: it was altered or sealed to another key",
    clerk: "Call the operator's centre and tell them the code.",
  },
});
