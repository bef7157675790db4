import type { Clock } from "../../kernel/clock.ts";
import type { DatabaseConfig } from "../../kernel/database/config.ts";
import { openDatabase } from "../../kernel/database/database.ts";
import type { Logger } from "../../kernel/logger.ts";
import { ok, type Result } from "../../kernel/result.ts";
import { createMessageStore, type MessageStore } from "./messages.ts";
import { createRequestStore, type RequestStore } from "./requests.ts";
import { type IssuanceTables, issuanceMigrations } from "./schema.ts";

/** The issuance centre's store port. */
export interface IssuanceStore {
  readonly messages: MessageStore;
  readonly requests: RequestStore;
  close(): Promise<void>;
}

/**
 * Opens the store. The embedded database belongs to one process, so claims that are left in it are those of a process
 * that ended. Errors as `openDatabase`.
 */
export async function openIssuanceStore(
  config: DatabaseConfig,
  context: { readonly clock: Clock; readonly logger: Logger },
): Promise<Result<IssuanceStore>> {
  const database = await openDatabase<IssuanceTables>(config, { ...context, migrations: issuanceMigrations });
  if (!database.ok) return database;
  const messages = createMessageStore(database.value.sql);
  if (config.kind === "embedded") await messages.abandonAll();
  return ok({ messages, requests: createRequestStore(database.value.sql), close: database.value.close });
}
