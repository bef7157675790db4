import { entries } from "./entry.ts";

/** Errors of `./madoguchi device --record` and `./madoguchi replay`; see docs/devices.md. */
export const recordingErrors = entries({
  "K-REC-101": {
    kind: "configuration",
    cause: "a file is no recording of a device, or one of another version",
    clerk: "Make a recording with ./madoguchi device NAME --port ADDRESS --record FILE.",
  },
  "K-REC-102": {
    kind: "configuration",
    cause: "a line of a recording is torn or damaged",
    clerk: "Remove the named line and everything behind it; what stands before it can be replayed.",
  },
  "K-REC-103": {
    kind: "fault",
    cause: "the driver goes another way than in the recording",
    clerk: "Send the recording and this answer to the operator's centre.",
  },
  "K-REC-104": {
    kind: "configuration",
    cause: "a recording cannot be written",
    clerk: "Name a file that does not exist yet, in a folder that can be written.",
  },
});
