import { entries } from "./entry.ts";

/** The embedded default and the commands that drive it. */
export const townErrors = entries({
  "K-TOWN-101": {
    kind: "fault",
    cause: "a process of the town ended before it was ready",
    clerk: "Read the process's last words; ./madoguchi doctor tells what this machine lacks.",
  },
  "K-TOWN-102": {
    kind: "configuration",
    cause: "a process of the town does not accept its configuration",
    clerk: "Mend the named file, or remove the data folder to begin anew.",
  },
  "K-TOWN-103": {
    kind: "configuration",
    cause: "there is no such resident in this town",
    clerk: "Choose one of the residents of the town's residents.csv.",
  },
  "K-TOWN-104": {
    kind: "fault",
    cause: "the scripted citizen waits for a screen that does not come",
    clerk: "Read the logs in the data folder.",
  },
  "K-TOWN-106": {
    kind: "configuration",
    cause: "the municipality does not give so many copies at once",
    clerk: "Ask for fewer copies.",
  },
  "K-TOWN-105": {
    kind: "fault",
    cause: "the bench did not understand or could not carry out a request",
    clerk: "Read the detail; the machine may not be in the state that the request needs.",
  },
  "K-TOWN-107": {
    kind: "fault",
    cause: "a process of the town cannot be started, stopped or exchanged as asked",
    clerk: "Look at the list of processes on the bench for their names, and at the process's log.",
  },
  "K-TOWN-108": {
    kind: "fault",
    cause: "the bench runs without the town's supervisor, which alone can start and stop processes",
    clerk: "Start the bench with ./madoguchi up.",
  },
});
