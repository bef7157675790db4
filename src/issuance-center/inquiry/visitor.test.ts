import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { visitorOf } from "./visitor.ts";

const asked = (remoteAddress: string | undefined, forwarded?: string) => ({
  socket: { remoteAddress } as Socket,
  headers: forwarded === undefined ? {} : { "x-forwarded-for": forwarded },
});

describe("a visitor", () => {
  it.each([
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["::ffff:c000:207", "192.0.2.7"],
    ["2400::5:1:2:3:4", "2400:0:0:5"],
    ["fe80::1:2:3:4%eth0", "fe80:0:0:0"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
    ["2001:db8::6", "2001:db8:0:0"],
    ["::1", "0:0:0:0"],
    [undefined, ""],
  ])("at %s counts as %s: of IPv6 the network that one household has", (address, name) => {
    expect(visitorOf(asked(address), 0)).toBe(name);
  });

  it("without a proxy is who sends, whatever he says of himself", () => {
    expect(visitorOf(asked("192.0.2.7", "198.51.100.1"), 0)).toBe("192.0.2.7");
  });

  it.each([
    ["the one that the proxy saw", 1, "198.51.100.1", "198.51.100.1"],
    ["the last one, when the visitor sent some of his own", 1, "203.0.113.9, 198.51.100.1", "198.51.100.1"],
    ["that of the outer one of two proxies", 2, "203.0.113.9,198.51.100.1, 10.0.0.2", "198.51.100.1"],
    ["without a port", 1, "198.51.100.1:4711", "198.51.100.1"],
    ["of IPv6 without a port", 1, "[2001:db8:1:2::9]:4711", "2001:db8:1:2"],
    ["a network of IPv6", 1, "2001:db8:1:2::9", "2001:db8:1:2"],
  ])("behind proxies has the address: %s", (_, proxies, forwarded, name) => {
    expect(visitorOf(asked("10.0.0.1", forwarded), proxies)).toBe(name);
  });

  it.each([
    ["no header", 1, undefined],
    ["fewer addresses than proxies", 2, "198.51.100.1"],
    ["no address", 1, "unknown"],
    ["an empty one", 1, ""],
  ])("counts as the proxy where there is %s", (_, proxies, forwarded) => {
    expect(visitorOf(asked("10.0.0.1", forwarded), proxies)).toBe("10.0.0.1");
  });
});
