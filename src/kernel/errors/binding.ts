import { entries } from "./entry.ts";

const KEEP =
  "Do not hand out any paper. Keep what was printed in the envelope for incidents, seal it, and call the operator's centre.";

/** The checks of docs/binding.md: one code for each way in which a paper could belong to somebody else. */
export const bindingErrors = entries({
  "K-BIND-101": { kind: "contradiction", cause: "a statement's signature does not verify", clerk: KEEP },
  "K-BIND-102": {
    kind: "contradiction",
    cause: "a statement was signed by a key that may not sign it (role, party or certificate authority)",
    clerk: KEEP,
  },
  "K-BIND-103": { kind: "contradiction", cause: "a statement does not have the agreed form", clerk: KEEP },
  "K-BIND-104": {
    kind: "contradiction",
    cause: "a statement is outside its time, or the clock of this machine is wrong",
    clerk: "Check date and time of the machine; then call the operator's centre.",
  },
  "K-BIND-105": {
    kind: "contradiction",
    cause: "a sealed message cannot be opened with this session's key",
    clerk: KEEP,
  },
  "K-BIND-110": { kind: "contradiction", cause: "a statement belongs to another request", clerk: KEEP },
  "K-BIND-111": {
    kind: "contradiction",
    cause: "a statement belongs to another application of a card (A)",
    clerk: KEEP,
  },
  "K-BIND-112": { kind: "contradiction", cause: "a statement belongs to another choice (S)", clerk: KEEP },
  "K-BIND-113": {
    kind: "contradiction",
    cause: "a statement belongs to another register attestation (R)",
    clerk: KEEP,
  },
  "K-BIND-114": { kind: "contradiction", cause: "a statement belongs to another release (M)", clerk: KEEP },
  "K-BIND-115": { kind: "contradiction", cause: "a statement is meant for another kiosk", clerk: KEEP },
  "K-BIND-116": { kind: "contradiction", cause: "a statement is meant for another session", clerk: KEEP },
  "K-BIND-117": {
    kind: "contradiction",
    cause: "the time to print this document is over",
    clerk: "The citizen may try again.",
  },
  "K-BIND-118": { kind: "contradiction", cause: "a request or document was seen before", clerk: KEEP },
  "K-BIND-119": { kind: "contradiction", cause: "the number of documents is not the number of copies", clerk: KEEP },
  "K-BIND-120": { kind: "contradiction", cause: "the signature of the card (A) does not verify", clerk: KEEP },
  "K-BIND-121": { kind: "contradiction", cause: "the document's bytes are not those that were released", clerk: KEEP },
  "K-BIND-122": { kind: "contradiction", cause: "the page count is not the one that was released", clerk: KEEP },
  "K-BIND-123": { kind: "contradiction", cause: "a page's picture is not the one that was signed", clerk: KEEP },
  "K-BIND-124": {
    kind: "contradiction",
    cause: "the payload of a page's scrambled image is not the one that the centre signed",
    clerk: KEEP,
  },
  "K-BIND-130": {
    kind: "contradiction",
    cause: "a page names somebody whom the register attestation does not name",
    clerk: KEEP,
  },
  "K-BIND-131": {
    kind: "contradiction",
    cause: "somebody whom the register attestation names is missing on the pages",
    clerk: KEEP,
  },
  "K-BIND-132": { kind: "contradiction", cause: "a page does not carry its document id", clerk: KEEP },
  "K-BIND-133": { kind: "contradiction", cause: "a page does not carry its number n/N", clerk: KEEP },
  "K-BIND-134": { kind: "contradiction", cause: "a page carries a field that was not chosen", clerk: KEEP },
  "K-BIND-135": { kind: "contradiction", cause: "a page lacks a field that was chosen", clerk: KEEP },
  "K-BIND-136": { kind: "contradiction", cause: "a page carries text or pictures outside the form", clerk: KEEP },
  "K-BIND-137": { kind: "contradiction", cause: "a page's address is not the one the register attests", clerk: KEEP },
  "K-BIND-138": { kind: "contradiction", cause: "a page cannot be read", clerk: KEEP },
  "K-BIND-139": {
    kind: "contradiction",
    cause: "a value on a page is not the one that the register attests",
    clerk: KEEP,
  },
  "K-BIND-140": {
    kind: "contradiction",
    cause: "the card's own items name another person than the register",
    clerk: KEEP,
  },
  "K-BIND-141": { kind: "contradiction", cause: "the card's own items name another person than the page", clerk: KEEP },
  "K-BIND-142": {
    kind: "contradiction",
    cause: "a page names others than those whom the panel showed for this choice",
    clerk: KEEP,
  },
});
