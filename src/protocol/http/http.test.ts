import { request } from "node:http";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { createFakeClock, type FakeClock } from "../../../test/support/fake-clock.ts";
import { createAuthority, tlsOf } from "../../../test/support/signing-parties.ts";
import { createLogger } from "../../kernel/logger.ts";
import { fail, ok, type Result, unwrap } from "../../kernel/result.ts";
import { createJsonClient, type JsonClient } from "./client.ts";
import { type JsonServer, type Route, route, startJsonServer, type TlsIdentity } from "./server.ts";

const greeting = z.strictObject({ name: z.string().max(20) });
const devices = createAuthority("device authority");
const centres = createAuthority("centre authority");
const strangers = createAuthority("device authority");
const kioskTls = tlsOf(devices.signer("kiosk", "kiosk-1"), centres);
const centreTls = tlsOf(centres.signer("operator-center", "operator"), devices);

let clock: FakeClock;
let events: { event: string; route: string; code: string; status: number }[];
let server: JsonServer;
let client: JsonClient;
let answer: (name: string) => Promise<Result<unknown>>;
let peer: string | undefined;

const routes: Record<string, Route> = {
  "POST /v1/greet": route({
    schema: greeting,
    maxBytes: 100,
    handle: (body, certificate) => {
      peer = certificate?.subject;
      return answer(body.name);
    },
  }),
  "GET /v1/greet": route({ schema: z.strictObject({}), maxBytes: 0, handle: async () => ok({ name: "everybody" }) }),
};

async function start(tls?: { server: TlsIdentity; client: TlsIdentity }): Promise<void> {
  const logger = createLogger("test", clock, (line) => events.push(JSON.parse(line)));
  server = unwrap(await startJsonServer({ port: 0, routes, logger, ...(tls ? { tls: tls.server } : {}) }));
  client = createJsonClient({ url: server.url, clock, timeoutMs: 10_000, ...(tls ? { tls: tls.client } : {}) });
}

const greet = (name: unknown, path = "/v1/greet") => client.call("POST", path, { name }, greeting);
const codeOf = async (call: Promise<Result<unknown>>) => {
  const result = await call;
  return result.ok ? "ok" : result.error.code;
};

beforeEach(() => {
  clock = createFakeClock();
  events = [];
  peer = undefined;
  answer = async (name) => ok({ name: `hello ${name}` });
});
afterEach(async () => {
  client.close();
  await server.close();
});

