import { z } from "zod";

/**
 * Where a centre keeps its records. `embedded`: PGlite in a folder; not durable, for demonstration; with `template`, a
 * folder that is filled once and copied afterwards, because the first start costs seconds. `postgresql`: a server.
 */
export const databaseConfig = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("embedded"), folder: z.string().min(1), template: z.string().min(1).optional() }),
  z.strictObject({
    kind: z.literal("postgresql"),
    url: z.string().regex(/^postgres(ql)?:\/\//, "a URL that begins with postgresql://"),
    maxConnections: z.int().min(1).max(200).default(10),
  }),
]);
export type DatabaseConfig = z.infer<typeof databaseConfig>;
export type EmbeddedDatabaseConfig = Extract<DatabaseConfig, { kind: "embedded" }>;

/** Refuses the embedded database in production: it does not call fsync. For `superRefine` of a centre's configuration. */
export function refuseEmbeddedInProduction(
  config: { readonly production: boolean; readonly database: DatabaseConfig },
  context: z.RefinementCtx,
): void {
  if (!config.production || config.database.kind !== "embedded") return;
  context.addIssue({
    code: "custom",
    path: ["database", "kind"],
    message: "postgresql when production is true; the embedded database is not durable",
  });
}
