import { afterEach, describe, expect, it, vi } from "vitest";
import { bareEnvironment } from "./compile-cache.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("the environment of a child that is given none", () => {
  it("says where Node keeps compiled code, and nothing else that this process knows", () => {
    vi.stubEnv("NODE_COMPILE_CACHE", "/var/cache/madoguchi/code");
    vi.stubEnv("DATABASE_PASSWORD", "secret");
    expect(bareEnvironment()).toEqual({ NODE_COMPILE_CACHE: "/var/cache/madoguchi/code" });
  });

  it("is empty where Node keeps none", () => {
    vi.stubEnv("NODE_COMPILE_CACHE", undefined);
    expect(bareEnvironment()).toEqual({});
  });
});
