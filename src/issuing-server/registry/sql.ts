/**
 * The register's tables. The attestor reads the same tables by SQL of its own (`attestor/register-view.ts`), so a change
 * here is a change of a contract. Text is stored as it is: no collation, no normalisation touches a selector.
 */
export const REGISTER_SCHEMA = `
  CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE households (
    household_id TEXT PRIMARY KEY,
    address TEXT NOT NULL,
    head_resident_id TEXT NOT NULL,
    move_pending INTEGER NOT NULL CHECK (move_pending IN (0, 1))
  ) STRICT;
  CREATE TABLE residents (
    resident_id TEXT PRIMARY KEY,
    household_id TEXT NOT NULL REFERENCES households (household_id),
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    name_kana TEXT NOT NULL,
    birth_date TEXT NOT NULL,
    sex TEXT NOT NULL CHECK (sex IN ('male', 'female')),
    relationship TEXT NOT NULL,
    domicile TEXT,
    domicile_head TEXT,
    nationality TEXT,
    residence_status TEXT,
    residence_card_number TEXT,
    my_number TEXT NOT NULL UNIQUE,
    became_resident_on TEXT NOT NULL,
    moved_from TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('resident', 'movedOut', 'moveNoticeFiled', 'deceased')),
    protective_measure INTEGER NOT NULL CHECK (protective_measure IN (0, 1)),
    UNIQUE (household_id, position)
  ) STRICT;
  CREATE TABLE seals (
    resident_id TEXT PRIMARY KEY REFERENCES residents (resident_id),
    number TEXT NOT NULL UNIQUE,
    registered_on TEXT NOT NULL,
    impression_text TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('registered', 'cancelled'))
  ) STRICT;
`;

/** Rises with every change of the tables; an older file is brought in anew. */
export const REGISTER_SCHEMA_VERSION = 1;

/** Who belongs to which electronic certificate. A file of its own, which only the attestor reads. */
export const LINK_SCHEMA = `
  CREATE TABLE IF NOT EXISTS links (
    certificate_hash TEXT PRIMARY KEY,
    resident_id TEXT NOT NULL,
    linked_at_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS link_version (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    version INTEGER NOT NULL
  ) STRICT;
  INSERT OR IGNORE INTO link_version VALUES (1, 0);
`;
