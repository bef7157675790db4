import { entries } from "./entry.ts";

/** The inquiry site. */
export const inquiryErrors = entries({
  "K-INQ-101": {
    kind: "refusal",
    cause: "more scans wait at the inquiry site than it holds",
    clerk: "Try again in a minute.",
  },
  "K-INQ-102": {
    kind: "refusal",
    cause: "more scans came from one address than are looked at",
    clerk: "Wait a few minutes, then try again.",
  },
  "K-INQ-103": {
    kind: "refusal",
    cause: "one document was asked about more often than is answered",
    clerk: "Try again later; ask the municipality named on the certificate when it is urgent.",
  },
});
