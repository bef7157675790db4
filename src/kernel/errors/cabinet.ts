import { entries } from "./entry.ts";

/** Errors of this room; see `docs/errors.md`. */
export const cabinetErrors = entries({
  "K-CAB-101": {
    kind: "fault",
    cause: "the I/O board of the cabinet does not answer",
    clerk: "Check the board's cable; it is started again by itself. If it stays silent, call the operator's centre.",
  },
  "K-CAB-102": {
    kind: "fault",
    cause: "the bridge to the I/O board speaks another version than the kiosk",
    clerk: "The kiosk's software is not installed whole; call the operator's centre.",
  },
  "K-CAB-103": {
    kind: "fault",
    cause: "the I/O board refused to switch an output",
    clerk: "Call the operator's centre and tell them the code.",
  },
  "K-CAB-104": {
    kind: "fault",
    cause: "the cabinet's tamper contact is open",
    clerk: "Look whether the cabinet was broken open. Do not use the kiosk; call the operator's centre.",
  },
  "K-CAB-105": {
    kind: "fault",
    cause: "an order to the I/O board is outside of what the board allows",
    clerk: "Call the operator's centre and tell them the code.",
  },
  "K-CAB-106": {
    kind: "fault",
    cause: "the service door of the cabinet is open",
    clerk: "Shut and lock the service door; the kiosk opens again by itself.",
  },
  "K-CAB-107": {
    kind: "fault",
    cause: "the cash box is open or not in its place",
    clerk: "Put the cash box in its place and lock it. If nobody of you opened it, call the operator's centre.",
  },
  "K-CAB-108": {
    kind: "fault",
    cause: "the battery is nearly empty: the mains have been away for a while",
    clerk: "Check the mains plug of the kiosk. It serves again when the battery has been charged.",
  },
});
