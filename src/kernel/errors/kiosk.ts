import { entries } from "./entry.ts";

const NOTE_AND_CALL =
  "Write down the request number that the screen and the receipt show, and call the operator's centre. Do not guess the amount.";

/** Errors of this room; see `docs/errors.md`. */
export const kioskErrors = entries({
  "K-KIOSK-101": { kind: "aborted", cause: "the citizen ended the session", clerk: "Nothing needs to be done." },
  "K-KIOSK-102": {
    kind: "aborted",
    cause: "nobody went on within the time of the step",
    clerk: "Look whether something was left at the kiosk.",
  },
  "K-KIOSK-104": {
    kind: "refusal",
    cause: "the PIN of the card is blocked",
    clerk: "The citizen must have the PIN set again at the town hall of the place of residence.",
  },
  "K-KIOSK-105": {
    kind: "refusal",
    cause: "the municipality offers this person no certificate now",
    clerk: "The citizen may ask the municipality. The kiosk does not know the reason.",
  },
  "K-KIOSK-110": {
    kind: "fault",
    cause: "a device that the issuance needs is not ready",
    clerk: "Look at the named device: paper, toner, covers, cable. No money was taken.",
  },
  "K-KIOSK-111": {
    kind: "refusal",
    cause: "the hoppers cannot give the change that is needed",
    clerk: "Refill change. Until then the kiosk takes exact money only.",
  },
  "K-KIOSK-112": {
    kind: "fault",
    cause: "the coin acceptor counted events that nobody can name any more",
    clerk: NOTE_AND_CALL,
  },
  "K-KIOSK-113": {
    kind: "fault",
    cause: "it is not proved that the coins of the escrow went back",
    clerk: NOTE_AND_CALL,
  },
  "K-KIOSK-114": {
    kind: "fault",
    cause: "it is not proved whether the coins of the escrow went into the cash box",
    clerk: NOTE_AND_CALL,
  },
  "K-KIOSK-115": {
    kind: "fault",
    cause: "the hoppers did not give all coins that were due",
    clerk: NOTE_AND_CALL,
  },
  "K-KIOSK-116": {
    kind: "fault",
    cause: "a copy was paid and is proved not to be printed",
    clerk: "Clear the printer. The fee of the copy was given back, or the screen says what is owed.",
  },
  "K-KIOSK-117": {
    kind: "fault",
    cause: "it is not known whether a copy was printed",
    clerk:
      "Look into the printer and its output tray. Keep what you find, seal it, and call the operator's centre with the request number.",
  },
  "K-KIOSK-119": {
    kind: "fault",
    cause: "a step of the machine took longer than it may",
    clerk: "The citizen may try again. If it happens again, call the operator's centre.",
  },
  "K-KIOSK-120": {
    kind: "fault",
    cause: "it is not proved that everything of a session was wiped",
    clerk: "The kiosk stays out of service. Start it again, and call the operator's centre.",
  },
  "K-KIOSK-121": {
    kind: "fault",
    cause: "money of an earlier session is not settled yet",
    clerk: "Look into the return tray and the journal of the kiosk, and call the operator's centre.",
  },
  "K-KIOSK-122": {
    kind: "contradiction",
    cause: "an answer inside the kiosk belongs to another request than the one of this session",
    clerk: "Do not hand out any paper, and call the operator's centre.",
  },
  "K-KIOSK-123": {
    kind: "fault",
    cause: "the process ended between money and paper of a session",
    clerk: NOTE_AND_CALL,
  },
  "K-KIOSK-130": {
    kind: "configuration",
    cause: "a sentence of the panel is missing in a language",
    clerk: "Mend the named file of ui/locales, then start again.",
  },
  "K-KIOSK-131": {
    kind: "fault",
    cause: "a step of the issuance met a bug of the kiosk",
    clerk: "Call the operator's centre and tell them the code.",
  },
  "K-KIOSK-132": {
    kind: "refusal",
    cause: "a citizen is served, or another fixup is under way: nothing is mended meanwhile",
    clerk: "Wait until the first screen is shown again, then try once more.",
  },
  "K-KIOSK-133": {
    kind: "refusal",
    cause: "nothing that is wrong now calls for this fixup",
    clerk: "Look at the kiosk's health again: it may have mended itself.",
  },
  "K-KIOSK-134": {
    kind: "fault",
    cause: "no kiosk answers on the staff socket",
    clerk: "Check that the kiosk runs and that this is its user and its data folder.",
  },
});