describe("a JSON server and its client", () => {
  beforeEach(() => start());

  it("carry a request and its answer", async () => {
    expect(await greet("Hanako")).toEqual(ok({ name: "hello Hanako" }));
    expect(await client.call("GET", "/v1/greet", undefined, greeting)).toEqual(ok({ name: "everybody" }));
  });

  it("bring a failure through with its own code and details", async () => {
    answer = async () => fail("K-BIND-118", { what: "document" });
    expect(await greet("Hanako")).toEqual({ ok: false, error: { code: "K-BIND-118", detail: { what: "document" } } });
    expect(events).toMatchObject([{ event: "http.refused", route: "POST /v1/greet", code: "K-BIND-118", status: 403 }]);
  });

  it("do not bring the chain below a failure", async () => {
    answer = async () => fail("K-NET-101", undefined, { code: "K-NET-103", detail: { secret: "path" } });
    expect(await greet("Hanako")).toEqual({ ok: false, error: { code: "K-NET-101" } });
  });

  it("refuse a body of another form without saying its values", async () => {
    expect(await greet("x".repeat(21))).toMatchObject({ error: { code: "K-NET-104", detail: { key: "name" } } });
    expect(await codeOf(client.call("POST", "/v1/greet", { name: "a", more: 1 }, greeting))).toBe("K-NET-104");
  });

  it("refuse a body that is larger than agreed", async () => {
    expect(await greet("x".repeat(200))).toMatchObject({ error: { code: "K-NET-106" } });
  });

  it("know no other route, and do not log what was asked", async () => {
    expect(await codeOf(greet("Hanako", "/v1/hanako"))).toBe("K-NET-104");
    expect(await codeOf(greet("Hanako", "/__proto__"))).toBe("K-NET-104");
    expect(events.map((event) => event.route)).toEqual(["(unknown)", "(unknown)"]);
  });

  it("call an answer of another form by its name", async () => {
    answer = async () => ok({ name: 7 });
    expect(await codeOf(greet("Hanako"))).toBe("K-NET-103");
  });

  it("call a server that is gone unreachable, and one that is silent too slow", async () => {
    let heard = () => {};
    const reached = new Promise<void>((resolve) => {
      heard = resolve;
    });
    answer = () => {
      heard();
      return new Promise(() => {});
    };
    const silent = greet("Hanako");
    await reached;
    await clock.advance(10_000);
    expect(await codeOf(silent)).toBe("K-NET-102");
    await server.close();
    expect(await codeOf(greet("Hanako"))).toBe("K-NET-101");
  });

  it("can be given up", async () => {
    const caller = new AbortController();
    answer = () => {
      caller.abort();
      return new Promise(() => {});
    };
    const call = client.call("POST", "/v1/greet", { name: "a" }, greeting, { signal: caller.signal });
    expect(await codeOf(call)).toBe("K-CMD-102");
  });

  it("survive any bytes as a body, with an answer", async () => {
    const post = (bytes: Uint8Array) =>
      new Promise<number>((resolve, reject) => {
        const req = request(new URL("/v1/greet", server.url), { method: "POST", agent: false }, (res) => {
          res.resume().once("end", () => resolve(res.statusCode ?? 0));
        });
        req.once("error", reject);
        req.end(bytes);
      });
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), async (bytes) => {
        expect([200, 400]).toContain(await post(bytes));
      }),
      { numRuns: 30, seed: 3 },
    );
  });

  it("name a port that is taken", async () => {
    const taken = await startJsonServer({
      port: Number(new URL(server.url).port),
      routes,
      logger: { event: () => {} },
    });
    expect(taken).toMatchObject({ ok: false, error: { code: "K-CONF-105" } });
  });
});

describe("with mutual TLS, a server", () => {
  it("knows its client by its certificate", async () => {
    await start({ server: centreTls, client: kioskTls });
    expect(await codeOf(greet("Hanako"))).toBe("ok");
    expect(peer).toContain("O=kiosk-1");
    expect(peer).toContain("OU=kiosk");
  });

  it("answers nobody whom another authority of the same name vouches for", async () => {
    await start({ server: centreTls, client: tlsOf(strangers.signer("kiosk", "kiosk-1"), centres) });
    expect(["K-NET-101", "K-NET-105"]).toContain(await codeOf(greet("Hanako")));
    expect(peer).toBeUndefined();
  });

  it("is not believed when another authority vouches for it", async () => {
    await start({ server: tlsOf(strangers.signer("operator-center", "operator"), devices), client: kioskTls });
    expect(await codeOf(greet("Hanako"))).toBe("K-NET-105");
    expect(peer).toBeUndefined();
  });

  it("is not believed when it is another party than expected, though the authority vouches for it", async () => {
    await start({ server: centreTls, client: kioskTls });
    const call = async (party: string, role: "operator-center" | "issuance-center") => {
      const picky = createJsonClient({
        url: server.url,
        clock,
        timeoutMs: 10_000,
        tls: kioskTls,
        server: { role, party },
      });
      const code = await codeOf(picky.call("POST", "/v1/greet", { name: "a" }, greeting));
      picky.close();
      return code;
    };
    expect(await call("operator", "operator-center")).toBe("ok");
    expect(await call("another", "operator-center")).toBe("K-NET-105");
    expect(await call("operator", "issuance-center")).toBe("K-NET-105");
  });
});
