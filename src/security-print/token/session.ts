import type pkcs11 from "pkcs11js";
import type { ErrorCode } from "../../kernel/errors/catalogue.ts";
import { messageOf } from "../../kernel/errors/failure.ts";
import { err, fail, ok, type Result } from "../../kernel/result.ts";
import type { TokenConfig } from "./config.ts";
import { ALREADY, returned, tokenFailure } from "./cryptoki-errors.ts";
import { createPinFile } from "./pin.ts";

/** The add-on: a thin layer over the C interface, with its names. */
export type Cryptoki = typeof pkcs11;

/** An open, logged-in session with the token. */
export interface Session {
  readonly module: pkcs11.PKCS11;
  readonly slot: pkcs11.Handle;
  readonly handle: pkcs11.Handle;
  /** Handles of keys that were found in this session, by key id. */
  readonly keys: Map<string, pkcs11.Handle>;
}

/** Keeps one session with the token, and opens another when that was lost. */
export interface Sessions {
  /**
   * Does `work` in the session, opening it when there is none. What fails in a session that was open before (the token
   * was pulled, another part of the process ended Cryptoki, a key's handle is stale) is done once more in a new one.
   * `K-IMAGE-121` the module, `K-IMAGE-122` the PIN, `K-IMAGE-123` the token, and what `work` says.
   */
  within<T>(work: (session: Session) => Result<T>): Result<T>;
  /** Ends the session; the next work opens another. */
  end(): void;
}

/** The state that may be stale: the token's, and which keys are there. */
const STALE: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["K-IMAGE-123", "K-IMAGE-124"]);

export function createSessions(cryptoki: Cryptoki, config: TokenConfig): Sessions {
  const pin = createPinFile(config.pinFile);
  let loaded: pkcs11.PKCS11 | undefined;
  let session: Session | undefined;

  const module = (): Result<pkcs11.PKCS11> => {
    if (loaded) return ok(loaded);
    try {
      const fresh = new cryptoki.PKCS11();
      fresh.load(config.module);
      loaded = fresh;
      return ok(fresh);
    } catch (thrown) {
      return fail("K-IMAGE-121", { why: messageOf(thrown) });
    }
  };
  const open = (): Result<Session> => {
    const library = module();
    if (!library.ok) return library;
    unlessAlready(() => library.value.C_Initialize());
    const slot = slotOf(library.value, config.label);
    if (!slot.ok) return slot;
    const secret = pin.read();
    if (!secret.ok) return secret;
    const handle = library.value.C_OpenSession(slot.value, cryptoki.CKF_SERIAL_SESSION);
    try {
      unlessAlready(() => library.value.C_Login(handle, cryptoki.CKU_USER, secret.value));
    } catch (thrown) {
      const refusal = tokenFailure(thrown);
      if (refusal.code === "K-IMAGE-122") pin.refused();
      return err(refusal);
    }
    return ok({ module: library.value, slot: slot.value, handle, keys: new Map() });
  };
  const end = () => {
    session = undefined;
    try {
      loaded?.C_Finalize();
    } catch {
      // It was ended already, or the token is gone: either way there is no session.
    }
  };
  const attempt = <T>(work: (session: Session) => Result<T>): Result<T> => {
    try {
      if (!session) {
        const opened = open();
        if (!opened.ok) return opened;
        session = opened.value;
      }
      return work(session);
    } catch (thrown) {
      return err(tokenFailure(thrown));
    }
  };

  return {
    within(work) {
      for (let again = session !== undefined; ; again = false) {
        const done = attempt(work);
        if (done.ok) return done;
        const stale = STALE.has(done.error.code);
        // A module may know only the tokens that were there when it was initialised.
        if (stale || !session) end();
        if (!stale || !again) return done;
      }
    },
    end,
  };
}

/** Asks for a state of the module; that it is there already is fine. */
function unlessAlready(call: () => void): void {
  try {
    call();
  } catch (thrown) {
    const code = returned(thrown)?.code;
    if (code === undefined || !ALREADY.has(code)) throw thrown;
  }
}

/** The slot whose token has the label. `K-IMAGE-123` when none has it, or several. */
function slotOf(module: pkcs11.PKCS11, label: string): Result<pkcs11.Handle> {
  const tokens = module.C_GetSlotList(true).map((slot) => ({ slot, label: labelIn(module, slot) }));
  const [found, ...others] = tokens.filter((one) => one.label === label);
  if (found && others.length === 0) return ok(found.slot);
  const why = found ? "several tokens have this label" : "no token has this label";
  const seen = tokens.flatMap((one) => (one.label ? [one.label] : [])).join(", ");
  return fail("K-IMAGE-123", { label, why, seen: seen || "no token" });
}

/** Undefined for a token that cannot be asked, which is another one than ours or gone. */
function labelIn(module: pkcs11.PKCS11, slot: pkcs11.Handle): string | undefined {
  try {
    return module.C_GetTokenInfo(slot).label.trimEnd();
  } catch (thrown) {
    if (returned(thrown)) return undefined;
    throw thrown;
  }
}
