import { keepCompiledCode } from "../../kernel/compile-cache.ts";
import { messageOf } from "../../kernel/errors/failure.ts";
import { fail, ok, type Result } from "../../kernel/result.ts";
import { tokenConfig } from "./config.ts";
import type { TokenAnswers, TokenReply, TokenRequest } from "./messages.ts";
import { createToken, type Token } from "./token.ts";

/** The child of `createTokenProcess`: the only process that has the PIN and the module, one call after the other. */
const config = tokenConfig.parse(JSON.parse(process.argv[2] ?? ""));
const loaded: Promise<Result<Token>> = load();
keepCompiledCode();
process.on("disconnect", () => {
  void loaded.then((token) => {
    if (token.ok) token.value.close();
    process.exit(0);
  });
});
process.on("message", (request: TokenRequest) => {
  void loaded.then((token) => {
    const result = token.ok ? perform(token.value, request) : token;
    process.send?.({ id: request.id, result } satisfies TokenReply);
  });
});

/** `K-IMAGE-120`: the add-on is native, optional, and built only where somebody asked for it. */
async function load(): Promise<Result<Token>> {
  try {
    return ok(createToken((await import("pkcs11js")).default, config));
  } catch (thrown) {
    return fail("K-IMAGE-120", { why: messageOf(thrown).split("\n")[0] ?? "" });
  }
}

function perform(token: Token, asked: TokenRequest): Result<TokenAnswers[keyof TokenAnswers]> {
  switch (asked.work) {
    case "present":
      return token.present(asked.keyIds);
    case "generate":
      return token.generate();
    case "wrap":
      return token.wrap(asked.keyId, asked.dataKey, asked.aad);
    case "unwrap":
      return token.unwrap(asked.keyId, asked.wrapped, asked.aad);
  }
}
