import { entries } from "./entry.ts";

/** Errors of this room; see `docs/errors.md`. 1xx the bus, 2xx the acceptor, 3xx the escrow, 4xx the hoppers, 5xx exchanges, 6xx notes. */
export const coinErrors = entries({
  "K-COIN-101": {
    kind: "fault",
    cause: "a device on the coin bus does not answer",
    clerk: "Check the power and the plug of the coin vendor; if it stays silent, call the operator's centre.",
  },
  "K-COIN-102": {
    kind: "fault",
    cause: "a device on the coin bus refused a command",
    clerk: "Switch the coin vendor off and on; if it happens again, call the operator's centre.",
  },
  "K-COIN-103": {
    kind: "fault",
    cause: "a device on the coin bus stays busy",
    clerk: "Wait a minute; if it stays so, switch the coin vendor off and on.",
  },
  "K-COIN-104": {
    kind: "fault",
    cause: "a device on the coin bus answers in another form than the specification says",
    clerk: "Call the operator's centre and tell them the code.",
  },
  "K-COIN-105": {
    kind: "fault",
    cause: "the coin bus does not bring back the kiosk's own bytes: the adapter or its wire is broken",
    clerk: "Check the cable between the kiosk and the coin vendor.",
  },
  "K-COIN-106": {
    kind: "configuration",
    cause: "another kind of device than configured answers at an address of the coin bus",
    clerk: "Check the address switches of the acceptor, the escrow and the hoppers.",
  },
  "K-COIN-201": {
    kind: "configuration",
    cause: "the coin acceptor does not know all coins that the kiosk takes",
    clerk: "The acceptor needs the Japanese coin set; call the operator's centre.",
  },
  "K-COIN-202": {
    kind: "fault",
    cause: "the coin acceptor reports a fault",
    clerk: "Open the coin vendor, remove coins or other things from the coin path, and close it.",
  },
  "K-COIN-203": {
    kind: "fault",
    cause: "somebody may have tried to cheat the coin acceptor",
    clerk: "Look at the coin slot and the coin path; note the time for the operator's centre.",
  },
  "K-COIN-204": {
    kind: "fault",
    cause: "the coin vendor is not ready: its start-up has not finished",
    clerk: "Wait a few seconds; if it stays so, check its power.",
  },
  "K-COIN-205": {
    kind: "configuration",
    cause: "the coin acceptor does not take the sorter path of a coin",
    clerk: "Call the operator's centre: the sorter's settings do not fit this machine.",
  },
  "K-COIN-301": {
    kind: "fault",
    cause: "the coin escrow did not finish its movement",
    clerk: "Open the coin vendor, look whether coins are stuck in the escrow, and count them for the report.",
  },
  "K-COIN-302": {
    kind: "fault",
    cause: "a banknote came back instead of going into the note box",
    clerk: "Look whether the note box is full or not in its place.",
  },
  "K-COIN-303": {
    kind: "fault",
    cause: "which way a banknote went cannot be proved",
    clerk: "Open the note acceptor, look whether a note is stuck, and count the note box.",
  },
  "K-COIN-401": {
    kind: "refusal",
    cause: "the hoppers cannot pay this combination of coins",
    clerk: "Refill the hoppers that are empty.",
  },
  "K-COIN-402": {
    kind: "fault",
    cause: "a hopper stopped before it had paid all coins",
    clerk: "Refill the hopper or clear its jam, then switch the coin vendor off and on.",
  },
  "K-COIN-403": {
    kind: "fault",
    cause: "what a hopper paid cannot be proved",
    clerk: "Count the coins of this hopper and report the difference to the operator's centre.",
  },
  "K-COIN-404": {
    kind: "fault",
    cause: "a hopper refused to pay",
    clerk: "Look at the hopper's coin exit, then switch the coin vendor off and on.",
  },
  "K-COIN-405": {
    kind: "fault",
    cause: "the coin changer reports a fault",
    clerk: "Open the coin changer and look at the part that the fault names; refill it or clear its jam.",
  },
  "K-COIN-501": {
    kind: "refusal",
    cause: "staff have storage units of the coin vendor open",
    clerk: "Finish the collection or the refill in the maintenance menu.",
  },
  "K-COIN-502": {
    kind: "refusal",
    cause: "storage units cannot be opened while a citizen is paying",
    clerk: "Wait until the citizen has finished.",
  },
  "K-COIN-503": {
    kind: "refusal",
    cause: "an exchange cannot be recorded in this way",
    clerk: "Check the numbers that were entered: no unit can hold less than nothing.",
  },
  "K-COIN-601": {
    kind: "fault",
    cause: "the note box is full",
    clerk: "Empty the note box.",
  },
  "K-COIN-602": {
    kind: "fault",
    cause: "the note box is open or not in its place",
    clerk: "Put the note box in and close it.",
  },
  "K-COIN-603": {
    kind: "fault",
    cause: "a banknote is stuck in the note acceptor",
    clerk: "Open the note acceptor, take the note out, and close it.",
  },
  "K-COIN-604": {
    kind: "fault",
    cause: "the note acceptor reports a fault",
    clerk: "Switch the note acceptor off and on; if it happens again, call the operator's centre.",
  },
  "K-COIN-605": {
    kind: "fault",
    cause: "somebody may have tried to cheat the note acceptor",
    clerk: "Look at the note slot; note the time for the operator's centre.",
  },
  "K-COIN-606": {
    kind: "configuration",
    cause: "the note acceptor knows no banknote that the kiosk takes",
    clerk: "The note acceptor needs the Japanese note set; call the operator's centre.",
  },
});
