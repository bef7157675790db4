import { entries } from "./entry.ts";

/** Configuration, processes, links and requests: errors that any room can meet. */
export const generalErrors = entries({
  "K-CONF-101": {
    kind: "configuration",
    cause: "a configuration file cannot be read",
    clerk: "Check that the named file exists and can be read, then start again.",
  },
  "K-CONF-102": {
    kind: "configuration",
    cause: "a configuration file is not valid YAML",
    clerk: "Mend the named line, then start again.",
  },
  "K-CONF-103": {
    kind: "configuration",
    cause: "a configuration file has an unknown key, a missing key or a value that is not allowed",
    clerk: "Mend the named key, then start again.",
  },
  "K-CONF-104": {
    kind: "configuration",
    cause: "another process uses the data folder",
    clerk: "Stop the other process, or choose another folder with --data.",
  },
  "K-CONF-105": {
    kind: "configuration",
    cause: "a network port is taken",
    clerk: "Stop the program that uses the port, or choose another with --port.",
  },
  "K-CONF-106": {
    kind: "configuration",
    cause: "a table of a configuration is not CSV as RFC 4180 has it",
    clerk: "Mend the named line, then start again.",
  },
  "K-CONF-107": {
    kind: "configuration",
    cause: "two places of a configuration contradict each other",
    clerk: "Mend the named line, then start again.",
  },
  "K-LINK-101": {
    kind: "fault",
    cause: "a link to a device is not connected",
    clerk: "Check the cable and the power of the device; the link reconnects by itself.",
  },
  "K-LINK-102": {
    kind: "fault",
    cause: "a link was closed while a command was under way",
    clerk: "Check the cable and the power of the device; the link reconnects by itself.",
  },
  "K-LINK-103": {
    kind: "configuration",
    cause: "a link address is not understood",
    clerk: "Use serial:, unix:, tcp:, pcsc: or ipp: as the documentation of kiosk.yaml says.",
  },
  "K-LINK-104": {
    kind: "configuration",
    cause: "another process holds a device's port",
    clerk: "Stop the kiosk, or the program that is named, and try again: a device has one master.",
  },
  "K-LINK-105": {
    kind: "configuration",
    cause: "this user may not open a device's port",
    clerk: "Run the named command, which adds the user to the port's group, and log in again.",
  },
  "K-LINK-106": {
    kind: "aborted",
    cause: "a link was given up by hand, to be opened again",
    clerk: "Nothing needs to be done: it comes back by itself.",
  },
  "K-CMD-101": {
    kind: "fault",
    cause: "a device did not answer in time",
    clerk: "Check that the device is switched on; if it stays silent, call the operator's centre.",
  },
  "K-CMD-102": {
    kind: "aborted",
    cause: "a command was cancelled",
    clerk: "Nothing needs to be done.",
  },
  "K-CMD-103": {
    kind: "refusal",
    cause: "a command by hand was given a word that it does not take",
    clerk: "Give one of the words that are named; help lists the commands.",
  },
  "K-NET-101": {
    kind: "fault",
    cause: "a server cannot be reached",
    clerk: "Check the network; if other services work, call the operator's centre.",
  },
  "K-NET-102": {
    kind: "fault",
    cause: "a server did not answer in time",
    clerk: "Try again; if it stays slow, call the operator's centre.",
  },
  "K-NET-103": {
    kind: "fault",
    cause: "a server's answer is not what was agreed",
    clerk: "Call the operator's centre and tell them the code.",
  },
  "K-NET-104": {
    kind: "fault",
    cause: "a request does not have the form that was agreed",
    clerk: "Call the operator's centre and tell them the code.",
  },
  "K-NET-105": {
    kind: "fault",
    cause: "the other side of a connection did not prove who it is",
    clerk: "Call the operator's centre and tell them the code.",
  },
  "K-NET-106": {
    kind: "fault",
    cause: "a message is larger than agreed",
    clerk: "Call the operator's centre and tell them the code.",
  },
});
