-- The ledger. One schema for SQLite and PostgreSQL: only TEXT, INTEGER, BIGINT and DOUBLE PRECISION,
-- keys that the program makes itself, times in milliseconds since 1970 (UTC), JSON kept as TEXT.

CREATE TABLE runs (
  id TEXT NOT NULL PRIMARY KEY,
  ordinal BIGINT NOT NULL UNIQUE,           -- order of creation; clocks may step back
  created_ms BIGINT NOT NULL,
  identity TEXT NOT NULL,                   -- hash of everything that decides the run
  name TEXT NOT NULL,
  brief_sha256 TEXT NOT NULL,               -- of the manifest's brief; '' without one
  manifest TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'budget', 'interrupted', 'failed')),
  parent TEXT REFERENCES runs (id),         -- the run this one was forked from
  result TEXT                               -- JSON; NULL until there is one
);
CREATE INDEX runs_by_identity ON runs (identity);
CREATE INDEX runs_by_brief ON runs (brief_sha256);

CREATE TABLE requests (
  run TEXT NOT NULL REFERENCES runs (id),
  key TEXT NOT NULL,                        -- hash of the request and its replicate number
  ordinal BIGINT NOT NULL,                  -- order of planning within the run
  role TEXT NOT NULL,
  kind TEXT NOT NULL,
  model TEXT NOT NULL,
  replicate INTEGER NOT NULL,
  seed BIGINT NOT NULL,                     -- the 64 bits as a signed number
  prompt_hash TEXT NOT NULL,
  first_draft TEXT NOT NULL,                -- judge calls: ids in the order shown; else ''
  second_draft TEXT NOT NULL,
  request TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('planned', 'leased', 'answered')),
  lease_owner TEXT,                         -- the worker that has it, and until when; for ledgers
  lease_until_ms BIGINT,                    -- that several workers share
  PRIMARY KEY (run, key),
  UNIQUE (run, ordinal)
);

CREATE TABLE attempts (
  run TEXT NOT NULL,
  key TEXT NOT NULL,
  number INTEGER NOT NULL,                  -- 1, 2, … over all sessions
  started_ms BIGINT NOT NULL,
  latency_s DOUBLE PRECISION NOT NULL,
  tokens_in BIGINT NOT NULL,                -- what this try consumed
  tokens_out BIGINT NOT NULL,
  cost DOUBLE PRECISION NOT NULL,
  error_code TEXT,                          -- NULL: the try brought a reply
  error TEXT,
  worker TEXT NOT NULL,
  PRIMARY KEY (run, key, number),
  FOREIGN KEY (run, key) REFERENCES requests (run, key)
);

CREATE TABLE replies (
  run TEXT NOT NULL,
  key TEXT NOT NULL,
  source_run TEXT NOT NULL REFERENCES runs (id),  -- the run that asked; an ancestor when reused
  model TEXT NOT NULL,                      -- as the endpoint names it
  seed BIGINT NOT NULL,
  prompt_hash TEXT NOT NULL,
  tokens_in BIGINT NOT NULL,
  tokens_out BIGINT NOT NULL,
  cost DOUBLE PRECISION NOT NULL,
  latency_s DOUBLE PRECISION NOT NULL,
  reply TEXT NOT NULL,                      -- everything that came back, raw text included
  PRIMARY KEY (run, key),
  FOREIGN KEY (run, key) REFERENCES requests (run, key)
);

-- Projections: derived from the replies, may be deleted and made again.

CREATE TABLE drafts (
  run TEXT NOT NULL REFERENCES runs (id),
  seq BIGINT NOT NULL,
  id TEXT NOT NULL,
  generation INTEGER NOT NULL,
  founder TEXT NOT NULL,
  operation TEXT NOT NULL,
  style TEXT NOT NULL,
  theme TEXT NOT NULL,
  objective TEXT NOT NULL,
  draft TEXT NOT NULL,                      -- the whole draft, parents and text included
  PRIMARY KEY (run, seq),
  UNIQUE (run, id)
);

CREATE TABLE verdicts (
  run TEXT NOT NULL REFERENCES runs (id),
  seq BIGINT NOT NULL,                      -- logged order: sequential ratings depend on it
  generation INTEGER NOT NULL,
  a TEXT NOT NULL,                          -- shown first
  b TEXT NOT NULL,
  p_a DOUBLE PRECISION,                     -- NULL: no verdict
  judge TEXT NOT NULL,
  verdict TEXT NOT NULL,
  PRIMARY KEY (run, seq)
);

CREATE TABLE ratings (
  run TEXT NOT NULL REFERENCES runs (id),
  seq BIGINT NOT NULL,
  id TEXT NOT NULL,
  elo DOUBLE PRECISION NOT NULL,
  bt DOUBLE PRECISION,
  se DOUBLE PRECISION,
  n INTEGER NOT NULL,
  PRIMARY KEY (run, seq),
  UNIQUE (run, id)
);

CREATE TABLE events (
  run TEXT NOT NULL REFERENCES runs (id),
  seq BIGINT NOT NULL,
  event TEXT NOT NULL,
  PRIMARY KEY (run, seq)
);
