import { entries } from "./entry.ts";

/** Errors of `./madoguchi decode` and `encode`; see `docs/errors.md`. */
export const wireErrors = entries({
  "K-WIRE-101": {
    kind: "refusal",
    cause: "a line is not hexadecimal bytes",
    clerk: "Give one frame a line as pairs of hexadecimal digits; spaces, 0x and comments behind # are allowed.",
  },
  "K-WIRE-102": {
    kind: "refusal",
    cause: "bytes are no frame of this protocol",
    clerk: "Check that the line holds one whole frame, and that the protocol and its frame check are the right ones.",
  },
  "K-WIRE-103": {
    kind: "refusal",
    cause: "a line is too long",
    clerk: "Give one frame a line.",
  },
  "K-WIRE-104": {
    kind: "refusal",
    cause: "a line does not describe a message of this protocol",
    clerk: "Give one JSON object a line, as decode prints it.",
  },
});
